//! The review: everything once more, before money is spent.

use super::summary;
use crate::{
    app::{App, State},
    check::About,
    el::{self, El},
    text,
};

/// The review of an order that kept every rule.
pub(crate) fn review(app: App) -> El {
    let screen = el::screen("#review");
    summary::bind_problems(app, &screen);
    let state = app.peek();
    let Some(order) = state.review.clone() else {
        return screen;
    };
    let draft = order.to_draft();
    let put = |selector: &str, words: &str| {
        screen.find(selector).text(words);
    };
    put("#address", &order.address());
    put("#r-size", &draft.size);
    if let Some(size) = state.catalogue.size(&draft.size) {
        put(
            "#r-machine",
            &[&text::machine(size), " · ", &text::disk(size)].concat(),
        );
        put("#r-price", &text::price(size));
    }
    if let Some(location) = state.catalogue.location(&draft.location) {
        put("#r-location", &location.name);
    }
    if let Some(url) = &draft.git_url {
        let commit = About::Repository.answer(&state).commit.as_deref();
        put("#r-git", url);
        put("#r-commit", commit.unwrap_or(text::COULD_NOT_CHECK));
    }
    if let Some(key) = &order.ssh_key {
        put("#r-key", &key.fingerprint());
    }
    put("#r-options", text::options(draft.private, draft.p2p));
    match &draft.admin_email {
        Some(email) => put("#r-email", email),
        None => screen.find("#r-email-row").hide(),
    }
    let sending = |state: &State| state.sending;
    screen
        .find("#confirm")
        .press(app, sending, move || app.order(&order));
    screen.find("#back").press(app, sending, move || {
        app.show(vec![], None);
        app.change(|state| state.review = None);
    });
    screen.find("#confirm-note").live_text(app, |state| {
        let note = if state.sending { text::SENDING } else { "" };
        note.into()
    });
    screen
}
