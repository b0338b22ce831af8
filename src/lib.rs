//! Gridtube's widget: one form, and a visitor has a PeerTube of their own.
//!
//! [`start`] gives life to the painted page; [`mount`] does so with any element, which is what the
//! tests do. Rules of fields and shapes of messages come from [`order`]; this crate shows them.

mod abort;
mod api;
mod app;
mod check;
mod clipboard;
mod dom;
mod el;
mod failure;
mod follow;
mod form;
mod host;
mod json;
mod listen;
mod permalink;
mod progress;
mod result;
mod sending;
mod session;
mod text;
mod visible;
mod wire;

use any_spawner::Executor;
use reactive_graph::owner::Owner;
use web_sys::HtmlElement;

use crate::app::App;

/// The living widget. It ends when this is dropped.
pub struct Mounted {
    app: App,
    owner: Owner,
}

/// Gives life to the page that `index.html` paints.
///
/// Does nothing when the page has no element `app`.
pub fn start() {
    if let Some(place) = dom::by_id("app") {
        let widget = mount(place);
        widget.owner.with(dom::reload_on_new_fragment);
        // The page has it for as long as it lives.
        std::mem::forget(widget);
    }
}

/// Gives life to the painted form in an element, on a page that also has `index.html`'s templates.
pub fn mount(place: HtmlElement) -> Mounted {
    // It fails when it is set already: by another widget of the page.
    let _ = Executor::init_wasm_bindgen();
    let app = App::start();
    let owner = Owner::new();
    dom::spawn(app.take_over(place, owner.clone()));
    Mounted { app, owner }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.app.end();
        self.owner.cleanup();
    }
}
