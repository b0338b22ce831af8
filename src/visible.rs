//! Whether the button that spends can be seen. A page around the frame could lay something over it, or
//! make the frame all but transparent, and let a visitor press what they do not see. So the button
//! works only when the browser itself has said for a while that it is painted, whole and uncovered.
//!
//! Browsers without that answer (`IntersectionObserver` v2) say at least that it is in view; there the
//! list of origins that may frame the widget is what protects.

use js_sys::{Array, Object};

use crate::{app::App, dom, el::El, listen::observe};

/// How long it must have been seen without a break.
const SEEN_MS: i32 = 500;

/// What is known of the button.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Sight {
    /// It cannot be seen, or not for long enough.
    #[default]
    Unknown,
    /// Something covers it, or it is out of view.
    Covered,
    /// It is seen.
    Seen,
}

impl Sight {
    /// What is known when the button appears. Outside a frame nobody can cover it.
    pub(crate) fn at_first() -> Self {
        if dom::is_framed() {
            Self::Unknown
        } else {
            Self::Seen
        }
    }
}

/// Looks whether a button can be seen for as long as it is there.
pub(crate) fn look(app: App, button: &El) {
    if !dom::is_framed() {
        return;
    }
    let how = Object::new();
    dom::put(&how, "threshold", &1.into());
    dom::put(&how, "trackVisibility", &true.into());
    dom::put(&how, "delay", &100.into());
    // Every browser that runs this has it; without it nothing can be known, and the new tab is left.
    observe("IntersectionObserver", &how, &button.0, move |entries| {
        let newest = Array::from(&entries).pop();
        let visible = dom::get(&newest, "isVisible");
        let visible = match visible.is_undefined() {
            true => dom::get(&newest, "isIntersecting"),
            false => visible,
        };
        hear(app, visible.is_truthy());
    });
}

fn hear(app: App, visible: bool) {
    let look = app.change(|state| {
        state.looks += 1;
        state.sight = if visible {
            Sight::Unknown
        } else {
            Sight::Covered
        };
        state.looks
    });
    if visible {
        dom::spawn(async move {
            dom::sleep(SEEN_MS).await;
            if app.peek().looks == look {
                app.change(|state| state.sight = Sight::Seen);
            }
        });
    }
}
