//! JSON by the browser's own parser: a parser of ours, with code for each shape, would take a third
//! of the download. The shapes are in `wire`.

use std::{cell::Cell, rc::Rc};

use js_sys::{Array, JSON, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::dom;

/// A value that was read, and whether all that was asked of it was there.
pub(crate) struct Json {
    value: JsValue,
    broken: Rc<Cell<bool>>,
}

impl Json {
    /// Reads text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let value = JSON::parse(text).ok()?;
        Some(Self {
            value,
            broken: Rc::default(),
        })
    }

    /// Whether nothing was missing or of another kind.
    pub(crate) fn is_whole(&self) -> bool {
        !self.broken.get()
    }

    /// A member; of what is no object, or has none of this name, nothing.
    pub(crate) fn get(&self, name: &str) -> Self {
        self.with(dom::get(&self.value, name))
    }

    /// Whether it is there and not null.
    pub(crate) fn is_some(&self) -> bool {
        !self.value.is_null() && !self.value.is_undefined()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).as_text()
    }

    pub(crate) fn as_text(&self) -> String {
        self.need(self.value.as_string())
    }

    /// Text that may be missing or null.
    pub(crate) fn maybe(&self, name: &str) -> Option<String> {
        let member = self.get(name);
        member.is_some().then(|| member.as_text())
    }

    /// A whole number. The service sends none that is larger than 2^53.
    pub(crate) fn number(&self, name: &str) -> u64 {
        let number = self.get(name).value.as_f64();
        self.need(number) as u64
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.need(self.get(name).value.as_bool())
    }

    /// The members of a list.
    pub(crate) fn list(&self, name: &str) -> Vec<Json> {
        let list = self.get(name).value.dyn_into::<Array>().ok();
        self.need(list.map(|list| list.iter().map(|value| self.with(value)).collect()))
    }

    /// Which of these names it is.
    pub(crate) fn one_of(&self, names: &[&str]) -> usize {
        let name = self.as_text();
        self.need(names.iter().position(|n| *n == name))
    }

    fn with(&self, value: JsValue) -> Self {
        let broken = self.broken.clone();
        Self { value, broken }
    }

    fn need<T: Default>(&self, found: Option<T>) -> T {
        if found.is_none() {
            self.broken.set(true);
        }
        found.unwrap_or_default()
    }
}

/// An object to be written.
#[derive(Default)]
pub(crate) struct Writer(Object);

impl Writer {
    pub(crate) fn text(self, name: &str, text: &str) -> Self {
        self.put(name, &text.into())
    }

    pub(crate) fn maybe(self, name: &str, text: Option<&str>) -> Self {
        self.put(name, &text.map_or(JsValue::NULL, JsValue::from))
    }

    pub(crate) fn flag(self, name: &str, flag: bool) -> Self {
        self.put(name, &flag.into())
    }

    pub(crate) fn object(self, name: &str, object: Writer) -> Self {
        self.put(name, &object.0)
    }

    /// The object as text.
    pub(crate) fn write(self) -> String {
        JSON::stringify(&self.0)
            .map(String::from)
            .unwrap_or_default()
    }

    fn put(self, name: &str, value: &JsValue) -> Self {
        dom::put(&self.0, name, value);
        self
    }
}
