//! What the browser tests share: the page of `index.html`, a stand-in for the service, and hands.

#![allow(dead_code)] // each test crate uses its part

use gridtube::Mounted;
use js_sys::{Array, Function, JSON, Promise, Reflect};
use order::{
    Catalogue, OrderDraft,
    api::{
        Deployment, Failure, FailureCode, ProblemDetails, ProblemField, State, Step, StepName,
        StepState,
    },
};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, Event, EventInit, HtmlElement, InputEvent, InputEventInit};
use words::Lang;

/// An ed25519 key of nobody.
pub(crate) const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx4mZy4uQ3GJYb2q3yq2mT9m9Xy1l4a3rJc8s7Vq0xN me@home";

/// The page, with a living widget. It goes when this is dropped.
pub(crate) struct Stage {
    place: HtmlElement,
    mounted: Option<Mounted>,
}

impl Stage {
    /// A page as it is when the visitor comes for the first time, and every name is free.
    pub(crate) async fn new() -> Self {
        eval(include_str!("service.js"));
        for left_by_a_failed_test in all("[data-stage]") {
            left_by_a_failed_test.remove();
        }
        let session = window().session_storage().unwrap().unwrap();
        session.clear().unwrap();
        fragment("#");
        answers("GET", "/v1/catalog", 200, &Catalogue::default());
        on("GET", "/v1/names/", 200, &name("free", 0), 0);
        let stage = Self::painted();
        stage.live().await
    }

    /// The painted page alone.
    pub(crate) fn painted() -> Self {
        Self::painted_in(Lang::En)
    }

    /// The painted page alone, in a language.
    pub(crate) fn painted_in(lang: Lang) -> Self {
        let root = document().document_element().unwrap();
        root.set_attribute("lang", lang.code()).unwrap();
        root.set_attribute("dir", lang.dir()).unwrap();
        // The service has chosen the language.
        root.set_attribute("data-chosen", "").unwrap();
        eval(include_str!("../../public/boot.js"));
        let page = words::render(include_str!("../../index.html"), lang).unwrap();
        let body = page.split_once("<body>").unwrap().1;
        let body = body.split_once("</body>").unwrap().0;
        let place = document().create_element("div").unwrap();
        place.set_inner_html(body);
        place.set_attribute("data-stage", "").unwrap();
        document().body().unwrap().append_child(&place).unwrap();
        Self {
            place: place.unchecked_into(),
            mounted: None,
        }
    }

    /// Brings it to life.
    pub(crate) async fn live(mut self) -> Self {
        let root = document().document_element().unwrap();
        root.remove_attribute("data-ready").unwrap();
        self.mounted = Some(gridtube::mount(find("#app").unchecked_into()));
        until("it lives", || {
            let root = document().document_element().unwrap();
            root.has_attribute("data-ready")
        })
        .await;
        self
    }

    /// Reloads the page: what is in the session and in the address stays.
    pub(crate) async fn reload(self) -> Self {
        drop(self);
        Self::painted().live().await
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.mounted = None;
        self.place.remove();
    }
}

// The service

/// Runs a script.
pub(crate) fn eval(script: &str) -> JsValue {
    js_sys::eval(script).unwrap()
}

/// Sets a route; status 0 cannot be reached.
pub(crate) fn on(method: &str, path: &str, status: u16, body: &str, delay: u32) {
    route(method, path, status, body, delay, false);
}

/// Sets a route that answers even though the call was given up.
pub(crate) fn on_deaf(method: &str, path: &str, body: &str, delay: u32) {
    route(method, path, 200, body, delay, true);
}

/// Sets a route that answers with a message.
pub(crate) fn answers<T: Serialize>(method: &str, path: &str, status: u16, message: &T) {
    let body = serde_json::to_string(message).unwrap();
    on(method, path, status, &body, 0);
}

fn route(method: &str, path: &str, status: u16, body: &str, delay: u32, deaf: bool) {
    let on: Function = eval("service.on").unchecked_into();
    let args = Array::of5(
        &method.into(),
        &path.into(),
        &status.into(),
        &body.into(),
        &delay.into(),
    );
    args.push(&deaf.into());
    on.apply(&JsValue::NULL, &args).unwrap();
}

