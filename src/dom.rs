//! The few things asked of the page itself.

use std::pin::Pin;

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Document, HtmlElement, Window};

use crate::{listen::listen, permalink};

/// The window.
pub(crate) fn window() -> Window {
    web_sys::window().unwrap_throw()
}

/// The document.
pub(crate) fn document() -> Document {
    window().document().unwrap_throw()
}

/// The first element that a selector finds.
pub(crate) fn find(selector: &str) -> Option<HtmlElement> {
    let found = document().query_selector(selector).ok().flatten();
    found.map(JsCast::unchecked_into)
}

/// The element with this id.
pub(crate) fn by_id(id: &str) -> Option<HtmlElement> {
    find(&["#", id].concat())
}

/// The content of a `<meta name>`, when there is one that is not empty.
pub(crate) fn meta(name: &str) -> Option<String> {
    let meta = find(&["meta[name=", name, "]"].concat())?;
    text(&meta, "content").filter(|c| !c.is_empty())
}

/// A property; undefined when there is none.
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// A property that is text.
pub(crate) fn text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name).as_string()
}

/// Sets a property.
pub(crate) fn put(object: &JsValue, name: &str, value: &JsValue) {
    // It fails for what is no object, which is never asked.
    let _ = Reflect::set(object, &name.into(), value);
}

/// Calls a method; undefined when there is none, or it throws.
pub(crate) fn call(object: &JsValue, method: &str, with: &Array) -> JsValue {
    match get(object, method).dyn_ref::<Function>() {
        Some(method) => method.apply(object, with).unwrap_or_default(),
        None => JsValue::UNDEFINED,
    }
}

/// The language of the page, as in its attribute `lang`.
pub(crate) fn language() -> String {
    let root = get(&document(), "documentElement");
    text(&root, "lang").unwrap_or_default()
}

/// Does something that takes time. One shape for all of it keeps the download small.
pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) {
    let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
    spawn_local(task);
}

/// What a promise came to; nothing when it was rejected.
pub(crate) async fn settled(promise: Promise) -> Option<JsValue> {
    JsFuture::from(promise).await.ok()
}

/// Waits.
pub(crate) async fn sleep(ms: i32) {
    settled(Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
    }))
    .await;
}

/// Moves the focus to an element that the change just made will have put on the page.
pub(crate) fn focus_soon(id: &'static str) {
    spawn(async move {
        sleep(0).await;
        focus(id);
    });
}

/// Moves the focus now; what the element is folded into opens.
pub(crate) fn focus(id: &str) {
    if let Some(element) = by_id(id) {
        focus_on(&element);
    }
}

/// As [`focus`], for an element at hand.
pub(crate) fn focus_on(element: &HtmlElement) {
    if let Ok(Some(fold)) = element.closest("details") {
        let _ = fold.set_attribute("open", "");
    }
    let _ = element.focus();
}

/// Whether the page is shown inside another one.
pub(crate) fn is_framed() -> bool {
    let window = window();
    get(&window, "parent") != JsValue::from(window)
}

/// Whether a person did it, not a script. Outside a frame scripts of others cannot reach the page, and
/// tests have no hands.
pub(crate) fn is_meant(event: &JsValue) -> bool {
    !is_framed() || get(event, "isTrusted").is_truthy()
}

/// Marks the page as living: from here on every control does what it says.
pub(crate) fn ready() {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-ready", "");
    }
}

/// Loads the page anew when its address comes to name a deployment: a permalink pasted into this tab.
pub(crate) fn reload_on_new_fragment() {
    listen(&window(), "hashchange", |_| {
        if permalink::read().is_some() {
            let _ = window().location().reload();
        }
    });
}
