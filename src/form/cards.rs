//! Radio cards: native radios, so that keys work as everywhere.

use order::{Field, LocationOffer, LocationState, SizeOffer};

use super::{field, value};
use crate::{
    app::{App, State},
    el::{El, el, target_value},
    text,
};

/// One card.
struct Card {
    /// The value chosen by it; also the end of its id.
    value: String,
    title: String,
    /// What it means, line by line.
    lines: Vec<String>,
    /// Whether it can be chosen; its lines say why not.
    open: bool,
}

/// Gives life to a group of cards: size or location.
pub(crate) fn bind(app: App, form: &El, of: Field) {
    let group = form.find(&["#", of.key()].concat());
    group
        .find(".cards")
        .live_children(app, State::offer, move || {
            let cards = cards(&app.peek(), of);
            cards.into_iter().map(|c| card(app, of, c)).collect()
        });
    field::described(app, of, group);
    field::bind_error(app, form, of);
}

fn cards(state: &State, of: Field) -> Vec<Card> {
    let catalogue = &state.catalogue;
    match of {
        Field::Size => catalogue.sizes.iter().map(size).collect(),
        _ => catalogue.locations.iter().map(location).collect(),
    }
}

fn size(size: &SizeOffer) -> Card {
    Card {
        value: size.id.to_string(),
        title: size.id.to_string(),
        lines: vec![
            text::machine(size),
            text::disk(size),
            text::hours(size),
            text::price(size),
        ],
        open: true,
    }
}

fn location(location: &LocationOffer) -> Card {
    let closed = text::location_state(location);
    Card {
        value: location.id.to_string(),
        title: text::location(location).to_owned(),
        lines: closed.map(str::to_owned).into_iter().collect(),
        open: location.state == LocationState::Open,
    }
}

fn card(app: App, of: Field, card: Card) -> El {
    let id = ["f-", of.key(), "-", &card.value].concat();
    let mut radio = el("input")
        .attr("type", "radio")
        .attr("name", of.key())
        .attr("value", &card.value)
        .attr("id", &id)
        .on("change", move |event| app.edit(of, target_value(&event)));
    if !card.open {
        radio = radio.attr("disabled", "");
    }
    let chosen = card.value;
    let radio = radio.live_checked(app, move |state| value(&state.draft, of) == chosen);
    let label = el("label")
        .attr("class", "card")
        .attr("for", &id)
        .add(radio)
        .add(el("b").text(&card.title));
    let lines = card.lines.iter();
    lines.fold(label, |label, line| label.add(el("span").text(line)))
}
