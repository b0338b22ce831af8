//! Elements, and what keeps them current. Leptos' signals, effects and owners do the work; the
//! markup stands in `index.html`, where the form is painted before any wasm has come: it need not come
//! twice, and every distinct `view!` shape is compiled anew, which cost twice the widget's budget.

use std::{borrow::Cow, cell::RefCell};

use reactive_graph::{effect::RenderEffect, owner::Owner};
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt, prelude::Closure};
use web_sys::{Element, Event, HtmlTemplateElement};
use words::Label;

use crate::{
    app::{App, State},
    clipboard, dom,
    listen::keep,
    text,
};

/// How long a copy button says what came of it.
const SAID_MS: i32 = 3000;

/// An element being made. What is given as a closure over the state is followed: it runs again when
/// the state changes, and the page is touched only when its value did.
#[derive(Clone)]
pub(crate) struct El(pub(crate) Element);

/// Text that is mostly constant.
pub(crate) type Words = Cow<'static, str>;

enum Value {
    Words(Box<dyn Fn(&State) -> Words>),
    Flag(Box<dyn Fn(&State) -> bool>),
}

type Apply = fn(&Element, &str, Option<&str>);

/// An element with this tag. Tags are constants of this crate, which no browser refuses.
pub(crate) fn el(tag: &str) -> El {
    El(dom::document().create_element(tag).unwrap_throw())
}

/// A new copy of a screen that the page describes in its `<template id="screens">`.
pub(crate) fn screen(id: &str) -> El {
    let screens: HtmlTemplateElement = dom::by_id("screens").unwrap_throw().unchecked_into();
    let found = screens.content().query_selector(id).ok().flatten();
    El(found
        .unwrap_throw()
        .clone_node_with_deep(true)
        .unwrap_throw()
        .unchecked_into())
}

impl El {
    /// An element inside; `index.html` has all that is asked for, and tests mount every screen.
    pub(crate) fn find(&self, selector: &str) -> El {
        El(self
            .0
            .query_selector(selector)
            .ok()
            .flatten()
            .unwrap_throw())
    }

    pub(crate) fn attr(self, name: &str, value: &str) -> Self {
        set(&self.0, name, Some(value));
        self
    }

    /// Sets its text.
    pub(crate) fn text(self, text: &str) -> Self {
        self.0.set_text_content(Some(text));
        self
    }

    pub(crate) fn add(self, child: El) -> Self {
        let _ = self.0.append_with_node_1(&child.0);
        self
    }

    /// Hides it for good.
    pub(crate) fn hide(self) {
        self.attr("hidden", "");
    }

    /// Text that follows the state, in place of whatever the element holds.
    pub(crate) fn live_text(self, app: App, text: impl Fn(&State) -> Words + 'static) -> Self {
        let text = Value::Words(Box::new(text));
        self.bind(app, "", text, |element, _, text| {
            element.set_text_content(text)
        })
    }

    /// An attribute that follows the state.
    pub(crate) fn live_attr(
        self,
        app: App,
        name: &'static str,
        value: impl Fn(&State) -> Words + 'static,
    ) -> Self {
        self.bind(app, name, Value::Words(Box::new(value)), set)
    }

    /// An attribute that is `true` while something holds, and else absent.
    pub(crate) fn live_flag(
        self,
        app: App,
        name: &'static str,
        holds: impl Fn(&State) -> bool + 'static,
    ) -> Self {
        self.bind(app, name, Value::Flag(Box::new(holds)), set)
    }

    /// Shown only while something holds.
    pub(crate) fn when(self, app: App, holds: impl Fn(&State) -> bool + 'static) -> Self {
        self.bind(
            app,
            "hidden",
            Value::Flag(Box::new(holds)),
            |element, name, shown| {
                set(element, name, if shown.is_some() { None } else { Some("") });
            },
        )
    }

    /// What a text control or a list holds.
    pub(crate) fn live_value(self, app: App, value: impl Fn(&State) -> Words + 'static) -> Self {
        let value = Value::Words(Box::new(value));
        self.bind(app, "value", value, |element, name, value| {
            // Writing what is there already would move the caret in some browsers.
            if dom::text(element, name).as_deref() != value {
                dom::put(element, name, &value.into());
            }
        })
    }

    /// Whether a radio or checkbox is chosen.
    pub(crate) fn live_checked(self, app: App, checked: impl Fn(&State) -> bool + 'static) -> Self {
        let checked = Value::Flag(Box::new(checked));
        self.bind(app, "checked", checked, |element, name, checked| {
            dom::put(element, name, &checked.is_some().into());
        })
    }

