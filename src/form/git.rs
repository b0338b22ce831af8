//! The settings repository: checked while it is typed, so that nobody pays for settings that are not
//! there.

use order::{
    GitUrl,
    api::{GitCheck, GitState},
    suggest_git_url,
};
use web_sys::AbortSignal;
use words::Label;

use crate::{
    app::App,
    check::{Answer, Tone},
    text,
};

/// How long after the last key the service is asked.
pub(crate) const DELAY_MS: i32 = 500;

/// Whether a repository works. What breaks a rule is not sent; what was meant is offered instead.
pub(crate) async fn ask(app: App, url: &str, abort: Option<AbortSignal>) -> Answer {
    let allowed = app.peek().catalogue.git_origins();
    if GitUrl::parse(url, &allowed).is_err() {
        let suggestion = suggest_git_url(url, &allowed);
        return match suggestion {
            Some(_) => Answer {
                suggestion,
                ..Answer::new(Tone::Note, text::of(Label::DidYouMean))
            },
            None => Answer::default(),
        };
    }
    match app.client().git_check(url, abort).await {
        Ok(check) => verdict(check),
        Err(_) => Answer::new(Tone::Note, text::of(Label::CouldNotCheck)),
    }
}

fn verdict(check: GitCheck) -> Answer {
    let tone = match check.state {
        GitState::Ok if check.notices.is_empty() => Tone::Good,
        // Whether it answers may change by the time it is needed: the service decides then.
        GitState::Ok | GitState::Unreachable | GitState::TooSlow => Tone::Note,
        _ => Tone::Bad,
    };
    let words = match (check.state, &check.host, &check.branch, &check.commit) {
        (GitState::Ok, Some(host), Some(branch), Some(commit)) => {
            let short = commit.get(..7).unwrap_or(commit);
            let mut words = text::with(Label::GitWorks, &[host, branch, short]);
            for more in check.settings.iter().chain(&check.notices) {
                words.push_str(". ");
                words.push_str(more);
            }
            words
        }
        _ => check.message,
    };
    Answer {
        tone,
        text: words,
        suggestion: check.suggestion,
        commit: check.commit,
    }
}
