//! Who calls [`Engine::reconcile`]: one task for each deployment that has something to do.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{broadcast, watch};

use super::{Engine, EngineError, Next};
use crate::store::StoreError;

/// Two bells, both only hints: the store is what counts. The engine rings for whoever watches a
/// deployment; whoever wants something of the engine rings for it.
#[derive(Debug, Clone)]
pub struct Hints {
    changed: broadcast::Sender<String>,
    wanted: broadcast::Sender<String>,
}

impl Default for Hints {
    fn default() -> Self {
        Self {
            changed: broadcast::channel(1024).0,
            wanted: broadcast::channel(1024).0,
        }
    }
}

impl Hints {
    /// This deployment changed. (That nobody listens is fine, here and below.)
    pub fn changed(&self, id: &str) {
        let _ = self.changed.send(id.to_owned());
    }

    /// Listens for changes from now on.
    pub fn changes(&self) -> broadcast::Receiver<String> {
        self.changed.subscribe()
    }

    /// Somebody wants something done for this deployment: it is new, or to be ended.
    pub fn wanted(&self, id: &str) {
        let _ = self.wanted.send(id.to_owned());
    }

    fn wishes(&self) -> broadcast::Receiver<String> {
        self.wanted.subscribe()
    }
}

/// Runs the engine until it is told to stop.
pub struct Worker {
    engine: Arc<Engine>,
    stop: watch::Receiver<bool>,
    running: Mutex<HashSet<String>>,
}

impl Worker {
    /// How often the store is asked for deployments that nobody works on: those of a process that
    /// died, and cancels from the command line.
    pub const RESCAN: Duration = Duration::from_secs(5);

    /// A worker that stops when `stop` says true.
    pub fn new(engine: Arc<Engine>, stop: watch::Receiver<bool>) -> Arc<Self> {
        Arc::new(Self {
            engine,
            stop,
            running: Mutex::default(),
        })
    }

    /// Works on everything there is to do, now and later; returns once every task has ended its
    /// step. A task that is killed instead loses nothing.
    pub async fn run(self: Arc<Self>) {
        let mut wishes = self.engine.hints.wishes();
        let mut stop = self.stop.clone();
        let mut tasks = tokio::task::JoinSet::new();
        while !*stop.borrow() {
            match self.engine.store.open().await {
                Ok(ids) => {
                    for id in ids {
                        if self.claim(&id) {
                            tasks.spawn(Arc::clone(&self).drive(id));
                        }
                    }
                }
                Err(error) => tracing::error!(%error, "cannot read what is to be done"),
            }
            while tasks.try_join_next().is_some() {}
            tokio::select! {
                _ = stop.changed() => {}
                () = self.engine.clock.sleep(Self::RESCAN) => {}
                _ = wishes.recv() => {}
            }
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn drive(self: Arc<Self>, id: String) {
        let mut wishes = self.engine.hints.wishes();
        let mut stop = self.stop.clone();
        let mut errors = 0;
        loop {
            let wait = match self.engine.reconcile(&id).await {
                Ok(Next::Done) => break,
                Ok(Next::Now) => Duration::ZERO,
                Ok(Next::In(wait)) => wait,
                // Somebody else wrote: look again at once.
                Err(EngineError::Store(StoreError::Conflict(_))) => Duration::ZERO,
                Err(error) => {
                    errors += 1;
                    tracing::warn!(deployment = id, %error, "trying again");
                    self.engine.backoff(errors)
                }
            };
            if wait.is_zero() {
                errors = 0;
            } else {
                tokio::select! {
                    _ = stop.changed() => {}
                    () = self.engine.clock.sleep(wait) => {}
                    () = wished(&mut wishes, &id) => {}
                }
            }
            if *stop.borrow() {
                break;
            }
        }
        self.running().remove(&id);
    }

    fn claim(&self, id: &str) -> bool {
        self.running().insert(id.to_owned())
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn wished(wishes: &mut broadcast::Receiver<String>, id: &str) {
    while wishes.recv().await.is_ok_and(|wanted| wanted != id) {}
}
