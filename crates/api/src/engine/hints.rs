//! Bells, all of them only hints: the store is what counts. The engine rings for whoever watches a
//! deployment, and for whoever waits to sign; whoever wants something of the engine rings for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, broadcast, watch};

use crate::store::News;

/// The bells. Clones are the same ones.
#[derive(Debug, Clone)]
pub struct Hints {
    /// One for each deployment that is watched: thousands may be, and each change is news to few.
    watched: Arc<Mutex<HashMap<String, watch::Sender<()>>>>,
    wanted: broadcast::Sender<String>,
    signer: Arc<Notify>,
}

/// Hears of the changes of one deployment.
#[derive(Debug)]
pub struct Watching {
    hints: Hints,
    id: String,
    bell: watch::Receiver<()>,
}

impl Default for Hints {
    fn default() -> Self {
        Self {
            watched: Arc::default(),
            wanted: broadcast::channel(1024).0,
            signer: Arc::default(),
        }
    }
}

impl Hints {
    /// This deployment changed.
    pub fn changed(&self, id: &str) {
        if let Some(bell) = self.watched().get(id) {
            bell.send_replace(());
        }
    }

    /// Rings for what another process wrote.
    pub fn hear(&self, news: News) {
        match news {
            News::Changed(id) => self.changed(&id),
            News::Wanted(id) => self.wanted(&id),
            News::SignerFree => self.signer_is_free(),
            News::Missed => self.watched().values().for_each(|bell| {
                bell.send_replace(());
            }),
        }
    }

    /// Listens for changes of this deployment from now on.
    pub fn watch(&self, id: &str) -> Watching {
        let mut watched = self.watched();
        let bell = match watched.get(id) {
            Some(bell) => bell.subscribe(),
            None => {
                let (bell, heard) = watch::channel(());
                watched.insert(id.to_owned(), bell);
                heard
            }
        };
        drop(watched);
        Watching {
            hints: self.clone(),
            id: id.to_owned(),
            bell,
        }
    }

    /// Somebody wants something done for this deployment: it is new, or to be ended. (That nobody
    /// listens is fine.)
    pub fn wanted(&self, id: &str) {
        let _ = self.wanted.send(id.to_owned());
    }

    /// No batch is on its way any more: one of those who wait may sign, who has waited longest.
    pub(super) fn signer_is_free(&self) {
        self.signer.notify_one();
    }

    /// Returns when it is this one's turn.
    pub(super) async fn turn_to_sign(&self) {
        self.signer.notified().await;
    }

    pub(super) fn wishes(&self) -> broadcast::Receiver<String> {
        self.wanted.subscribe()
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<()>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watching {
    /// Returns once something has changed since the last time.
    pub async fn changed(&mut self) {
        // The bell stays as long as somebody listens to it.
        let _ = self.bell.changed().await;
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut watched = self.hints.watched();
        if watched
            .get(&self.id)
            .is_some_and(|bell| bell.receiver_count() == 1)
        {
            watched.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn each_hears_of_its_own_and_what_nobody_watches_is_forgotten() {
        let hints = Hints::default();
        let (mut a, mut again, mut b) = (hints.watch("a"), hints.watch("a"), hints.watch("b"));
        hints.changed("a");
        hints.changed("c");
        assert!(a.changed().now_or_never().is_some());
        assert!(a.changed().now_or_never().is_none(), "once");
        assert!(again.changed().now_or_never().is_some());
        assert!(b.changed().now_or_never().is_none(), "another's");
        drop((a, b));
        assert_eq!(hints.watched().len(), 1);
        drop(again);
        assert!(hints.watched().is_empty());
    }
}
