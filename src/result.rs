//! Where it ends well: the ticket with address, user, password, login; and the end after deleting.

use js_sys::Date;
use words::Label;

use crate::{
    app::{App, State},
    dom,
    el::{self, El},
    follow, progress, text,
};

/// What the buttons of the result have come to.
#[derive(Default)]
pub(crate) struct Ticket {
    /// What was copied last, and whether that worked.
    pub(crate) copied: Option<(&'static str, bool)>,
    /// Taking down was asked for.
    pub(crate) taking_down: bool,
    /// Why a press came to nothing.
    pub(crate) note: String,
    /// The password, once revealed. It is kept nowhere else, and is gone with this screen.
    password: String,
    password_gone: bool,
    asking_password: bool,
    delete_asked: bool,
}

/// The ticket.
pub(crate) fn result(app: App) -> El {
    let screen = el::screen("#result");
    let state = app.peek();
    let Some(d) = &state.deployment else {
        return screen;
    };
    if let Some(ready) = &d.ready_at {
        let took = progress::seconds(&d.created_at, Date::parse(ready));
        screen
            .find("#took")
            .text(&text::with(Label::ReadyAfter, &[&text::duration(took)]));
    }
    screen.find("#address").text(&d.address);
    screen.find("#open").attr("href", &d.url);
    for (id, value) in [("ssh", &d.ssh), ("ipv6", &d.ipv6)] {
        match value.clone() {
            Some(value) => {
                screen.find(&["#", id].concat()).text(&value);
                let copy = screen.find(&["#copy-", id].concat());
                copy.copies(app, id, move || value.clone());
            }
            None => screen.find(&["#", id, "-row"].concat()).hide(),
        }
    }
    progress::bind_link(app, &screen);
    password(app, &screen);
    screen
        .find("#question")
        .text(&text::with(Label::DeleteThis, &[&d.address]));
    delete(app, &screen);
    progress::bind_note(app, &screen);
    screen
}

/// After deleting.
pub(crate) fn deleted(app: App) -> El {
    let screen = el::screen("#deleted");
    let title = text::with(Label::IsDeleted, &[&app.peek().deployed_address()]);
    screen.find("#title").text(&title);
    screen.find("#again").on("click", move |_| {
        follow::leave(app);
        app.clear();
    });
    screen
}

/// Covered, then revealed once.
fn password(app: App, screen: &El) {
    let shown = |state: &State| !state.ticket.password.is_empty();
    let gone = |state: &State| {
        let d = state.deployment.as_ref();
        state.ticket.password_gone || !d.is_some_and(|d| d.password_available)
    };
    screen
        .find("#covered")
        .when(app, move |state| !shown(state) && !gone(state));
    screen.find("#shown").when(app, shown);
    screen
        .find("#revealed")
        .when(app, move |state| !shown(state) && gone(state));
    screen.find("#reveal").press(
        app,
        |state| state.ticket.asking_password,
        move || {
            app.change(|state| state.ticket.asking_password = true);
            dom::spawn(ask_password(app));
        },
    );
    screen
        .find("#password")
        .live_text(app, |state| state.ticket.password.clone().into());
    screen
        .find("#copy-password")
        .copies(app, "password", move || app.peek().ticket.password.clone());
}

async fn ask_password(app: App) {
    let access = app.peek().followed.access.clone();
    let Some(access) = access else { return };
    let answer = app.client().password(&access).await;
    app.change(|state| {
        let ticket = &mut state.ticket;
        ticket.asking_password = false;
        ticket.note.clear();
        match answer {
            Ok(password) => ticket.password = password.password,
            Err(refusal) if refusal.status == 410 => ticket.password_gone = true,
            Err(refusal) => ticket.note = refusal.message,
        }
    });
    dom::focus_soon("password");
}

/// Delete, with the question in place.
fn delete(app: App, screen: &El) {
    let ask = move |asked: bool| {
        app.change(|state| state.ticket.delete_asked = asked);
        dom::focus_soon(if asked { "keep" } else { "delete" });
    };
    screen
        .find("#delete")
        .when(app, |s| !s.ticket.delete_asked && !s.is_unwinding())
        .on("click", move |_| ask(true));
    screen
        .find("#delete-question")
        .when(app, |s| s.ticket.delete_asked && !s.is_unwinding());
    let busy = |state: &State| state.ticket.taking_down;
    screen
        .find("#confirm-delete")
        .press(app, busy, move || follow::press_take_down(app));
    screen.find("#keep").press(app, busy, move || ask(false));
    screen.find("#deleting").when(app, State::is_unwinding);
}
