//! What the browser tests share: the page of `index.html`, a stand-in for the service, and hands.

#![allow(dead_code)] // each test crate uses its part

mod hands;
mod service;

use gridtube::Mounted;
use js_sys::{Array, Reflect};
use order::Catalogue;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlElement};
use words::Lang;

pub(crate) use hands::*;
pub(crate) use service::*;

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
