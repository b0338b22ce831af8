//! The clock of a running service, and of tests with paused time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use tokio::time::Instant;

/// Wall time at the start, tokio's time from there: monotonic in a service, virtual in a test with
/// paused time.
#[derive(Debug, Clone)]
pub struct TokioClock {
    base_ms: u64,
    start: Instant,
}

impl TokioClock {
    /// Starts at the machine's wall time.
    pub fn new() -> Self {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self::starting_at(millis(since_1970))
    }

    /// Starts at a given time, milliseconds since 1970: for tests that must repeat.
    pub fn starting_at(base_ms: u64) -> Self {
        Self {
            base_ms,
            start: Instant::now(),
        }
    }
}

impl Default for TokioClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl grid::Clock for TokioClock {
    fn now_ms(&self) -> u64 {
        self.base_ms.saturating_add(millis(self.start.elapsed()))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Whole milliseconds; what does not fit is the end of time.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use grid::Clock;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn follows_paused_time() {
        let clock = TokioClock::starting_at(1_000);
        clock.sleep(Duration::from_millis(250)).await;
        assert_eq!(clock.now_ms(), 1_250);
    }
}
