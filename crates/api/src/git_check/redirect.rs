//! Where a redirect leads, by the same rules as what the visitor typed.

use order::{GitOrigin, GitUrl, GitUrlError};

use super::answer::{Finding, NotGit};

/// The repository that a redirect of `<from>/info/refs?service=git-upload-pack` leads to. Nothing is
/// repaired: a location that is neither absolute nor an absolute path is none of git's.
///
/// # Errors
/// The verdict on the check when the location breaks the policy or is no repository's.
pub(super) fn follow(from: &GitUrl, to: &str, allowed: &[GitOrigin]) -> Result<GitUrl, Finding> {
    let path = to.split('?').next().unwrap_or_default();
    let base = path.strip_suffix("/info/refs");
    let text = base.unwrap_or(path);
    let text = match text.strip_prefix('/') {
        Some(rest) if !rest.starts_with(['/', '\\']) => format!("{}/{rest}", origin(from)),
        _ => text.to_owned(),
    };
    let refused = |reason: String| {
        let start: String = to.chars().take(200).collect();
        Finding::Refused(format!("a redirect to {start}: {reason}"))
    };
    let next = GitUrl::parse(&text, allowed).map_err(|error| match error {
        // Its own front page, or a place on a page: nothing is asked there.
        GitUrlError::NoPath | GitUrlError::Path | GitUrlError::Query
            if is_at(&text, &origin(from)) =>
        {
            Finding::NotGit(NotGit::Elsewhere)
        }
        error => refused(error.to_string()),
    })?;
    if !next.is_https() && !next.is_allowed_by_operator() {
        return Err(refused("not https".into()));
    }
    match base {
        Some(_) => Ok(next),
        None => Err(Finding::NotGit(NotGit::Elsewhere)),
    }
}

fn is_at(text: &str, origin: &str) -> bool {
    let rest = text.strip_prefix(origin);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '#']))
}

fn origin(url: &GitUrl) -> String {
    let text = url.to_string();
    text[..text.len() - url.path().len()].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(location: &str) -> Result<String, Finding> {
        let allowed = [GitOrigin::parse("http://localhost:9000").unwrap()];
        let from = GitUrl::parse("https://git.example.org/r", &allowed).unwrap();
        follow(&from, location, &allowed).map(|url| url.to_string())
    }

    #[test]
    fn benign_redirects_lead_to_the_repository() {
        let query = "/info/refs?service=git-upload-pack";
        for (location, expected) in [
            ("/r.git", "https://git.example.org/r.git"),
            (
                "https://git.example.org/r.git",
                "https://git.example.org/r.git",
            ),
            (
                "https://new.example.org:8443/a/b",
                "https://new.example.org:8443/a/b",
            ),
            ("http://localhost:9000/r", "http://localhost:9000/r"),
        ] {
            assert_eq!(to(&format!("{location}{query}")).as_deref(), Ok(expected));
            assert_eq!(
                to(&format!("{location}/info/refs")).as_deref(),
                Ok(expected)
            );
        }
    }

    #[test]
    fn what_breaks_the_policy_is_refused() {
        for location in [
            "http://git.example.org/r/info/refs",
            "http://localhost:9001/r/info/refs",
            "https://127.0.0.2/r/info/refs",
            "https://127.0.0.2/",
            "https://2130706433/r/info/refs",
            "https://user@git.example.org/r/info/refs",
            "//evil.example.org/r/info/refs",
            "/\\evil.example.org/r/info/refs",
            "r.git/info/refs",
            "file:///etc/passwd",
            "gopher://git.example.org/r/info/refs",
            "https://git.example.org:22/r/info/refs",
            "https://git.example.org:8443/",
            "https://other.example.org/",
            "https://git.example.org.evil.org/#x",
            "",
        ] {
            assert!(
                matches!(to(location), Err(Finding::Refused(_))),
                "{location}"
            );
        }
    }

    #[test]
    fn a_page_that_is_no_repository_is_not_git() {
        for page in [
            "https://git.example.org/users/sign_in?next=/r",
            "https://git.example.org/r#x/info/refs",
            "https://git.example.org/",
            "https://git.example.org",
            "/",
            "/login#here",
        ] {
            let elsewhere = Err(Finding::NotGit(NotGit::Elsewhere));
            assert_eq!(to(page), elsewhere, "{page}");
        }
    }
}