/// One call that the service was sent.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) at: f64,
    pub(crate) aborted: bool,
    pub(crate) key: Option<String>,
    pub(crate) last: Option<String>,
    pub(crate) body: String,
}

/// The calls with this method to paths that begin so.
pub(crate) fn calls(method: &str, path: &str) -> Vec<Call> {
    let calls: Array = eval("service.calls").unchecked_into();
    let get = |call: &JsValue, name: &str| Reflect::get(call, &name.into()).unwrap();
    calls
        .iter()
        .filter(|c| get(c, "method") == method)
        .map(|c| Call {
            path: get(&c, "path").as_string().unwrap(),
            at: get(&c, "at").as_f64().unwrap(),
            aborted: get(&c, "aborted").is_truthy(),
            key: get(&c, "key").as_string(),
            last: get(&c, "last").as_string(),
            body: get(&c, "body").as_string().unwrap(),
        })
        .filter(|c| c.path.starts_with(path))
        .collect()
}

/// The answer to a name check; answers with other numbers can be told apart.
pub(crate) fn name(state: &str, number: u32) -> String {
    let message = match number {
        0 => JsValue::NULL,
        n => format!("answer {n}").into(),
    };
    let message = String::from(JSON::stringify(&message).unwrap());
    format!(r#"{{"address":"x","state":"{state}","message":{message}}}"#)
}

/// A problem about some fields.
pub(crate) fn problem(status: u16, detail: &str, fields: &[(&str, &str)]) -> ProblemDetails {
    ProblemDetails {
        r#type: "/problems/x".into(),
        title: "x".into(),
        status,
        detail: detail.into(),
        errors: fields
            .iter()
            .map(|(pointer, detail)| ProblemField {
                pointer: (*pointer).into(),
                detail: (*detail).into(),
            })
            .collect(),
        retryable: false,
        request_id: "r".into(),
    }
}

/// A deployment in this state, as the answer to its order.
pub(crate) fn deployment(state: State) -> Deployment {
    let step = |name| Step {
        name,
        state: if state == State::Ready {
            StepState::Done
        } else {
            StepState::Pending
        },
        started_at: None,
        ended_at: None,
        detail: None,
        usual_seconds: 60,
    };
    Deployment {
        id: "d1".into(),
        state,
        address: "myclub.ava.tf".into(),
        url: "https://myclub.ava.tf".into(),
        steps: StepName::ALL.map(step).into(),
        created_at: "2026-01-01T00:00:00Z".into(),
        ready_at: (state == State::Ready).then(|| "2026-01-01T00:02:31Z".into()),
        failure: None,
        ssh: Some("ssh root@2001:db8::1".into()),
        ipv6: Some("2001:db8::1".into()),
        password_available: true,
        last_event: 7,
        capability: Some("secret".into()),
    }
}

/// A deployment that failed while its machine was prepared.
pub(crate) fn failed(state: State, paid: bool) -> Deployment {
    Deployment {
        failure: Some(Failure {
            step: StepName::Machine,
            code: FailureCode::Machine,
            message: "The machine did not start.".into(),
            paid,
        }),
        ..deployment(state)
    }
}

/// Answers an order with this deployment, and shows it so from then on.
pub(crate) fn deploys(deployment: &Deployment) {
    answers("POST", "/v1/deployments", 202, deployment);
    shows(deployment);
}

/// Shows the deployment so from now on.
pub(crate) fn shows(deployment: &Deployment) {
    answers("GET", "/v1/deployments/d1", 200, deployment);
    on("GET", "/v1/deployments/d1/events", 200, "events", 0);
    eval("service.changed()");
}

/// The order that a call carried.
pub(crate) fn ordered(call: &Call) -> OrderDraft {
    let request: order::api::DeploymentRequest = serde_json::from_str(&call.body).unwrap();
    request.order
}

// The page

pub(crate) fn window() -> web_sys::Window {
    web_sys::window().unwrap()
}

pub(crate) fn document() -> Document {
    window().document().unwrap()
}

/// Puts a fragment into the address.
pub(crate) fn fragment(fragment: &str) {
    let history = window().history().unwrap();
    history
        .replace_state_with_url(&JsValue::NULL, "", Some(fragment))
        .unwrap();
}

pub(crate) fn find(selector: &str) -> Element {
    document()
        .query_selector(selector)
        .unwrap()
        .unwrap_or_else(|| panic!("there is no {selector}"))
}

pub(crate) fn all(selector: &str) -> Vec<Element> {
    let found = document().query_selector_all(selector).unwrap();
    let found = Array::from(&found);
    found.iter().map(JsCast::unchecked_into).collect()
}

pub(crate) fn text(selector: &str) -> String {
    find(selector).text_content().unwrap()
}

pub(crate) fn value(selector: &str) -> String {
    let value = Reflect::get(&find(selector), &"value".into()).unwrap();
    value.as_string().unwrap()
}

/// Whether it can be seen: neither it nor what it is in is hidden.
pub(crate) fn shown(selector: &str) -> bool {
    find(selector).closest("[hidden]").unwrap().is_none()
}

/// The error at a field: empty while none is shown.
pub(crate) fn error(field: &str) -> String {
    let selector = format!("#f-{field}-error");
    if shown(&selector) {
        text(&format!("{selector} span + span"))
    } else {
        String::new()
    }
}

pub(crate) fn screen() -> String {
    find("main").get_attribute("data-screen").unwrap()
}

pub(crate) fn focused() -> String {
    document()
        .active_element()
        .map(|e| e.id())
        .unwrap_or_default()
}

// Hands

/// Waits for what the page does by itself.
pub(crate) async fn settle() {
    for _ in 0..3 {
        sleep(0).await;
    }
}

pub(crate) async fn sleep(ms: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms)
            .unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return settle().await;
        }
        sleep(10).await;
    }
    panic!("{what}: not within 5 s");
}

