//! What a visitor may have meant by a URL that does not work.

use crate::{GitOrigin, GitUrl};

/// The https form of `git@host:owner/repo.git`, `git+https://`, `git://`, `http://`, an address
/// without `https://`, one with a user, a query, space or `git clone` around it, and of a page of a
/// forge (`/tree/<ref>/…`). Offered, never applied silently. `None` when there is nothing better.
pub fn suggest(text: &str, allowed: &[GitOrigin]) -> Option<String> {
    let trimmed = text.trim();
    let trimmed = trimmed.strip_prefix("git clone ").unwrap_or(trimmed).trim();
    let (scheme, authority, path) = parts(trimmed)?;
    let site = authority.rsplit('@').next()?;
    let path = path.split(['?', '#']).next()?.trim_matches('/');
    let as_url = |scheme: &str, site: &str| {
        let url = format!("{scheme}://{site}/{}", repository(path));
        GitUrl::parse(&url, allowed).ok()
    };
    // http is for origins of the operator; ports of other schemes are none of https.
    let bare = site.rsplit_once(':').map_or(site, |(host, _)| host);
    let better = match scheme {
        Scheme::Https => as_url("https", site),
        Scheme::Http => as_url("http", site).or_else(|| as_url("https", bare)),
        Scheme::None => as_url("https", site).or_else(|| as_url("http", site)),
        Scheme::Other => as_url("https", bare),
    }?;
    // The text's own canonical form is no suggestion: it is what is used anyway.
    let own = GitUrl::parse(text, allowed).ok();
    (Some(&better) != own.as_ref()).then(|| better.to_string())
}

enum Scheme {
    Https,
    Http,
    None,
    Other,
}

/// Scheme, authority and path.
fn parts(text: &str) -> Option<(Scheme, &str, &str)> {
    let colon = text.split_once(':');
    if let Some((scheme, rest)) = colon
        && let Some(rest) = rest.strip_prefix("//")
    {
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "https" | "git+https" => Scheme::Https,
            "http" => Scheme::Http,
            "git" | "ssh" | "git+ssh" | "git+http" => Scheme::Other,
            _ => return None,
        };
        let (authority, path) = rest.split_once('/')?;
        return Some((scheme, authority, path));
    }
    let (authority, path) = match colon {
        Some((host, path)) if !host.contains('/') => match path.split_once('/') {
            // host:port/owner/repo, or the port of ssh
            Some((port, rest)) if is_number(port) && rest.contains('/') => {
                let user = host.contains('@');
                let end = host.len() + if user { 0 } else { 1 + port.len() };
                (text.get(..end)?, rest)
            }
            // git@host:owner/repo.git
            _ => (host, path),
        },
        _ => text.trim_start_matches('/').split_once('/')?,
    };
    Some((Scheme::None, authority, path))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The repository's part of a path: up to where a forge's pages begin, after owner and name. What ends as
/// only repositories do is one, in whatever groups.
fn repository(path: &str) -> &str {
    if path.ends_with(".git") {
        return path;
    }
    let mut at = 0;
    for (n, segment) in path.split('/').enumerate() {
        let end = at + segment.len();
        // The last one may be a repository in a group of groups.
        let is_page = LISTS.contains(&segment) || end < path.len() && PAGES.contains(&segment);
        if n >= 2 && is_page {
            return path.get(..at - 1).unwrap_or(path);
        }
        at = end + 1;
    }
    path
}

/// What follows the repository in the addresses of GitHub, GitLab, Gitea, Forgejo and Bitbucket, by itself.
#[rustfmt::skip]
const LISTS: &[&str] = &[
    "-", "commits", "branches", "tags", "releases", "issues", "pulls", "pull-requests",
    "merge_requests", "actions", "wiki", "discussions",
];

/// And with more behind it.
const PAGES: &[&str] = &[
    "tree", "blob", "raw", "blame", "commit", "compare", "pull", "src", "edit", "archive", "media",
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
    fn what_stands_in_it_is_kept() {
        let rows = [
            (
                "git.example-host.org:3000/o/r",
                "https://git.example-host.org:3000/o/r",
            ),
            (
                "git@git.example-host.org:2222/o/r.git",
                "https://git.example-host.org/o/r.git",
            ),
            // Groups may be named as pages are.
            (
                "git@gitlab.com:club/tv/src/site.git",
                "https://gitlab.com/club/tv/src/site.git",
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
        let own = ["http://localhost:3000", "http://git.example-host.org"];
        let own = own.map(|o| GitOrigin::parse(o).expect(o));
        for page in [
            "http://localhost:3000/o/r/src/branch/main",
            "localhost:3000/o/r/src/branch/main",
        ] {
            let better = suggest(page, &own);
            assert_eq!(
                better.as_deref(),
                Some("http://localhost:3000/o/r"),
                "{page}"
            );
        }
        assert_eq!(suggest("http://git.example-host.org/o/r", &own), None);
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
            // Groups may have groups.
            "https://gitlab.com/club/tv/raw",
            "https://gitlab.com/club/tv/media",
            "https://gitlab.com/club/tv/src/site.git",
        ] {
            assert_eq!(suggest(text, &[]), None, "{text}");
        }
    }
}
