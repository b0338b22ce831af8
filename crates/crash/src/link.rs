//! What lies between the engine and everything it calls: the places to be stopped at, and the ways
//! in which a call can go wrong without either side being wrong.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use api::store::StoreError;
use grid::GridError;

use crate::{Fuse, rng::Rng};

/// Chances, from 0 to 1, of each call.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Chances {
    /// Others go on first.
    pub pause: f64,
    /// It takes up to three seconds.
    pub slow: f64,
    /// A call never gets to the grid.
    pub call_lost: f64,
    /// The grid's answer gets lost.
    pub answer_lost: f64,
    /// A submitted batch gets to the chain blocks later, even when its sender has died meanwhile.
    pub late: f64,
    /// The store does not do it.
    pub unwritten: f64,
    /// The store does it and cannot say so.
    pub unanswered: f64,
}

/// One process's way to the world.
#[derive(Debug, Clone)]
pub struct Link {
    /// What stops the process.
    pub fuse: Arc<Fuse>,
    /// Shared by all processes of a run.
    pub nerves: Arc<Nerves>,
}

/// Where chance comes from in a run.
#[derive(Debug)]
pub struct Nerves {
    /// What may happen.
    pub chances: Chances,
    rng: Mutex<Rng>,
    /// Nothing is left to be done: no place is worth a crash.
    idle: AtomicBool,
}

impl Nerves {
    /// Of a seed.
    pub fn new(seed: u64, chances: Chances) -> Self {
        Self {
            chances,
            rng: Mutex::new(Rng::new(seed)),
            idle: AtomicBool::new(false),
        }
    }

    /// The run's chance.
    pub fn rng(&self) -> MutexGuard<'_, Rng> {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the engine has nothing to do.
    pub fn set_idle(&self, idle: bool) {
        self.idle.store(idle, Ordering::Relaxed);
    }

    fn strikes(&self, chance: f64) -> bool {
        chance > 0.0 && self.rng().chance(chance)
    }
}

impl Link {
    /// A link that never fails.
    pub fn sound() -> Self {
        Self {
            fuse: Arc::new(Fuse::lasting(0)),
            nerves: Arc::new(Nerves::new(0, Chances::default())),
        }
    }

    /// A place to be stopped at, and to wait.
    pub async fn point(&self) {
        if self.nerves.idle.load(Ordering::Relaxed) {
            return self.fuse.hold().await;
        }
        self.fuse.point().await;
        let chances = self.nerves.chances;
        if self.nerves.strikes(chances.slow) {
            let ms = self.nerves.rng().below(3_000);
            tokio::time::sleep(Duration::from_millis(ms)).await;
        } else if self.nerves.strikes(chances.pause) {
            tokio::task::yield_now().await;
        }
    }

    /// On the way to the grid.
    pub async fn call_grid(&self) -> Result<(), GridError> {
        self.point().await;
        self.lose(self.nerves.chances.call_lost, "the call got lost")
    }

    /// On the way back.
    pub async fn grid_answers(&self) -> Result<(), GridError> {
        self.point().await;
        self.lose(self.nerves.chances.answer_lost, "the answer got lost")
    }

    /// On the way to the store.
    pub async fn call_store(&self) -> Result<(), StoreError> {
        self.point().await;
        match self.nerves.strikes(self.nerves.chances.unwritten) {
            true => Err(StoreError::NotWritten("the disk is full".into())),
            false => Ok(()),
        }
    }

    /// On the way back.
    pub async fn store_answers(&self) -> Result<(), StoreError> {
        self.point().await;
        match self.nerves.strikes(self.nerves.chances.unanswered) {
            true => Err(StoreError::Unusable {
                place: "server".into(),
                why: "the connection is gone".into(),
            }),
            false => Ok(()),
        }
    }

    /// How many blocks this batch takes to get to the chain, when it is late.
    pub fn lateness(&self, most: u64) -> Option<u64> {
        let late = self.nerves.strikes(self.nerves.chances.late);
        late.then(|| self.nerves.rng().below(most + 2))
    }

    fn lose(&self, chance: f64, why: &str) -> Result<(), GridError> {
        match self.nerves.strikes(chance) {
            true => Err(GridError::unreachable("the line", why)),
            false => Ok(()),
        }
    }
}
