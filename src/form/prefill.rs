//! What the page around the frame fills in for its visitor: told at each field, and only before the
//! visitor has entered anything.

use order::{
    Field,
    api::Grant,
    host::{Prefill, Tell},
};

use super::{choose_offered, place, problems};
use words::Label;

use crate::{
    app::{App, State},
    dom,
    el::{El, el},
    text,
};

impl App {
    /// Takes what a page of this origin fills in, and what lets its visitor deploy.
    pub(crate) fn prefill(self, prefill: Prefill, grant: Option<String>, origin: &str) {
        self.change(|state| {
            if let Some(token) = grant {
                state.grant = Some(Grant::Token(token));
            }
            if state.typed {
                return;
            }
            state.page = origin.rsplit('/').next().unwrap_or_default().to_owned();
            for (field, text) in prefill.fields {
                *place(&mut state.draft, field) = text;
                state.prefilled.push(field);
            }
            choose_offered(state);
        });
        self.check(Field::Name);
        self.check(Field::GitUrl);
    }
}

impl State {
    /// Whether an error is shown, and whether an order could be sent.
    pub(crate) fn completeness(&self) -> Tell {
        Tell::Change {
            valid: self.errors.is_empty(),
            complete: problems(self).is_empty(),
        }
    }
}

/// Says, before this element, who filled in the field.
pub(super) fn mark(app: App, of: Field, before: &El) {
    let marked = move |state: &State| state.prefilled.contains(&of);
    let mark = el("p")
        .attr("class", "hint")
        .live_text(app, |state| {
            text::with(Label::FilledInBy, &[&state.page]).into()
        })
        .when(app, marked);
    dom::call(&before.0, "before", &js_sys::Array::of1(&mark.0));
}
