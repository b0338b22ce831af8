//! The form that `index.html` paints before the wasm has come: what was typed into it is kept.

use order::Field;

use crate::{app::App, dom, el::El};

/// Takes what was typed into the painted form.
pub(crate) fn take(app: App, form: &El) {
    for field in [Field::Name, Field::GitUrl, Field::AdminEmail] {
        let control = form.find(&["#", &id(field)].concat());
        let typed = dom::text(&control.0, "value").unwrap_or_default();
        if !typed.is_empty() {
            app.edit(field, typed);
        }
    }
}

/// The id of a field's control, and the beginning of the ids around it.
pub(crate) fn id(field: Field) -> String {
    ["f-", field.key()].concat()
}
