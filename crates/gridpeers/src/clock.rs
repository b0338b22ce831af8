//! The seconds that tokens and envelopes carry, and patience.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::{Instant, timeout};

/// Seconds of Unix time as the runtime's own clock counts them: in virtual time they stand still with
/// it. A message that lives for a second would otherwise be too old whenever the system's clock went
/// from one second to the next under way. Both ends of a test in virtual time go by this.
pub fn unix_now() -> u64 {
    static START: OnceLock<(u64, Instant)> = OnceLock::new();
    let (seconds, since) = START.get_or_init(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        (since.expect("a clock").as_secs(), Instant::now())
    });
    seconds + since.elapsed().as_secs()
}

/// Waits for what a test makes happen. What never comes is a failure at once in virtual time, instead of
/// a test that hangs.
pub(crate) async fn expect<T>(what: &str, event: impl Future<Output = T>) -> T {
    let event = timeout(Duration::from_secs(3600), event).await;
    event.unwrap_or_else(|_| panic!("{what} never came"))
}
