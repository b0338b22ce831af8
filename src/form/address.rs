//! The address: name and domain, the whole of it in large type, and whether it is free.

use order::{Field, InstanceName, OrderDraft, api::NameState};
use web_sys::AbortSignal;

use super::field;
use words::Label;

use crate::{
    app::{App, State},
    check::{About, Answer, Tone},
    el::{El, el, target_value},
    text,
};

/// How long after the last key the service is asked.
pub(crate) const DELAY_MS: i32 = 400;

/// Gives life to the list of domains, the address, and its verdict.
pub(crate) fn bind(app: App, form: &El) {
    let options = move || {
        let state = app.peek();
        let option = |domain: &order::DomainOffer| {
            let id = domain.id.as_str();
            let option = el("option").attr("value", id).text(id);
            if id == state.draft.domain {
                option.attr("selected", "")
            } else {
                option
            }
        };
        state.catalogue.domains.iter().map(option).collect()
    };
    let domain = form
        .find("#f-domain")
        .live_children(app, State::offer, options);
    field::described(app, Field::Domain, domain)
        .live_value(app, |state| state.draft.domain.clone().into())
        .on("change", move |event| {
            app.edit(Field::Domain, target_value(&event));
        });
    field::bind_error(app, form, Field::Domain);
    form.find("#address")
        .live_text(app, |state| whole(&state.draft).into())
        .live_flag(app, "data-empty", |state| state.draft.name.is_empty());
    field::bind_verdict(app, form, Field::Name, |state| {
        About::Address.answer(state).shown()
    });
}

/// `name.domain`, with a word in the place of a name not yet typed.
pub(crate) fn whole(draft: &OrderDraft) -> String {
    let name = match draft.name.trim() {
        "" => text::of(Label::NameToCome),
        name => name,
    };
    [name, ".", &draft.domain].concat()
}

/// What the service is asked about an address: `<domain>/<name>`, or nothing when the name breaks a
/// rule, which needs no service.
pub(crate) fn asked(draft: &OrderDraft) -> String {
    match draft.name.parse::<InstanceName>() {
        Ok(name) => [&draft.domain, "/", name.as_str()].concat(),
        Err(_) => String::new(),
    }
}

/// Whether an address is free.
pub(crate) async fn ask(app: App, address: &str, abort: Option<AbortSignal>) -> Answer {
    let Ok(answer) = app.client().name(address, abort).await else {
        return Answer::new(Tone::Note, text::of(Label::CouldNotCheck));
    };
    let (tone, words) = match answer.state {
        NameState::Free => (Tone::Good, text::of(Label::Free)),
        NameState::Taken => (Tone::Bad, text::of(Label::Taken)),
        NameState::Reserved | NameState::Invalid => (Tone::Bad, text::of(Label::NotToBeHad)),
    };
    Answer::new(tone, answer.message.unwrap_or_else(|| words.into()))
}
