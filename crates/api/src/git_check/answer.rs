//! What the visitor reads (GIT_CHECK, "Answers").

use order::{
    GitOrigin, GitUrl, GitUrlError,
    api::{GitCheck, GitState},
    suggest_git_url,
};
use words::Reply;

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
pub(super) fn of(
    url: &GitUrl,
    at: &GitUrl,
    asked: Option<&str>,
    finding: Finding,
    allowed: &[GitOrigin],
) -> GitCheck {
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
                Some(name) => Reply::GitAnswers.with(&[host, name, commit]),
                None => Reply::GitAnswersDetached.with(&[host, commit]),
            };
            if is_peertube_source(at) {
                answer.notices.push(PEERTUBE_SOURCE.into());
            }
            if !is_same_but_git(url, at) {
                answer
                    .notices
                    .push(Reply::GitMoved.with(&[&at.to_string()]));
                answer.suggestion = Some(at.to_string());
            }
            answer.branch = chosen.name;
            answer.commit = Some(chosen.commit);
            (GitState::Ok, message)
        }
        Finding::Empty => (GitState::Empty, Reply::GitNoCommits.english().into()),
        Finding::NoSuchRef { missing, branches } => {
            (GitState::NoSuchRef, no_such_ref(asked, missing, &branches))
        }
        Finding::NotGit(kind) => {
            answer.suggestion = suggest_git_url(&answer.url, allowed);
            (GitState::NotGit, not_git(kind, host))
        }
        Finding::NotPublic => {
            // A forge answers 404 for one of its web pages too: there is no `<page>/info/refs`.
            answer.suggestion = suggest_git_url(&answer.url, allowed);
            (GitState::NotPublic, Reply::GitNotPublic.english().into())
        }
        Finding::UnknownHost(_) => (GitState::Unreachable, Reply::GitUnknownHost.with(&[host])),
        Finding::Unreachable(_) => (GitState::Unreachable, Reply::GitUnreachable.with(&[host])),
        Finding::BadCertificate(_) => (
            GitState::Unreachable,
            Reply::GitBadCertificate.with(&[host]),
        ),
        Finding::TooSlow => (GitState::TooSlow, Reply::GitTooSlow.with(&[host])),
        Finding::Refused(_) => (GitState::Refused, GitUrlError::Address.to_string()),
    };
    answer
}

/// The answer to a text that is no acceptable URL. An address that is refused for its spelling reads
/// like one that is refused for what it resolves to.
pub(super) fn invalid(text: &str, error: &GitUrlError, allowed: &[GitOrigin]) -> GitCheck {
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
        suggestion: suggest_git_url(text, allowed),
    }
}

const PEERTUBE_SOURCE: &str = Reply::GitPeertubeSource.english();

fn no_such_ref(asked: Option<&str>, missing: Option<String>, branches: &[String]) -> String {
    let named = branches
        .iter()
        .take(NAMED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let there = match branches.len() {
        0 => Reply::GitNoBranches.english().to_owned(),
        more if more > NAMED => Reply::GitSomeBranches.with(&[&named]),
        _ => Reply::GitBranches.with(&[&named]),
    };
    match (asked, missing) {
        (Some(asked), _) => Reply::GitNoSuchRef.with(&[asked, &there]),
        (None, Some(missing)) => {
            let missing = missing.strip_prefix("refs/heads/").unwrap_or(&missing);
            Reply::GitNoSuchDefault.with(&[missing, &there])
        }
        (None, None) => Reply::GitNoDefault.with(&[&there]),
    }
}

fn not_git(kind: NotGit, host: &str) -> String {
    match kind {
        NotGit::Page => Reply::GitNoRepository.english().into(),
        NotGit::Dumb => Reply::GitDumb.with(&[host]),
        NotGit::Encoded => Reply::GitEncoded.with(&[host]),
        NotGit::Elsewhere => Reply::GitElsewhere.with(&[host]),
    }
}

/// GitLab sends everybody from `/group/project` to `/group/project.git`: that is no move.
fn is_same_but_git(url: &GitUrl, at: &GitUrl) -> bool {
    let bare = |url: &GitUrl| {
        let text = url.to_string();
        text.strip_suffix(".git").map(str::to_owned).unwrap_or(text)
    };
    bare(url) == bare(at)
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
        of(&url, &url, None, finding, &[])
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
        let to = GitUrl::parse("https://git.example.org/club/r.git", &[]).unwrap();
        let moved = of(&from, &to, None, works(), &[]);
        assert_eq!(
            moved.suggestion.as_deref(),
            Some("https://git.example.org/club/r.git")
        );
        assert_eq!(
            (&*moved.url, moved.notices.len()),
            ("https://git.example.org/r", 1)
        );

        let same = GitUrl::parse("https://git.example.org/r.git", &[]).unwrap();
        let same = of(&from, &same, None, works(), &[]);
        assert_eq!(
            (same.notices.len(), same.suggestion),
            (0, None),
            "as at every GitLab"
        );
    }

    #[test]
    fn a_page_of_a_forge_is_suggested_as_its_repository() {
        for finding in [Finding::NotPublic, Finding::NotGit(NotGit::Page)] {
            let page = answer("https://github.com/o/r/tree/main", finding.clone());
            assert_eq!(page.suggestion.as_deref(), Some("https://github.com/o/r"));
            assert_eq!(answer("https://github.com/o/r", finding).suggestion, None);
        }
    }

    #[test]
    fn s08_every_refusal_reads_the_same() {
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
