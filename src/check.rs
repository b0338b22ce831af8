//! A check that asks the service while somebody types: it waits until typing stops, gives up what is
//! in flight when the value changes, and drops an answer that comes for an old value.

use web_sys::AbortSignal;
use words::Label;

use crate::{
    abort::Abort,
    app::{App, State},
    dom,
    el::Words,
    form::{address, git},
    text,
};

/// "Checking…" is said only when a check takes this long.
const PATIENCE_MS: i32 = 1000;

/// How an answer is to be taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing to say.
    #[default]
    Silent,
    /// Being checked.
    Busy,
    /// It works.
    Good,
    /// It does not: the form cannot be sent so.
    Bad,
    /// Worth knowing; the form can be sent.
    Note,
}

impl Tone {
    /// For the style sheet.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Busy => "busy",
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Note => "note",
        }
    }
}

/// What a field's verdict says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// How it is to be taken.
    pub(crate) tone: Tone,
    /// In words.
    pub(crate) text: String,
    /// A value that would do better, offered as a button.
    pub(crate) suggestion: Option<String>,
    /// The commit that was found, for the review.
    pub(crate) commit: Option<String>,
}

impl Answer {
    /// An answer in words alone.
    pub(crate) fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self {
            tone,
            text: text.into(),
            suggestion: None,
            commit: None,
        }
    }

    /// What the verdict shows.
    pub(crate) fn shown(&self) -> (Tone, Words) {
        (self.tone, self.text.clone().into())
    }
}

/// What the service is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// Whether an address is free: `<domain>/<name>`.
    Address,
    /// Whether a settings repository works: its URL.
    Repository,
}

/// One check.
#[derive(Default)]
pub(crate) struct Check {
    /// The verdict shown.
    pub(crate) answer: Answer,
    value: String,
    generation: u32,
    in_flight: Option<Abort>,
}

impl About {
    /// The value changed: what was known is void, and it will be asked about unless it is empty.
    pub(crate) fn changed(self, app: App, value: String) {
        if self.of(&app.peek()).value == value {
            return;
        }
        let generation = self.begin(app, &value);
        if !value.is_empty() {
            dom::spawn(async move {
                dom::sleep(self.delay_ms()).await;
                self.run(app, generation, value).await;
            });
        }
    }

    /// The answer for this value: the one known, or asked for now.
    pub(crate) async fn settle(self, app: App, value: String) -> Answer {
        let known = {
            let state = app.peek();
            let check = self.of(&state);
            let settled = matches!(check.answer.tone, Tone::Good | Tone::Bad) || value.is_empty();
            (settled && check.value == value).then(|| check.answer.clone())
        };
        if let Some(known) = known {
            return known;
        }
        let generation = self.begin(app, &value);
        self.run(app, generation, value).await;
        self.of(&app.peek()).answer.clone()
    }

    /// What was known is no longer so.
    pub(crate) fn forget(self, app: App) {
        self.begin(app, "");
    }

    /// The check's verdict.
    pub(crate) fn answer(self, state: &State) -> &Answer {
        &self.of(state).answer
    }

    fn begin(self, app: App, value: &str) -> u32 {
        app.change(|state| {
            let check = self.of_mut(state);
            check.generation += 1;
            value.clone_into(&mut check.value);
            check.answer = Answer::default();
            check.in_flight = None;
            check.generation
        })
    }

    async fn run(self, app: App, generation: u32, value: String) {
        let current = move || self.of(&app.peek()).generation == generation;
        if !current() || value.is_empty() {
            return;
        }
        let abort = Abort::new();
        let signal = abort.signal();
        app.change(|state| self.of_mut(state).in_flight = Some(abort));
        dom::spawn(async move {
            dom::sleep(PATIENCE_MS).await;
            if current() && self.of(&app.peek()).in_flight.is_some() {
                let checking = Answer::new(Tone::Busy, text::of(Label::Checking));
                app.change(|state| self.of_mut(state).answer = checking);
            }
        });
        let answer = self.ask(app, &value, signal).await;
        if current() {
            app.change(|state| {
                let check = self.of_mut(state);
                check.in_flight = None;
                check.answer = answer;
            });
        }
    }

    async fn ask(self, app: App, value: &str, abort: Option<AbortSignal>) -> Answer {
        match self {
            Self::Address => address::ask(app, value, abort).await,
            Self::Repository => git::ask(app, value, abort).await,
        }
    }

    fn delay_ms(self) -> i32 {
        match self {
            Self::Address => address::DELAY_MS,
            Self::Repository => git::DELAY_MS,
        }
    }

    fn of(self, state: &State) -> &Check {
        &state.checks[self as usize]
    }

    fn of_mut(self, state: &mut State) -> &mut Check {
        &mut state.checks[self as usize]
    }
}
