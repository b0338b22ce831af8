//! Where it ends badly: which step, why, whether money was spent, and what is left: nothing.

use order::{
    Field,
    api::{Failure, FailureCode, State as Stage},
};
use words::Label;

use crate::{
    app::{App, State},
    el::{self, El},
    follow, text,
};

/// The failure screen. It comes while what was made is still being taken down, and says when that
/// is done.
pub(crate) fn failure(app: App) -> El {
    let screen = el::screen("#failure");
    screen
        .find("#address")
        .live_text(app, |state| state.deployed_address().into());
    screen.find("#title").live_text(app, |state| {
        let cancelled = of(state).is_some_and(|f| f.code == FailureCode::Cancelled);
        let title = if cancelled {
            text::of(Label::Cancelled)
        } else {
            text::of(Label::Failed)
        };
        title.into()
    });
    screen.find("#failed-step").live_text(app, |state| {
        of(state).map_or("", |f| text::step(f.step)).into()
    });
    screen.find("#reason").live_text(app, |state| {
        of(state).map_or("", |f| &f.message).to_owned().into()
    });
    screen.find("#money").live_text(app, |state| {
        let paid = of(state).is_some_and(|f| f.paid);
        let words = match (paid, over(state)) {
            (false, _) => text::of(Label::NotPaid),
            (true, true) => text::of(Label::Paid),
            (true, false) => text::of(Label::PaidUnwinding),
        };
        words.into()
    });
    screen.find("#left").live_text(app, |state| {
        let words = if over(state) {
            text::of(Label::NothingLeft)
        } else {
            text::of(Label::BeingTakenDown)
        };
        words.into()
    });
    screen.find("#over").when(app, over);
    screen.find("#retry").on("click", move |_| retry(app));
    screen
}

fn of(state: &State) -> Option<&Failure> {
    state.deployment.as_ref()?.failure.as_ref()
}

fn over(state: &State) -> bool {
    state.stage() == Some(Stage::Failed)
}

fn retry(app: App) {
    let address = app.peek().deployed_address();
    follow::leave(app);
    // On another device the form was never filled in: the address at least is known.
    let empty = app.peek().draft.name.is_empty();
    if let Some((name, domain)) = address.split_once('.').filter(|_| empty) {
        app.edit(Field::Domain, domain.to_owned());
        app.edit(Field::Name, name.to_owned());
    }
}
