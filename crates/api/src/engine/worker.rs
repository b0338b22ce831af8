//! Who calls [`Engine::reconcile`]: one task for each deployment that has something to do.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::FutureExt;
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};

use super::{Engine, EngineError, Next};
use crate::store::StoreError;

/// Runs the engine until it is told to stop.
pub struct Worker {
    engine: Arc<Engine>,
    stop: watch::Receiver<bool>,
    /// The deployments that have a task, and how to wake it.
    running: Mutex<HashMap<String, Arc<Notify>>>,
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
        let mut tasks = JoinSet::new();
        self.work_on_all(&mut tasks).await;
        // Not begun anew by what comes in between: leases are renewed in time, however much that is.
        let mut rescan = self.engine.clock.sleep(Self::RESCAN);
        while !*stop.borrow() {
            // In this order, so that a run of a test can be had again.
            tokio::select! {
                biased;
                _ = stop.changed() => {}
                () = &mut rescan => {
                    self.work_on_all(&mut tasks).await;
                    rescan = self.engine.clock.sleep(Self::RESCAN);
                }
                wish = wishes.recv() => match wish {
                    Ok(id) => match self.task(&id) {
                        Some(task) => task.notify_one(),
                        None => self.work_on(id, &mut tasks),
                    },
                    // Too many came at once to be heard one by one.
                    Err(_) => self.work_on_all(&mut tasks).await,
                },
            }
            while tasks.try_join_next().is_some() {}
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn work_on_all(self: &Arc<Self>, tasks: &mut JoinSet<()>) {
        match self.engine.store.open().await {
            Ok(ids) => ids.into_iter().for_each(|id| self.work_on(id, tasks)),
            Err(error) => tracing::error!(%error, "cannot read what is to be done"),
        }
    }

    /// Gives the deployment a task, unless it has one.
    fn work_on(self: &Arc<Self>, id: String, tasks: &mut JoinSet<()>) {
        if let Entry::Vacant(free) = self.running().entry(id) {
            let (id, wished) = (free.key().clone(), Arc::new(Notify::new()));
            free.insert(Arc::clone(&wished));
            tasks.spawn(Arc::clone(self).drive(id, wished));
        }
    }

    fn task(&self, id: &str) -> Option<Arc<Notify>> {
        self.running().get(id).cloned()
    }

    async fn drive(self: Arc<Self>, id: String, wished: Arc<Notify>) {
        let mut stop = self.stop.clone();
        let driven = Driven(&self, &id);
        let (mut errors, mut looked, mut leased) = (0, false, false);
        while !*stop.borrow() {
            if !leased {
                match self.engine.store.lease(&id).await {
                    Ok(true) => leased = true,
                    // Another process works on it.
                    Ok(false) => break,
                    Err(error) => {
                        tracing::warn!(deployment = id, %error, "the next look for work finds it");
                        break;
                    }
                }
            }
            let reconciled = self.reconcile(&id, &mut looked).await;
            let wait = match reconciled {
                Ok(Next::Done) => {
                    drop(driven);
                    // A wish that came after the last look.
                    if wished.notified().now_or_never().is_some() {
                        self.engine.hints.wanted(&id);
                    }
                    return;
                }
                Ok(Next::Now) => Duration::ZERO,
                Ok(Next::In(wait)) => wait,
                Ok(Next::Line) => {
                    tokio::select! {
                        biased;
                        _ = stop.changed() => {}
                        () = wished.notified() => {}
                        () = self.engine.line.wait(&id) => {}
                    }
                    continue;
                }
                // Somebody else wrote: look again at once, unless it is that one's now.
                Err(EngineError::Store(StoreError::Conflict(_))) => {
                    leased = false;
                    Duration::ZERO
                }
                Err(error) => {
                    errors += 1;
                    // Nobody behind it need wait for what may not be in his way.
                    self.engine.line.leave(&id);
                    tracing::warn!(deployment = id, %error, "trying again");
                    self.engine.backoff(errors)
                }
            };
            if wait.is_zero() {
                errors = 0;
            } else {
                tokio::select! {
                    biased;
                    _ = stop.changed() => {}
                    () = self.engine.clock.sleep(wait) => {}
                    () = wished.notified() => {}
                }
            }
        }
    }

    /// As [`Engine::reconcile`]; counts the first look, for what follows it may wait for a block.
    async fn reconcile(&self, id: &str, looked: &mut bool) -> Result<Next, EngineError> {
        let record = self.engine.store.get(id).await?;
        if !std::mem::replace(looked, true) {
            self.engine.meters.looked_at();
        }
        match record {
            Some(record) => self.engine.act_on(record).await,
            None => Ok(Next::Done),
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, Arc<Notify>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A deployment that is worked on. Dropped, by a panic too, nobody works on it any more.
struct Driven<'a>(&'a Worker, &'a str);

impl Drop for Driven<'_> {
    fn drop(&mut self) {
        self.0.engine.line.leave(self.1);
        self.0.running().remove(self.1);
    }
}
