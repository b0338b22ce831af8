//! What stays in view: the errors found above the form, and address, size, price and Deploy below it.

use super::{address, error, painted};
use words::Label;

use crate::{
    app::{App, Found, State},
    dom,
    el::{El, el},
    text,
};

/// Gives life to the list of what a submit found: it takes the focus, and each line leads to its field.
pub(crate) fn bind_problems(app: App, screen: &El) {
    let key = |state: &State| {
        let words = standing(state).map(|(_, words)| words.as_str());
        words.collect::<String>().into()
    };
    let lines = move || standing(&app.peek()).map(line).collect();
    let summary = screen.find("#error-summary");
    summary.find("ul").live_children(app, key, lines);
    summary.when(app, |state| standing(state).next().is_some());
}

/// Gives life to the line at the bottom.
pub(crate) fn bind_bar(app: App, form: &El) {
    form.find("#bar-address")
        .live_text(app, |state| address::whole(&state.draft).into());
    form.find("#bar-price").live_text(app, |state| {
        let size = &state.draft.size;
        let price = state.catalogue.size(size).map(text::price);
        [size, " · ", &price.unwrap_or_default()].concat().into()
    });
    form.find("#deploy-note").live_text(app, |state| {
        let note = match (state.checking, state.sending) {
            (true, _) => text::of(Label::CheckingOrder),
            (_, true) => text::of(Label::Sending),
            _ => "",
        };
        note.into()
    });
    form.find("#deploy")
        .live_flag(app, "aria-disabled", |state| {
            state.checking || state.sending
        });
}

/// A problem that has gone from its field has gone from the list.
fn standing(state: &State) -> impl Iterator<Item = &Found> {
    let stands = |found: &&Found| found.0.is_none_or(|field| error(state, field) == found.1);
    state.found.iter().filter(stands)
}

fn line((field, words): &Found) -> El {
    let Some(field) = *field else {
        return el("li").text(words);
    };
    let id = painted::id(field);
    let link = el("a")
        .attr("href", &["#", &id].concat())
        .text(words)
        .on("click", move |event| {
            // The fragment belongs to the permalink.
            event.prevent_default();
            // Of a group, the first that can be chosen.
            let first = ["#", field.key(), " input:enabled"].concat();
            match dom::find(&first) {
                Some(first) => dom::focus_on(&first),
                None => dom::focus(&id),
            }
        });
    el("li").add(link)
}
