//! The form: what is typed, what is known about it, and when an error is shown.
//!
//! It is silent until a field with content is left, or until submit; an error then goes with the
//! keystroke that fixes it, and typing never brings a new one.

pub(crate) mod address;
mod cards;
mod field;
pub(crate) mod git;
pub(crate) mod painted;
mod prefill;
pub(crate) mod review;
pub(crate) mod screen;
mod submit;
pub(crate) mod summary;

use order::{Catalogue, Field, LocationOffer, LocationState, OrderDraft};
use words::Label;

use crate::{
    app::{App, State},
    check::About,
    dom, permalink, session, text, wire,
};

impl App {
    /// The form as the address of the page has it, or as it was left in this tab.
    pub(crate) fn restore(self) {
        let kept = || session::get(session::Key::Draft).and_then(|draft| wire::read(&draft));
        let kept = permalink::take_form().or_else(kept);
        if let Some(draft) = kept {
            self.change(|state| {
                state.draft = draft;
                state.typed = true;
            });
        }
    }

    /// Takes what the service offers.
    pub(crate) fn offer(self, catalogue: Catalogue) {
        self.change(|state| {
            state.catalogue = catalogue;
            choose_offered(state);
        });
        self.check(Field::Name);
        self.check(Field::GitUrl);
    }

    /// The form as it was before anything was typed.
    pub(crate) fn clear(self) {
        self.change(|state| {
            state.draft = empty();
            state.typed = false;
            state.prefilled.clear();
            state.errors.clear();
            state.found.clear();
            choose_offered(state);
        });
        About::Address.forget(self);
        About::Repository.forget(self);
        session::remove(session::Key::Draft);
    }

    /// Takes what was typed or chosen.
    pub(crate) fn edit(self, field: Field, new: String) {
        self.change(|state| {
            *place(&mut state.draft, field) = new;
            state.prefilled.retain(|f| *f != field);
            drop_fixed(state, field);
            if field == Field::Domain {
                // The name may be free there.
                drop_fixed(state, Field::Name);
            }
        });
        self.keep();
        self.check(field);
    }

    /// Changes an option that cannot be wrong.
    pub(crate) fn set_option(self, of: fn(&mut OrderDraft) -> &mut bool, on: bool) {
        self.change(|state| *of(&mut state.draft) = on);
        self.keep();
    }

    /// A key is wanted or not; what was typed comes back when the choice is taken back.
    pub(crate) fn want_key(self, wanted: bool) {
        self.change(|state| {
            if wanted == state.draft.ssh_key.is_some() {
                return;
            }
            let kept = std::mem::take(&mut state.kept_key);
            state.kept_key = state.draft.ssh_key.take().unwrap_or_default();
            state.draft.ssh_key = wanted.then_some(kept);
            drop_fixed(state, Field::SshKey);
        });
        self.keep();
    }

    /// A pointer went down. An error that came now would move what is being pressed away.
    pub(crate) fn press(self) {
        self.change(|state| state.pressing = true);
    }

    /// The press is over; what it pressed hears of it first.
    pub(crate) fn release(self) {
        dom::spawn(async move {
            dom::sleep(0).await;
            let left = self.change(|state| {
                state.pressing = false;
                state.left.take()
            });
            if let Some(field) = left {
                self.left(field);
            }
        });
    }

    /// The field was left, or pasted into: from here on it says what is wrong with its content.
    pub(crate) fn left(self, field: Field) {
        if self.peek().pressing {
            return self.change(|state| state.left = Some(field));
        }
        let problem = {
            let state = self.peek();
            let filled = !value(&state.draft, field).trim().is_empty();
            let shown = !error(&state, field).is_empty();
            (filled && !shown).then(|| problem(&state, field)).flatten()
        };
        if let Some(problem) = problem {
            self.change(|state| state.errors.push((field, problem)));
        }
    }

    /// Asks the service about a field, if it is one that the service is asked about.
    fn check(self, field: Field) {
        let draft = trimmed(&self.peek().draft);
        match field {
            Field::Name | Field::Domain => About::Address.changed(self, address::asked(&draft)),
            Field::GitUrl => About::Repository.changed(self, draft.git_url.unwrap_or_default()),
            _ => {}
        }
    }

