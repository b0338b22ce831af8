//! One field of the form: its control follows the draft, its error and verdict what is known.

use order::Field;

use super::{error, painted, prefill, value};
use crate::{
    app::{App, State},
    check::Tone,
    dom,
    el::{El, Words, target_value},
};

/// Gives life to a field of the form: control and error.
pub(crate) fn bind(app: App, form: &El, of: Field) {
    let id = painted::id(of);
    let control = form.find(&["#", &id].concat());
    described(app, of, control)
        .live_flag(app, "aria-invalid", move |state| {
            !error(state, of).is_empty()
        })
        .live_value(app, move |state| value(&state.draft, of).to_owned().into())
        .on("input", move |event| {
            app.edit(of, target_value(&event));
            if dom::text(&event, "inputType").is_some_and(|t| t == "insertFromPaste") {
                app.left(of);
            }
        })
        .on("blur", move |_| app.left(of));
    bind_error(app, form, of);
}

/// Gives life to a field's error: there only while it is shown.
pub(crate) fn bind_error(app: App, form: &El, of: Field) {
    let error_of = form.find(&["#", &painted::id(of), "-error"].concat());
    prefill::mark(app, of, &error_of);
    error_of
        .find("span+span")
        .live_text(app, move |state| error(state, of).to_owned().into());
    error_of.when(app, move |state| !error(state, of).is_empty());
}

/// Names what describes a control: its help, and its error while one is shown.
pub(crate) fn described(app: App, of: Field, control: El) -> El {
    control.live_attr(app, "aria-describedby", move |state| {
        let id = painted::id(of);
        if error(state, of).is_empty() {
            [&id, "-hint"].concat().into()
        } else {
            [&id, "-hint ", &id, "-error"].concat().into()
        }
    })
}

/// Gives life to a field's verdict: an icon (by the style sheet) and words.
pub(crate) fn bind_verdict(app: App, form: &El, of: Field, shown: fn(&State) -> (Tone, Words)) {
    form.find(&["#", &painted::id(of), "-verdict"].concat())
        .live_attr(app, "data-tone", move |state| shown(state).0.name().into())
        .live_text(app, move |state| shown(state).1);
}
