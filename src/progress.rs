//! Progress: named steps, what is happening now, how long it takes and usually takes.

use js_sys::Date;
use order::api::{Deployment, Step, StepName, StepState};
use words::Label;

use crate::{
    app::{App, State},
    el::{self, El},
    follow, permalink, text,
};

/// Steps are announced no faster than this, milliseconds.
const ANNOUNCE_MS: f64 = 5000.0;

/// The progress screen.
pub(crate) fn progress(app: App) -> El {
    let screen = el::screen("#progress");
    screen.find("#title").live_text(app, |state| {
        let down = state.is_unwinding();
        let title = if down {
            text::of(Label::TakingDown)
        } else {
            text::of(Label::Progress)
        };
        title.into()
    });
    screen
        .find("#address")
        .live_text(app, |state| state.deployed_address().into());
    screen
        .find("#now")
        .live_text(app, |state| state.said.0.clone().into());
    screen
        .find("#total")
        .live_text(app, |state| match &state.deployment {
            Some(d) => text::in_all(seconds(&d.created_at, state.now), usual(d)).into(),
            None => text::of(Label::OneMoment).into(),
        });
    screen.find("#bar").live_attr(app, "value", |state| {
        let done = state.deployment.as_ref().map_or(0, done);
        (done as u32).to_string().into()
    });
    for name in StepName::ALL {
        step(app, &screen, name);
    }
    screen
        .find("#connection")
        .when(app, |state| state.followed.lost);
    bind_link(app, &screen);
    let busy = |state: &State| state.ticket.taking_down || state.is_unwinding();
    screen
        .find("#cancel")
        .press(app, busy, move || follow::press_take_down(app));
    bind_note(app, &screen);
    screen
}

/// What the progress screen says, at most once in five seconds: "2 of 5: Prepare the machine".
pub(crate) fn announce(state: &mut State) {
    let current = state.deployment.as_ref().and_then(current);
    let now = Date::now();
    if let Some(current) = current
        && current != state.said.0
        && now - state.said.1 >= ANNOUNCE_MS
    {
        state.said = (current, now);
    }
}

/// Gives life to the button that copies the permalink.
pub(crate) fn bind_link(app: App, screen: &El) {
    screen.find("#copy-link").copies(app, "link", move || {
        let state = app.peek();
        let access = state.followed.access.as_ref();
        access.map(permalink::link).unwrap_or_default()
    });
}

/// Gives life to the line that says why a press came to nothing.
pub(crate) fn bind_note(app: App, screen: &El) {
    screen
        .find("#note")
        .live_text(app, |state| state.ticket.note.clone().into());
}

/// Whole seconds from a time to another.
pub(crate) fn seconds(from: &str, to: f64) -> u32 {
    // Out of range, and no number at all, saturate: to 0.
    ((to - Date::parse(from)) / 1000.0) as u32
}

fn step(app: App, screen: &El, name: StepName) {
    let key = match name {
        StepName::Contracts => "#step-contracts",
        StepName::Machine => "#step-machine",
        StepName::Peertube => "#step-peertube",
        StepName::Address => "#step-address",
        StepName::Check => "#step-check",
    };
    let stands = move |state: &State| of(state, name).map_or(StepState::Pending, |s| s.state);
    let item = screen.find(key).live_attr(app, "data-state", move |state| {
        let key = match stands(state) {
            StepState::Pending => "pending",
            StepState::Running => "running",
            StepState::Done => "done",
            StepState::Failed => "failed",
        };
        key.into()
    });
    item.find(".apart")
        .live_text(app, move |state| text::step_state(stands(state)).into());
    item.find(".time").live_text(app, move |state| {
        let time = of(state, name).map(|s| timing(s, state.now));
        time.unwrap_or_default().into()
    });
    item.find(".hint").live_text(app, move |state| {
        let begun = of(state, name).filter(|s| s.state != StepState::Pending);
        let detail = begun.and_then(|s| s.detail.clone());
        detail.unwrap_or_default().into()
    });
}

fn of(state: &State, name: StepName) -> Option<&Step> {
    let steps = state.deployment.as_ref().map(|d| &d.steps)?;
    steps.iter().find(|s| s.name == name)
}

/// How long a step took; before it is done, also how long it usually takes.
fn timing(step: &Step, now: f64) -> String {
    let end = step.ended_at.as_ref().map(|end| Date::parse(end));
    let start = step.started_at.as_ref();
    let mut time = start
        .map(|start| text::duration(seconds(start, end.unwrap_or(now))))
        .unwrap_or_default();
    if end.is_none() && step.usual_seconds > 0 {
        if !time.is_empty() {
            time.push_str(" · ");
        }
        time.push_str(&text::with(
            Label::Usually,
            &[&text::about(step.usual_seconds)],
        ));
    }
    time
}

fn done(deployment: &Deployment) -> usize {
    let done = |s: &&Step| s.state == StepState::Done;
    deployment.steps.iter().filter(done).count()
}

/// Steps overlap, so the whole usually takes less than their sum: PeerTube's start and the
/// certificate go on side by side.
fn usual(deployment: &Deployment) -> u32 {
    let of = |name| {
        let step = deployment.steps.iter().find(|s| s.name == name);
        step.map_or(0, |s| s.usual_seconds)
    };
    of(StepName::Contracts)
        + of(StepName::Machine)
        + of(StepName::Peertube).max(of(StepName::Address))
        + of(StepName::Check)
}

/// The first step that is not done.
fn current(deployment: &Deployment) -> Option<String> {
    let steps = &deployment.steps;
    let at = steps.iter().position(|s| s.state != StepState::Done)?;
    Some(text::step_of(at + 1, steps.len(), steps.get(at)?.name))
}
