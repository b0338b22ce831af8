//! What a visitor may have meant by a URL that does not work.

use crate::{GitOrigin, GitUrl};

/// The https form of `git@host:owner/repo.git`, `git+https://`, `git://`, `http://`, an address
/// without `https://`, one with a user, a query, space or `git clone` around it, and of a page of a
/// forge (`/tree/<ref>/…`). Offered, never applied silently. `None` when there is nothing better.
pub fn suggest(text: &str, allowed: &[GitOrigin]) -> Option<String> {
    let trimmed = text.trim();
    let trimmed = trimmed.strip_prefix("git clone ").unwrap_or(trimmed).trim();
    let (authority, path) = parts(trimmed)?;
    let host = authority.rsplit('@').next()?;
    let path = path.split(['?', '#']).next()?.trim_matches('/');
    // The text's own canonical form is no suggestion: it is what is used anyway.
    let own = GitUrl::parse(text, allowed).ok();
    let better = ["https", "http"].into_iter().find_map(|scheme| {
        let url = format!("{scheme}://{host}/{}", repository(path));
        GitUrl::parse(&url, allowed).ok()
    })?;
    (Some(&better) != own.as_ref()).then(|| better.to_string())
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
        Some((host, path)) if !host.contains('/') => match path.split_once('/') {
            // host:port/owner/repo, or the port of ssh
            Some((port, rest)) if is_number(port) && rest.contains('/') => {
                let user = host.contains('@');
                let end = if user {
                    host.len()
                } else {
                    host.len() + 1 + port.len()
                };
                Some((text.get(..end)?, rest))
            }
            // git@host:owner/repo.git
            _ => Some((host, path)),
        },
        _ => text.trim_start_matches('/').split_once('/'),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
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
    "-", "tree", "blob", "raw", "blame", "commit", "commits", "branches", "tags", "releases", "issues",
    "pull", "pulls", "pull-requests", "merge_requests", "compare", "actions", "wiki", "src", "log",
    "refs", "network", "discussions", "projects", "security", "media",
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
            "https://github.com/o/r/compare/a...b",
            "git clone https://github.com/o/r",
            "git clone git@github.com:o/r",
            "github.com:443/o/r",
            "git@github.com:22/o/r",
        ] {
            assert_eq!(suggest(text, &[]), repo, "{text}");
        }
    }

    #[test]
    fn a_port_stays_a_port() {
        let rows = [
            (
                "git.example-host.org:3000/o/r",
                "https://git.example-host.org:3000/o/r",
            ),
            (
                "git@git.example-host.org:2222/o/r.git",
                "https://git.example-host.org/o/r.git",
            ),
            // Somebody's name may be a number.
            ("git@github.com:2222/r.git", "https://github.com/2222/r.git"),
        ];
        for (text, better) in rows {
            assert_eq!(suggest(text, &[]).as_deref(), Some(better), "{text}");
        }
    }

    #[test]
    fn an_origin_of_the_operator_keeps_its_scheme_and_port() {
        let own = ["http://localhost:3000"].map(|o| GitOrigin::parse(o).expect(o));
        let page = "http://localhost:3000/o/r/src/branch/main";
        assert_eq!(suggest(page, &own), None, "the port of http is left out");
        let bare = "localhost:3000/o/r/src/branch/main";
        assert_eq!(
            suggest(bare, &own).as_deref(),
            Some("http://localhost:3000/o/r")
        );
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
            assert_eq!(suggest(text, &[]), None, "{text}");
        }
    }
}
