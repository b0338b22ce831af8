//! Copying to the clipboard.

use crate::dom;

/// Copies text; false when the browser does not allow it here (a frame without `clipboard-write`).
pub(crate) async fn copy(text: &str) -> bool {
    let clipboard = dom::window().navigator().clipboard();
    // Outside a secure context there is no clipboard at all, whatever the type says.
    if clipboard.is_undefined() {
        return false;
    }
    dom::settled(clipboard.write_text(text)).await.is_some()
}
