//! What a visitor may have meant by a URL that does not work.

use crate::GitUrl;

/// The https form of `git@host:owner/repo.git`, `git+https://`, `git://`, `http://`, an address
/// without `https://`, one with a user, a query or space around it, and of a page of a forge
/// (`/tree/<ref>/…`). Offered, never applied silently. `None` when there is nothing better.
pub fn suggest(text: &str) -> Option<String> {
    let trimmed = text.trim();
    let (authority, path) = parts(trimmed)?;
    let host = authority.rsplit('@').next()?;
    let path = path.split(['?', '#']).next()?.trim_matches('/');
    let url = GitUrl::parse(&format!("https://{host}/{}", repository(path)), &[]).ok()?;
    let better = url.to_string();
    (Some(&better) != own(text).as_ref()).then_some(better)
}

/// The text's own canonical form: no suggestion, it is what is used anyway.
fn own(text: &str) -> Option<String> {
    GitUrl::parse(text, &[]).ok().map(|url| url.to_string())
}

/// Authority and path, whatever the scheme; ports of other schemes are left out.
fn parts(text: &str) -> Option<(&str, &str)> {
    let colon = text.split_once(':');
    if let Some((scheme, rest)) = colon
        && let Some(rest) = rest.strip_prefix("//")
    {
        let (authority, path) = rest.split_once('/')?;
        return match scheme.to_ascii_lowercase().as_str() {
            "https" | "git+https" => Some((authority, path)),
            "http" | "git" | "ssh" | "git+ssh" | "git+http" => Some((
                authority
                    .rsplit_once(':')
                    .map_or(authority, |(host, _)| host),
                path,
            )),
            _ => None,
        };
    }
    match colon {
        // git@host:owner/repo.git
        Some((host, path)) if !host.contains('/') => Some((host, path)),
        _ => text.trim_start_matches('/').split_once('/'),
    }
}

/// The repository's part of a path: up to where a forge's pages begin, after owner and name.
fn repository(path: &str) -> &str {
    let mut at = 0;
    for (n, segment) in path.split('/').enumerate() {
        if n >= 2 && PAGES.contains(&segment) {
            return path.get(..at - 1).unwrap_or(path);
        }
        at += segment.len() + 1;
    }
    path
}

/// What follows the repository in the addresses of GitHub, GitLab, Gitea, Forgejo and Bitbucket.
#[rustfmt::skip]
const PAGES: &[&str] = &[
    "-", "tree", "blob", "raw", "commit", "commits", "branches", "tags", "releases", "issues",
    "pull", "pulls", "actions", "wiki", "src",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_slips_get_their_https_form() {
        let repo = Some("https://github.com/o/r".to_owned());
        for text in [
            "git@github.com:o/r",
            "ssh://git@github.com:22/o/r",
            "git+https://github.com/o/r",
            "git://github.com/o/r",
            "http://github.com/o/r",
            "github.com/o/r",
            "//github.com/o/r",
            " https://github.com/o/r ",
            "https://user:secret@github.com/o/r",
            "https://github.com/o/r?tab=readme",
            "https://github.com/o/r/tree/main/config",
            "https://github.com/o/r/blob/main/peertube.yaml#L3",
            "https://github.com/o/r/-/tree/main",
            "https://github.com/o/r/src/branch/main",
        ] {
            assert_eq!(suggest(text), repo, "{text}");
        }
    }

    #[test]
    fn nothing_is_made_up() {
        for text in [
            "",
            "https://github.com/o/r",
            "https://GitHub.com/o/r/",
            "https://127.0.0.1/o/r",
            "git@localhost:o/r",
            "file:///etc/passwd",
            "C:\\repo",
            "javascript:alert(1)",
            "just words",
            "https://github.com/tree/src",
        ] {
            assert_eq!(suggest(text), None, "{text}");
        }
    }
}
