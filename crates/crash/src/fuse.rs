//! What stops a process: `kill -9` when it is never thawed, SIGSTOP and SIGCONT when it is.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::Notify;

/// Burns a little at every await of the engine; burnt, it holds every task of its process.
#[derive(Debug, Default)]
pub struct Fuse {
    left: AtomicU64,
    passed: AtomicU64,
    stopped: AtomicBool,
    // Not a `watch`: that one wakes its waiters in an order of its own.
    stops: Notify,
    thaws: Notify,
}

impl Fuse {
    /// Stops its process at the nth point; 0 is never.
    pub fn lasting(points: u64) -> Self {
        Self {
            left: AtomicU64::new(points),
            ..Self::default()
        }
    }

    /// A place where the process may be stopped.
    pub async fn point(&self) {
        self.passed.fetch_add(1, Ordering::Relaxed);
        match self.left.load(Ordering::Relaxed) {
            0 => {}
            1 => self.stop(),
            left => self.left.store(left - 1, Ordering::Relaxed),
        }
        self.hold().await;
    }

    /// Waits while the process is stopped.
    pub async fn hold(&self) {
        while self.stopped.load(Ordering::Relaxed) {
            self.thaws.notified().await;
        }
    }

    /// Stops the process now: each of its tasks at its next point.
    pub fn stop(&self) {
        self.left.store(0, Ordering::Relaxed);
        self.stopped.store(true, Ordering::Relaxed);
        self.stops.notify_one();
    }

    /// Lets a stopped process go on.
    pub fn thaw(&self) {
        self.stopped.store(false, Ordering::Relaxed);
        self.thaws.notify_waiters();
    }

    /// Returns when the process was stopped; for one waiter.
    pub async fn stopped(&self) {
        self.stops.notified().await;
    }

    /// How many points were passed.
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }
}
