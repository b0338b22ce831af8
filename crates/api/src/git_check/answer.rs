//! What the visitor reads (GIT_CHECK, "Answers").

use order::{
    GitUrl, GitUrlError,
    api::{GitCheck, GitState},
    suggest_git_url,
};

use super::refs::Chosen;

/// What a check found. Texts inside are for the log; [`of`] says what the visitor reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Finding {
    /// The repository answers, and what was asked for is there.
    Works(Chosen),
    /// It has no commits.
    Empty,
    /// What was asked for is not there; these branches are.
    NoSuchRef {
        /// The ref asked for, or the branch that `HEAD` stands for.
        missing: Option<String>,
        /// Short names.
        branches: Vec<String>,
    },
    /// No repository, in one of several ways.
    NotGit(NotGit),
    /// It needs a login, or is not there.
    NotPublic,
    /// The name has no addresses.
    UnknownHost(String),
    /// No connection, or an answer that says to come back later.
    Unreachable(String),
    /// The host cannot prove its name.
    BadCertificate(String),
    /// Out of time.
    TooSlow,
    /// Not to be connected to.
    Refused(String),
}

/// Why it is no repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotGit {
    /// Something else is there.
    Page,
    /// A repository as plain files.
    Dumb,
    /// Compressed without being asked to be.
    Encoded,
    /// It leads to something that is no repository.
    Elsewhere,
}

impl Finding {
    /// What the operator reads in the log besides the verdict.
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::UnknownHost(reason)
            | Self::Unreachable(reason)
            | Self::BadCertificate(reason)
            | Self::Refused(reason) => reason,
            _ => "",
        }
    }
}

/// Branches named in a message, at most.
const NAMED: usize = 10;

/// Where PeerTube itself is developed, and its mirror.
const PEERTUBE_SOURCES: [(&str, &str); 2] = [
    ("github.com", "/chocobozzz/peertube"),
    ("framagit.org", "/framasoft/peertube/peertube"),
];

/// The answer to a check that ran: `url` as asked for, `at` where redirects led.
pub(super) fn of(url: &GitUrl, at: &GitUrl, asked: Option<&str>, finding: Finding) -> GitCheck {
    let host = url.host();
    let mut answer = GitCheck {
        state: GitState::Ok,
        url: url.to_string(),
        host: Some(host.to_owned()),
        branch: None,
        commit: None,
        settings: None,
        notices: Vec::new(),
        message: String::new(),
        suggestion: None,
    };
    (answer.state, answer.message) = match finding {
        Finding::Works(chosen) => {
            let commit = chosen.commit.get(..7).unwrap_or_default();
            let message = match &chosen.name {
                Some(name) => format!("{host} answers: {name}, commit {commit}."),
                None => format!("{host} answers: commit {commit}, on no branch."),
            };
            if is_peertube_source(at) {
                answer.notices.push(PEERTUBE_SOURCE.into());
            }
            if at != url {
                answer
                    .notices
                    .push(format!("This repository has moved to {at}."));
                answer.suggestion = Some(at.to_string());
            }
            answer.branch = chosen.name;
            answer.commit = Some(chosen.commit);
            (GitState::Ok, message)
        }
        Finding::Empty => (
            GitState::Empty,
            "This repository has no commits yet: push one, then check again.".into(),
        ),
        Finding::NoSuchRef { missing, branches } => {
            (GitState::NoSuchRef, no_such_ref(asked, missing, &branches))
        }
        Finding::NotGit(kind) => {
            answer.suggestion = suggest_git_url(&answer.url);
            (GitState::NotGit, not_git(kind, host))
        }
        Finding::NotPublic => (
            GitState::NotPublic,
            "This repository needs a login or does not exist. Check the spelling; it must be \
             public."
                .into(),
        ),
        Finding::UnknownHost(_) => (
            GitState::Unreachable,
            format!("The host {host} could not be found. Check the spelling, or try again."),
        ),
        Finding::Unreachable(_) => (
            GitState::Unreachable,
            format!("{host} could not be reached, or had a problem. Try again in a moment."),
        ),
        Finding::BadCertificate(_) => (
            GitState::Unreachable,
            format!(
                "{host} has no valid certificate for its name, so it is not safe to read from. \
                 Its administrator has to renew it."
            ),
        ),
        Finding::TooSlow => (
            GitState::TooSlow,
            format!("{host} took too long to answer. Try again in a moment."),
        ),
        Finding::Refused(_) => (GitState::Refused, GitUrlError::Address.to_string()),
    };
    answer
}

/// The answer to a text that is no acceptable URL. An address that is refused for its spelling reads
/// like one that is refused for what it resolves to.
pub(super) fn invalid(text: &str, error: &GitUrlError) -> GitCheck {
    GitCheck {
        state: match error {
            GitUrlError::Address => GitState::Refused,
            _ => GitState::InvalidUrl,
        },
        url: text.chars().take(2048).collect(),
        host: None,
        branch: None,
        commit: None,
        settings: None,
        notices: Vec::new(),
        message: error.to_string(),
        suggestion: suggest_git_url(text),
    }
}

