//! Giving up a request: dropping its [`Abort`] does.

use web_sys::{AbortController, AbortSignal};

/// The owner of a request in flight.
#[derive(Debug)]
pub(crate) struct Abort(Option<AbortController>);

impl Abort {
    /// For one request.
    pub(crate) fn new() -> Self {
        // Every browser that runs wasm has it; without one the request would merely not be given up.
        Self(AbortController::new().ok())
    }

    /// What the request listens to.
    pub(crate) fn signal(&self) -> Option<AbortSignal> {
        self.0.as_ref().map(AbortController::signal)
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}
