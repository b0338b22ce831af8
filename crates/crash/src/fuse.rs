//! What stops a process: `kill -9` when it is never thawed, SIGSTOP and SIGCONT when it is.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

/// Burns a little at every await of the engine; burnt, it holds every task of its process.
#[derive(Debug)]
pub struct Fuse {
    left: AtomicU64,
    passed: AtomicU64,
    phase: watch::Sender<Phase>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    Stopped,
    Thawed,
}

impl Fuse {
    /// Stops its process at the nth point; 0 is never.
    pub fn lasting(points: u64) -> Self {
        Self {
            left: AtomicU64::new(points),
            passed: AtomicU64::new(0),
            phase: watch::Sender::new(Phase::Running),
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
        if *self.phase.borrow() == Phase::Stopped {
            let mut phase = self.phase.subscribe();
            // The sender is `self`: it outlives the wait.
            let _ = phase.wait_for(|p| *p != Phase::Stopped).await;
        }
    }

    /// Stops the process now: each of its tasks at its next point.
    pub fn stop(&self) {
        self.left.store(0, Ordering::Relaxed);
        self.phase.send_replace(Phase::Stopped);
    }

    /// Lets a stopped process go on.
    pub fn thaw(&self) {
        self.phase.send_replace(Phase::Thawed);
    }

    /// Returns when the process was stopped.
    pub async fn stopped(&self) {
        let mut phase = self.phase.subscribe();
        let _ = phase.wait_for(|p| *p == Phase::Stopped).await;
    }

    /// How many points were passed.
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }
}
