//! Following a deployment until it is settled. Its events say *that* something changed; how it stands
//! then is read from the resource, so nothing can be missed, doubled or out of order. A stream that
//! breaks is opened again after the last event that the resource includes.

use wasm_bindgen::JsCast;
use web_sys::ReadableStreamDefaultReader;
use words::Label;

use crate::{
    abort::Abort,
    api::Refusal,
    app::App,
    dom,
    permalink::{self, Access},
    session::{self, Key},
    text,
};

/// The service sends a comment every 15 s: a stream that is silent for longer is dead.
const SILENCE_MS: i32 = 40_000;
const FIRST_WAIT_MS: i32 = 500;
const LONGEST_WAIT_MS: i32 = 8000;

/// The deployment that is followed.
#[derive(Default)]
pub(crate) struct Followed {
    /// What it takes to see it; nothing when none is followed.
    pub(crate) access: Option<Access>,
    /// Its events do not come in.
    pub(crate) lost: bool,
    follower: u32,
    heard: u32,
    stream: Option<Abort>,
}

/// Follows a deployment in place of whatever was followed, and finds it again after a reload.
pub(crate) fn start(app: App, access: Access) {
    session::set(Key::Deployment, &access.to_text());
    permalink::write(Some(&access));
    let follower = next(app, Some(access.clone()));
    app.tick();
    dom::spawn(async move {
        let mut wait = FIRST_WAIT_MS;
        while is_current(app, follower) {
            match round(app, follower, &access).await {
                Ok(true) => return,
                Ok(false) => wait = FIRST_WAIT_MS,
                Err(_) if !is_current(app, follower) => return,
                Err(refusal) if matches!(refusal.status, 401 | 403 | 404) => {
                    leave(app);
                    return app.show(vec![], Some(text::of(Label::LinkLeadsNowhere).into()));
                }
                Err(_) => {
                    app.change(|state| state.followed.lost = true);
                    wait = (wait * 2).min(LONGEST_WAIT_MS);
                }
            }
            dom::sleep(wait).await;
        }
    });
}

/// Takes the deployment down, and sees it go.
pub(crate) fn press_take_down(app: App) {
    let Some(access) = app.peek().followed.access.clone() else {
        return;
    };
    app.change(|state| state.ticket.taking_down = true);
    dom::spawn(async move {
        let answer = app.client().delete(&access).await;
        app.change(|state| {
            state.ticket.taking_down = answer.is_ok();
            state.ticket.note = answer
                .as_ref()
                .err()
                .map(|r| r.message.clone())
                .unwrap_or_default();
        });
        if answer.is_ok() {
            start(app, access);
        }
    });
}

/// Follows nothing more: back to the form, as it was left.
pub(crate) fn leave(app: App) {
    session::remove(Key::Deployment);
    permalink::write(None);
    next(app, None);
    app.change(|state| {
        state.review = None;
        state.deployment = None;
        state.ticket = Default::default();
        state.said = Default::default();
    });
}

fn next(app: App, access: Option<Access>) -> u32 {
    app.change(|state| {
        let followed = &mut state.followed;
        followed.follower += 1;
        followed.lost = false;
        followed.stream = None;
        followed.access = access;
        followed.follower
    })
}

fn is_current(app: App, follower: u32) -> bool {
    let state = app.peek();
    state.followed.follower == follower && !state.over
}

/// Looks how it stands, and again whenever its events say so, until the stream ends. True when
/// nothing more will come.
async fn round(app: App, follower: u32, access: &Access) -> Result<bool, Refusal> {
    let mut events = None;
    loop {
        let deployment = app.client().deployment(access).await?;
        if !is_current(app, follower) {
            return Ok(true);
        }
        let (settled, last) = (deployment.state.is_settled(), deployment.last_event);
        app.change(|state| {
            state.deployment = Some(deployment);
            state.followed.lost = false;
        });
        if settled {
            stop(app);
            return Ok(true);
        }
        let reader = match events.take() {
            Some(reader) => reader,
            None => open(app, access, last).await?,
        };
        watch(app, follower);
        let chunk = dom::settled(reader.read()).await;
        // A comment counts too: it comes every 15 s, and looking is cheap.
        let done = chunk.map(|c| dom::get(&c, "done"));
        if !is_current(app, follower) {
            return Ok(true);
        }
        if done.is_none_or(|done| done.is_truthy()) {
            return Ok(false);
        }
        events = Some(reader);
    }
}

async fn open(
    app: App,
    access: &Access,
    after: u64,
) -> Result<ReadableStreamDefaultReader, Refusal> {
    let abort = Abort::new();
    let response = app.client().events(access, after, &abort);
    app.change(|state| state.followed.stream = Some(abort));
    let body = response.await?.body().ok_or_else(|| Refusal::odd(200))?;
    Ok(body.get_reader().unchecked_into())
}

fn stop(app: App) {
    app.change(|state| state.followed.stream = None);
}

/// Gives the stream up when nothing comes for long.
fn watch(app: App, follower: u32) {
    let heard = app.change(|state| {
        state.followed.heard += 1;
        state.followed.heard
    });
    dom::spawn(async move {
        dom::sleep(SILENCE_MS).await;
        if is_current(app, follower) && app.peek().followed.heard == heard {
            stop(app);
        }
    });
}