const PEERTUBE_SOURCE: &str = "This works, but it is PeerTube's own source code, and none of it \
    would be applied: the official release is installed. A settings repository holds a file \
    peertube.yaml, and your texts.";

fn no_such_ref(asked: Option<&str>, missing: Option<String>, branches: &[String]) -> String {
    let named = branches
        .iter()
        .take(NAMED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let there = match branches.len() {
        0 => "There are no branches here.".to_owned(),
        more if more > NAMED => format!("Some of the branches here are {named}."),
        _ => format!("The branches here are {named}."),
    };
    match (asked, missing) {
        (Some(asked), _) => format!("There is no branch or tag {asked} here. {there}"),
        (None, Some(missing)) => {
            let missing = missing.strip_prefix("refs/heads/").unwrap_or(&missing);
            format!("The default branch {missing} does not exist. {there} Make one the default.")
        }
        (None, None) => {
            format!("This repository has no default branch. {there} Make one the default.")
        }
    }
}

fn not_git(kind: NotGit, host: &str) -> String {
    match kind {
        NotGit::Page => "There is no git repository at this address. Enter the one you would give \
                         to `git clone`."
            .into(),
        NotGit::Dumb => format!(
            "{host} offers this repository only as plain files (git's \"dumb\" HTTP), which is \
             not supported. Serve it with `git http-backend` or put it on a forge."
        ),
        NotGit::Encoded => format!(
            "{host} sends compressed what git expects as it is. Its administrator has to switch \
             that off for git."
        ),
        NotGit::Elsewhere => format!(
            "{host} leads from here to a page that is not a git repository. Check the spelling; \
             the repository must be public."
        ),
    }
}

fn is_peertube_source(url: &GitUrl) -> bool {
    let path = url.path().to_ascii_lowercase();
    let path = path.strip_suffix(".git").unwrap_or(&path);
    PEERTUBE_SOURCES
        .iter()
        .any(|source| *source == (url.host(), path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(url: &str, finding: Finding) -> GitCheck {
        let url = GitUrl::parse(url, &[]).unwrap();
        of(&url, &url, None, finding)
    }

    fn works() -> Finding {
        let commit = "0123456789abcdef0123456789abcdef01234567".into();
        Finding::Works(Chosen {
            name: Some("main".into()),
            commit,
        })
    }

    #[test]
    fn a_good_answer_names_host_branch_and_short_commit() {
        let answer = answer("https://git.example.org/r", works());
        assert_eq!(
            answer.message,
            "git.example.org answers: main, commit 0123456."
        );
        assert_eq!(
            (answer.branch.as_deref(), answer.notices.len()),
            (Some("main"), 0)
        );
    }

    #[test]
    fn peertubes_own_source_is_noticed() {
        for url in [
            "https://github.com/Chocobozzz/PeerTube",
            "https://github.com/chocobozzz/peertube.git",
            "https://framagit.org/framasoft/peertube/PeerTube",
        ] {
            assert_eq!(answer(url, works()).notices, [PEERTUBE_SOURCE], "{url}");
        }
        assert!(
            answer("https://github.com/Chocobozzz/PeerTube-x", works())
                .notices
                .is_empty()
        );
    }

    #[test]
    fn a_moved_repository_is_suggested_where_it_is_now() {
        let from = GitUrl::parse("https://git.example.org/r", &[]).unwrap();
        let to = GitUrl::parse("https://git.example.org/r.git", &[]).unwrap();
        let answer = of(&from, &to, None, works());
        assert_eq!(
            answer.suggestion.as_deref(),
            Some("https://git.example.org/r.git")
        );
        assert_eq!(answer.url, "https://git.example.org/r");
    }

    #[test]
    fn every_refusal_reads_the_same() {
        let url = "https://git.example.org/r";
        let one = answer(url, Finding::Refused("10.0.0.1".into()));
        assert_eq!(one, answer(url, Finding::Refused("169.254.169.254".into())));
        assert!(!format!("{one:?}").contains("10.0.0.1"));
    }

    #[test]
    fn missing_refs_name_what_is_there() {
        let many: Vec<_> = (0..12).map(|n| format!("b{n}")).collect();
        let text = no_such_ref(Some("v9"), None, &many[..2]);
        assert_eq!(
            text,
            "There is no branch or tag v9 here. The branches here are b0, b1."
        );
        assert!(no_such_ref(Some("v9"), None, &many).ends_with("b8, b9."));
        let text = no_such_ref(None, Some("refs/heads/trunk".into()), &many[..1]);
        assert!(
            text.starts_with("The default branch trunk does not exist."),
            "{text}"
        );
    }
}
