//! The review: everything once more, before money is spent.

use super::summary;
use order::api::Grant;
use words::Label;

use crate::{
    app::{App, State},
    check::About,
    dom,
    el::{self, El, target_value},
    permalink, text,
    visible::{self, Sight},
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
        put("#r-location", text::location(location));
    }
    if let Some(url) = &draft.git_url {
        let commit = About::Repository.answer(&state).commit.as_deref();
        put("#r-git", url);
        put(
            "#r-commit",
            commit.unwrap_or(text::of(Label::CouldNotCheck)),
        );
    }
    if let Some(key) = &order.ssh_key {
        put("#r-key", &key.fingerprint());
    }
    put("#r-options", text::options(draft.private, draft.p2p));
    match &draft.admin_email {
        Some(email) => put("#r-email", email),
        None => screen.find("#r-email-row").hide(),
    }
    if dom::meta("gridtube-grant").is_some() {
        ask_for_invitation(app, &screen);
    }
    let sending = |state: &State| state.sending;
    let held = |state: &State| state.sending || state.sight != Sight::Seen;
    let confirm = screen.find("#confirm");
    visible::look(app, &confirm);
    confirm.press(app, held, move || app.order(&order));
    screen.find("#back").press(app, sending, move || {
        app.show(vec![], None);
        app.change(|state| state.review = None);
    });
    let note = screen.find("#confirm-note");
    note.clone().live_text(app, |state| {
        let note = match (state.sending, state.sight) {
            (true, _) => text::of(Label::Sending),
            (_, Sight::Covered) => text::of(Label::Covered),
            _ => "",
        };
        note.into()
    });
    if dom::is_framed() {
        let link = el::el("a")
            .attr("href", &permalink::form(&draft))
            .attr("target", "_blank")
            .attr("rel", "noopener")
            .text(text::of(Label::NewTab));
        screen.clone().add(el::el("p").add(link));
    }
    screen
}

/// The site deploys for whoever has a code of its operator's. Whether it is good the service says.
fn ask_for_invitation(app: App, screen: &El) {
    screen.find("#invite").when(app, |_| true);
    screen
        .find("#f-invite")
        .live_value(app, |state| match &state.grant {
            Some(Grant::Invite(code)) => code.clone().into(),
            _ => "".into(),
        })
        .on("input", move |event| {
            let code = target_value(&event);
            app.change(|state| state.grant = (!code.is_empty()).then_some(Grant::Invite(code)));
        });
}
