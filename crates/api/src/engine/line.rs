//! How many deployments are prepared at once. A payment goes out a block, so what is looked up for many at
//! once is out of date when their turn comes, and while it is looked up new orders wait for the machine.
//!
//! A brake and nothing more: after a restart those that were being prepared go on without a place.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The line in front of the grid.
#[derive(Debug)]
pub struct Line {
    free: Arc<Semaphore>,
    places: Mutex<HashMap<String, OwnedSemaphorePermit>>,
}

impl Default for Line {
    fn default() -> Self {
        Self::of(16)
    }
}

impl Line {
    /// With so many places.
    pub fn of(places: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(places)),
            places: Mutex::default(),
        }
    }

    /// Whether the deployment has a place, or one was free.
    pub(super) fn takes(&self, id: &str) -> bool {
        let has = self.places().contains_key(id);
        has || match Arc::clone(&self.free).try_acquire_owned() {
            Ok(place) => self.keep(id, place),
            Err(_) => false,
        }
    }

    /// Returns when the deployment has a place: who has waited longest is next.
    pub(super) async fn wait(&self, id: &str) {
        // It is never closed.
        if let Ok(place) = Arc::clone(&self.free).acquire_owned().await {
            self.keep(id, place);
        }
    }

    /// The deployment needs no place any more.
    pub(super) fn leave(&self, id: &str) {
        self.places().remove(id);
    }

    fn keep(&self, id: &str, place: OwnedSemaphorePermit) -> bool {
        self.places().insert(id.to_owned(), place);
        true
    }

    fn places(&self) -> MutexGuard<'_, HashMap<String, OwnedSemaphorePermit>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn places_are_given_in_turn_and_once_each() {
        let line = Line::of(1);
        assert!(line.takes("a") && line.takes("a"), "the same place");
        assert!(!line.takes("b"));
        let mut b = Box::pin(line.wait("b"));
        let mut c = Box::pin(line.wait("c"));
        assert!(b.as_mut().now_or_never().is_none());
        assert!(c.as_mut().now_or_never().is_none());
        line.leave("a");
        assert!(c.as_mut().now_or_never().is_none(), "not its turn");
        b.await;
        assert!(line.takes("b") && !line.takes("a"));
        line.leave("b");
        c.await;
        assert!(line.takes("c"));
        line.leave("nobody");
        assert!(!line.takes("d"));
    }
}