    fn keep(self) {
        let draft = self.change(|state| {
            state.typed = true;
            wire::write_draft(&state.draft)
        });
        session::set(session::Key::Draft, &draft);
    }
}

/// Nothing typed yet.
pub(crate) fn empty() -> OrderDraft {
    OrderDraft {
        size: String::new(),
        location: String::new(),
        name: String::new(),
        domain: String::new(),
        git_url: None,
        ssh_key: None,
        private: false,
        p2p: true,
        admin_email: None,
    }
}

/// Where a field's value stands.
fn place(draft: &mut OrderDraft, field: Field) -> &mut String {
    match field {
        Field::Size => &mut draft.size,
        Field::Location => &mut draft.location,
        Field::Name => &mut draft.name,
        Field::Domain => &mut draft.domain,
        Field::GitUrl => draft.git_url.get_or_insert_default(),
        Field::SshKey => draft.ssh_key.get_or_insert_default(),
        Field::AdminEmail => draft.admin_email.get_or_insert_default(),
    }
}

/// What stands in a field.
pub(crate) fn value(draft: &OrderDraft, field: Field) -> &str {
    match field {
        Field::Size => &draft.size,
        Field::Location => &draft.location,
        Field::Name => &draft.name,
        Field::Domain => &draft.domain,
        Field::GitUrl => draft.git_url.as_deref().unwrap_or_default(),
        Field::SshKey => draft.ssh_key.as_deref().unwrap_or_default(),
        Field::AdminEmail => draft.admin_email.as_deref().unwrap_or_default(),
    }
}

/// The error shown at a field; empty when there is none.
pub(crate) fn error(state: &State, field: Field) -> &str {
    let error = state.errors.iter().find(|(f, _)| *f == field);
    error.map_or("", |(_, words)| words)
}

/// The draft as it is sent.
pub(crate) fn trimmed(draft: &OrderDraft) -> OrderDraft {
    let mut draft = draft.clone();
    let texts = [
        Some(&mut draft.name),
        draft.git_url.as_mut(),
        draft.ssh_key.as_mut(),
        draft.admin_email.as_mut(),
    ];
    for text in texts.into_iter().flatten() {
        *text = plain(text);
    }
    draft
}

/// Without surrounding space, and with none but ordinary spaces in it.
fn plain(text: &str) -> String {
    let plain = |c| if c == '\t' { ' ' } else { c };
    text.trim().chars().map(plain).collect()
}

/// Everything that is wrong now, in the order of the form.
fn problems(state: &State) -> Vec<(Field, String)> {
    let draft = trimmed(&state.draft);
    let broken = draft.parse(&state.catalogue).err().unwrap_or_default();
    let mut problems: Vec<_> = broken
        .into_iter()
        .map(|e| (e.field, text::flaw(&e.problem.said())))
        .collect();
    if draft.ssh_key.is_some_and(|key| key.is_empty()) {
        let after = problems.iter().take_while(|(f, _)| *f < Field::SshKey);
        let at = after.count();
        problems.insert(at, (Field::SshKey, text::of(Label::NoKey).into()));
    }
    problems
}

fn problem(state: &State, field: Field) -> Option<String> {
    let mut problems = problems(state).into_iter();
    problems.find(|(f, _)| *f == field).map(|(_, words)| words)
}

fn drop_fixed(state: &mut State, field: Field) {
    if error(state, field).is_empty() {
        return;
    }
    let problem = problem(state, field);
    state
        .errors
        .retain(|(f, words)| *f != field || Some(words) == problem.as_ref());
}

fn choose_offered(state: &mut State) {
    let (draft, catalogue) = (&mut state.draft, &state.catalogue);
    if let (None, Some(first)) = (catalogue.size(&draft.size), catalogue.sizes.first()) {
        draft.size = first.id.to_string();
    }
    if let (None, Some(first)) = (catalogue.domain(&draft.domain), catalogue.domains.first()) {
        draft.domain = first.id.to_string();
    }
    let open = |l: &&LocationOffer| l.state == LocationState::Open;
    let chosen = catalogue.location(&draft.location).filter(open);
    if let (None, Some(first)) = (chosen, catalogue.locations.iter().find(open)) {
        draft.location = first.id.to_string();
    }
}
