//! What outlives a reload: the draft, an order on its way, the deployment followed. In
//! `sessionStorage`, or in memory where the browser refuses it (frames of another site).

use std::cell::RefCell;

use web_sys::Storage;

use crate::dom;

thread_local! {
    static MEMORY: RefCell<[Option<String>; 3]> = const { RefCell::new([None, None, None]) };
}

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// The form as typed: an `order::OrderDraft` as JSON.
    Draft,
    /// An order that was sent and not yet answered: idempotency key, order and
    /// body, on a line each. Kept before it
    /// is sent, so that a reload sends the same again and gets the same deployment.
    Pending,
    /// The deployment that is followed: `<id>.<capability>`.
    Deployment,
}

impl Key {
    fn name(self) -> &'static str {
        match self {
            Self::Draft => "gridtube.draft",
            Self::Pending => "gridtube.pending",
            Self::Deployment => "gridtube.deployment",
        }
    }
}

/// What was kept under this key.
pub(crate) fn get(key: Key) -> Option<String> {
    let kept = storage().and_then(|s| s.get_item(key.name()).ok().flatten());
    kept.or_else(|| MEMORY.with_borrow(|m| m[key as usize].clone()))
}

/// Keeps a value; it is in memory when the browser refuses to store it.
pub(crate) fn set(key: Key, value: &str) {
    let stored = storage().is_some_and(|s| s.set_item(key.name(), value).is_ok());
    let in_memory = (!stored).then(|| value.to_owned());
    MEMORY.with_borrow_mut(|m| m[key as usize] = in_memory);
}

/// Forgets a value.
pub(crate) fn remove(key: Key) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key.name());
    }
    MEMORY.with_borrow_mut(|m| m[key as usize] = None);
}

fn storage() -> Option<Storage> {
    dom::window().session_storage().ok().flatten()
}
