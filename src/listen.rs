//! Hearing of events and changes for as long as the owner lives, and no longer.

use std::{
    any::Any,
    cell::{Cell, RefCell},
};

use js_sys::{Array, Function, Object, Reflect};
use reactive_graph::owner::on_cleanup;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};

use crate::{abort::Abort, dom};

/// Hears an event for as long as the owner lives.
pub(crate) fn listen(to: &JsValue, event: &str, act: impl Fn(JsValue) + 'static) {
    let act = Closure::<dyn Fn(JsValue)>::wrap(Box::new(act));
    let until = Abort::new();
    let how = Object::new();
    dom::put(&how, "signal", &until.signal().into());
    let with = Array::of3(&event.into(), act.as_ref(), &how);
    dom::call(to, "addEventListener", &with);
    keep((until, act));
}

/// Has an observer of the browser look at something for as long as the owner lives. False when the
/// browser has none of this kind.
pub(crate) fn observe(
    kind: &str,
    how: &JsValue,
    what: &JsValue,
    act: impl Fn(JsValue) + 'static,
) -> bool {
    let act = Closure::<dyn Fn(JsValue)>::wrap(Box::new(act));
    let class = dom::get(&dom::window(), kind);
    let made = class.dyn_ref::<Function>().and_then(|class| {
        let with = Array::of2(act.as_ref(), how);
        Reflect::construct(class, &with).ok()
    });
    let Some(observer) = made else {
        return false;
    };
    dom::call(&observer, "observe", &Array::of1(what));
    keep((Observing(observer), act));
    true
}

thread_local! {
    /// What is kept, each under a number of its own.
    static KEPT: RefCell<Vec<(u32, Box<dyn Any>)>> = const { RefCell::new(vec![]) };
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// Keeps something for as long as the owner lives. The owner itself keeps only what can go to another
/// thread, and to prove of the rest that there is no other costs 1 K.
pub(crate) fn keep(it: impl Any) {
    keep_boxed(Box::new(it));
}

fn keep_boxed(it: Box<dyn Any>) {
    let number = LAST.get() + 1;
    LAST.set(number);
    KEPT.with_borrow_mut(|kept| kept.push((number, it)));
    on_cleanup(move || {
        let gone = KEPT.with_borrow_mut(|kept| {
            let at = kept.iter().position(|(n, _)| *n == number);
            at.map(|at| kept.swap_remove(at))
        });
        // Not before now: it may keep others.
        drop(gone);
    });
}

struct Observing(JsValue);

impl Drop for Observing {
    fn drop(&mut self) {
        dom::call(&self.0, "disconnect", &Array::new());
    }
}
