//! Time comes in from outside, so that a test can own it.

use std::time::Duration;

use async_trait::async_trait;

/// The only clock that engine and grids know.
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since 1970, UTC. May jump; durations are measured elsewhere.
    fn now_ms(&self) -> u64;

    /// Returns after this long.
    async fn sleep(&self, duration: Duration);
}