    /// Children that are made anew when `key` changes; what they follow ends with them.
    pub(crate) fn live_children(
        self,
        app: App,
        key: impl Fn(&State) -> Words + 'static,
        make: impl Fn() -> Vec<El> + 'static,
    ) -> Self {
        let home = Owner::current().unwrap_or_default();
        let current: RefCell<Owner> = RefCell::default();
        let parent = self.clone();
        let make: Box<dyn Fn() -> Vec<El>> = Box::new(make);
        let key = Value::Words(Box::new(key));
        let remake = move |_: Option<&str>| {
            let owner = home.child();
            current.replace(owner.clone()).cleanup();
            let made = owner.with(&make);
            let there = parent.0.first_element_child();
            // What is there already keeps the focus and what was typed.
            if made.first().map(|first| &first.0) != there.as_ref() {
                parent.0.set_text_content(None);
                made.into_iter().fold(parent.clone(), El::add);
            }
        };
        follow(app, key, Box::new(remake));
        self
    }

    /// What happens on an event.
    pub(crate) fn on(self, event: &str, act: impl Fn(Event) + 'static) -> Self {
        let act = Closure::<dyn Fn(JsValue)>::wrap(Box::new(move |event: JsValue| {
            act(event.unchecked_into());
        }));
        let listener = act.as_ref().unchecked_ref();
        let _ = self.0.add_event_listener_with_callback(event, listener);
        // It lives as long as the owner of the element.
        keep(act);
        self
    }

    /// What a button does. While it is busy it keeps its name and its place, and a press does nothing.
    pub(crate) fn press(
        self,
        app: App,
        busy: fn(&State) -> bool,
        act: impl Fn() + 'static,
    ) -> Self {
        self.live_flag(app, "aria-disabled", busy)
            .on("click", move |event| {
                if !busy(&app.peek()) && dom::is_meant(&event) {
                    act();
                }
            })
    }

    /// A button that copies; it says for a while whether that worked.
    pub(crate) fn copies(
        self,
        app: App,
        what: &'static str,
        value: impl Fn() -> String + 'static,
    ) -> Self {
        let label = dom::text(&self.0, "textContent").unwrap_or_default();
        let said = move |state: &State| match state.ticket.copied {
            Some((copied, true)) if copied == what => text::of(Label::Copied).into(),
            Some((copied, false)) if copied == what => text::of(Label::CopyByHand).into(),
            _ => label.clone().into(),
        };
        self.live_text(app, said).on("click", move |_| {
            let value = value();
            dom::spawn(async move {
                let copied = clipboard::copy(&value).await;
                app.change(|state| state.ticket.copied = Some((what, copied)));
                dom::sleep(SAID_MS).await;
                app.change(|state| state.ticket.copied = None);
            });
        })
    }

    fn bind(self, app: App, name: &'static str, value: Value, apply: Apply) -> Self {
        let element = self.0.clone();
        let act = move |value: Option<&str>| apply(&element, name, value);
        follow(app, value, Box::new(act));
        self
    }
}

/// What is done with a value; nothing when it is absent.
type Act = Box<dyn Fn(Option<&str>)>;

/// Does something with words, and again whenever they have changed.
pub(crate) fn watch(
    app: App,
    words: impl Fn(&State) -> Words + 'static,
    act: impl Fn(Option<&str>) + 'static,
) {
    follow(app, Value::Words(Box::new(words)), Box::new(act));
}

/// The one effect of the widget: each further shape of one would be compiled anew.
fn follow(app: App, value: Value, act: Act) {
    let last: RefCell<Option<Option<Words>>> = RefCell::default();
    keep(RenderEffect::new(move |_: Option<()>| {
        let now = {
            let state = app.read();
            Some(match &value {
                Value::Words(words) => Some(words(&state)),
                Value::Flag(holds) => holds(&state).then_some(Cow::Borrowed("true")),
            })
        };
        if *last.borrow() != now {
            act(now.as_ref().and_then(Option::as_deref));
            *last.borrow_mut() = now;
        }
    }));
}

/// What stands in the control that an event came from.
pub(crate) fn target_value(event: &Event) -> String {
    dom::text(&dom::get(event, "target"), "value").unwrap_or_default()
}

/// Whether the checkbox that an event came from is checked.
pub(crate) fn target_checked(event: &Event) -> bool {
    dom::get(&dom::get(event, "target"), "checked").is_truthy()
}

fn set(element: &Element, name: &str, value: Option<&str>) {
    // Attribute names are constants, which cannot be refused.
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}