pub(crate) async fn until_screen(name: &str) {
    until(name, || screen() == name).await;
}

pub(crate) fn now() -> f64 {
    window().performance().unwrap().now()
}

/// Replaces what stands in a control, as one keystroke does.
pub(crate) async fn type_in(selector: &str, text: &str) {
    put(selector, text, "insertText").await;
}

/// Pastes into a control.
pub(crate) async fn paste(selector: &str, text: &str) {
    put(selector, text, "insertFromPaste").await;
}

async fn put(selector: &str, text: &str, kind: &str) {
    let control = find(selector);
    Reflect::set(&control, &"value".into(), &text.into()).unwrap();
    let init = InputEventInit::new();
    init.set_bubbles(true);
    init.set_input_type(kind);
    let event = InputEvent::new_with_event_init_dict("input", &init).unwrap();
    control.dispatch_event(&event).unwrap();
    settle().await;
}

/// Leaves a control.
pub(crate) async fn leave(selector: &str) {
    find(selector)
        .dispatch_event(&Event::new("blur").unwrap())
        .unwrap();
    settle().await;
}

/// Types, and leaves.
pub(crate) async fn fill(selector: &str, text: &str) {
    type_in(selector, text).await;
    leave(selector).await;
}

/// Chooses in a list.
pub(crate) async fn choose(selector: &str, value: &str) {
    let control = find(selector);
    Reflect::set(&control, &"value".into(), &value.into()).unwrap();
    let init = EventInit::new();
    init.set_bubbles(true);
    let event = Event::new_with_event_init_dict("change", &init).unwrap();
    control.dispatch_event(&event).unwrap();
    settle().await;
}

/// Presses, at once and as often as it is called.
pub(crate) fn press(selector: &str) {
    find(selector).unchecked_into::<HtmlElement>().click();
}

pub(crate) async fn click(selector: &str) {
    press(selector);
    settle().await;
}

/// Fills the form in and goes to its review.
pub(crate) async fn to_review() {
    fill("#f-name", "myclub").await;
    click("#deploy").await;
    until_screen("review").await;
}

/// Orders what is in review.
pub(crate) async fn confirm() {
    click("#confirm").await;
}
