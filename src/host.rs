//! The page around the frame: what it asks for and what it is told. The rules are `order::host`'s;
//! here is how a browser carries the messages. Without a page that answers, the widget works alone.

use std::cell::{Cell, RefCell};

use js_sys::{Array, JSON};
use order::host::{Ask, Gate, Tell, Value};
use reactive_graph::owner::Owner;
use wasm_bindgen::JsValue;

use crate::{
    api,
    app::{App, Screen, State},
    dom, el,
    listen::{listen, observe},
    wire,
};

thread_local! {
    /// Where messages go; nothing until the page was let in.
    static PORT: RefCell<Option<JsValue>> = const { RefCell::new(None) };
}

/// Knocks at the page around the frame, if the site says which pages may answer.
pub(crate) fn knock(app: App) {
    let Some(origins) = dom::meta("gridtube-origins").filter(|_| dom::is_framed()) else {
        return;
    };
    let gate = Gate::new(api::new_idempotency_key(), &origins);
    let syn = gate.syn();
    let gate = RefCell::new(gate);
    let home = Owner::current().unwrap_or_default();
    let window = JsValue::from(dom::window());
    let parent = dom::get(&window, "parent");
    let around = parent.clone();
    listen(&window, "message", move |event| {
        let from_parent = dom::get(&event, "source") == around;
        let origin = dom::text(&event, "origin").unwrap_or_default();
        let said = Message(dom::get(&event, "data"));
        let port = dom::get(&dom::get(&event, "ports"), "0");
        let welcome = port.is_object() && gate.borrow_mut().ack(from_parent, &origin, &said);
        if welcome {
            home.with(|| join(app, port, origin));
        }
    });
    post(&parent, &syn, "*");
}

/// Tells the page something, if one was let in.
pub(crate) fn tell(tell: &Tell) {
    say(&tell.to_json());
}

fn say(message: &str) {
    if let Some(port) = PORT.with_borrow(Option::clone) {
        post(&port, message, "");
    }
}

/// Ports take no origin.
fn post(to: &JsValue, message: &str, origin: &str) {
    let message = JSON::parse(message).unwrap_or_default();
    let with = Array::of1(&message);
    if !origin.is_empty() {
        with.push(&origin.into());
    }
    dom::call(to, "postMessage", &with);
}

/// The page was let in.
fn join(app: App, port: JsValue, origin: String) {
    listen(&port, "message", move |event| {
        let said = Message(dom::get(&event, "data"));
        // By itself: the match would hold on to the state that it changes.
        let git = app.peek().catalogue.git_origins();
        match Ask::read(&said, &git) {
            Some(Ask::Config(config)) => {
                // `boot.js` knows which looks are fit to be read.
                dom::call(&dom::window(), "gridtubeLook", &Array::of1(&said.0));
                app.prefill(config.prefill, config.grant, &origin);
            }
            Some(Ask::Focus) => dom::focus("title"),
            // A deployment is never taken from the visitor's eyes.
            Some(Ask::Reset) if app.peek().followed.access.is_none() => app.clear(),
            _ => {}
        }
    });
    dom::call(&port, "start", &Array::new());
    PORT.set(Some(port));
    tell(&Tell::Ready);
    watch_height();
    watch_tab();
    for news in [form, running, outcome] {
        let message = move |state: &State| news(state).map_or("".into(), |t| t.to_json().into());
        el::watch(app, message, |message| {
            message.filter(|m| !m.is_empty()).into_iter().for_each(say);
        });
    }
}

fn form(state: &State) -> Option<Tell> {
    (state.screen() == Screen::Form).then(|| state.completeness())
}

fn running(state: &State) -> Option<Tell> {
    let steps = &state.deployment.as_ref()?.steps;
    let running = |step: &&order::api::Step| step.state == order::api::StepState::Running;
    let step = steps.iter().find(running)?;
    Some(Tell::Progress {
        step: step.name as u32 + 1,
        of: steps.len() as u32,
        name: wire::name(step.name),
    })
}

fn outcome(state: &State) -> Option<Tell> {
    let deployment = state.deployment.as_ref()?;
    match (&deployment.failure, state.screen()) {
        (Some(failure), Screen::Failure) => Some(Tell::Error(wire::name(failure.code))),
        (_, Screen::Result) => Some(Tell::Success {
            id: deployment.id.clone(),
            url: deployment.url.clone(),
        }),
        _ => None,
    }
}

/// Tells how high the widget is, at most once a frame: the browser calls so often.
fn watch_height() {
    let body = dom::get(&dom::document(), "body");
    let last = Cell::new(0.0);
    let measured = body.clone();
    observe("ResizeObserver", &JsValue::UNDEFINED, &body, move |_| {
        let height = dom::get(&measured, "offsetHeight").as_f64();
        let height = height.unwrap_or_default();
        if last.replace(height) != height {
            tell(&Tell::Resize(height as u32));
        }
    });
}

/// Tells when the focus leaves the frame: Tab is heard here, then the window loses the focus.
fn watch_tab() {
    let window = dom::window();
    let tab: &'static Cell<Option<bool>> = Box::leak(Box::default());
    listen(&window, "keydown", move |event| {
        let forward = !dom::get(&event, "shiftKey").is_truthy();
        let pressed = dom::text(&event, "key").is_some_and(|key| key == "Tab");
        tab.set(pressed.then_some(forward));
    });
    listen(&window, "blur", move |_| {
        if let Some(forward) = tab.take() {
            tell(&Tell::FocusExit { forward });
        }
    });
}

struct Message(JsValue);

impl Value for Message {
    fn member(&self, name: &str) -> Option<Self> {
        let member = dom::get(&self.0, name);
        (!member.is_undefined()).then_some(Self(member))
    }

    fn text(&self) -> Option<String> {
        self.0.as_string()
    }

    fn number(&self) -> Option<f64> {
        self.0.as_f64()
    }
}
