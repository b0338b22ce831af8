//! Hands: typing, clicking, and waiting for what comes of it.

use js_sys::{Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, EventInit, HtmlElement, InputEvent, InputEventInit};

use super::{find, screen, window};

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
    input_as(selector, text, kind);
    settle().await;
}

/// The same as [`type_in`], without a pause after it.
pub(crate) fn input(selector: &str, text: &str) {
    input_as(selector, text, "insertText");
}

fn input_as(selector: &str, text: &str, kind: &str) {
    let control = find(selector);
    Reflect::set(&control, &"value".into(), &text.into()).unwrap();
    let init = InputEventInit::new();
    init.set_bubbles(true);
    init.set_input_type(kind);
    let event = InputEvent::new_with_event_init_dict("input", &init).unwrap();
    control.dispatch_event(&event).unwrap();
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
