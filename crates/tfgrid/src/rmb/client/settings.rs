//! Who we are on the bus, and with how much patience.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Dial, Peers, RelayUrl, Sockets};
use crate::Error;
use crate::identity::Identity;

/// Who we are, and how others are reached.
pub struct Settings {
    /// Our account.
    pub identity: Arc<Identity>,
    /// Our twin.
    pub twin: u32,
    /// Our twin's relays, those that stand on the chain.
    pub relays: Vec<RelayUrl>,
    /// The keys of the others.
    pub peers: Arc<dyn Peers>,
    /// What opens sockets.
    pub dial: Arc<dyn Dial>,
    /// Seconds of Unix time. The other end judges by it whether a message is too old.
    pub now: fn() -> u64,
    /// Pauses and limits.
    pub pace: Pace,
}

impl Settings {
    /// With sockets that trust what the platform trusts, the system's clock and the usual pace.
    ///
    /// # Errors
    /// [`Error::Tls`] when the platform's certificates cannot be used.
    pub fn new(
        identity: Arc<Identity>,
        twin: u32,
        relays: Vec<RelayUrl>,
        peers: Arc<dyn Peers>,
    ) -> Result<Self, Error> {
        Ok(Self {
            identity,
            twin,
            relays,
            peers,
            dial: Arc::new(Sockets::new(Vec::new())?),
            now: unix_now,
            pace: Pace::default(),
        })
    }
}

/// How a socket is kept. The default is that of ThreeFold's own client in Go, with longer pauses
/// when a relay stays away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long connecting may take.
    pub connect: Duration,
    /// Between two pings.
    pub ping: Duration,
    /// After how much silence a socket is given up.
    pub silence: Duration,
    /// Before a lost relay is tried again; doubles each time.
    pub first_pause: Duration,
    /// The longest pause; up to a quarter is added to each.
    pub longest_pause: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            ping: Duration::from_secs(20),
            silence: Duration::from_secs(40),
            first_pause: Duration::from_secs(2),
            longest_pause: Duration::from_secs(60),
        }
    }
}

/// How long to wait for an answer, whether asking twice does harm, and who may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// From the call on. The message lives as long too, in whole seconds and at most two more.
    pub deadline: Duration,
    /// Whether the same message may be sent again when a connection breaks.
    pub repeat: bool,
    /// Whether it is sent encrypted or not at all.
    pub sealed: bool,
}

impl Manner {
    /// A question that changes nothing: 20 seconds, as in ThreeFold's own client, and repeatable.
    pub const LOOK: Self = Self {
        deadline: Duration::from_secs(20),
        repeat: true,
        sealed: false,
    };

    /// The message's lifetime. It is counted from a whole second, of which up to one is over when the
    /// message is written: without one more, what waits for a second would be too old at the relay
    /// more often than not.
    pub(super) fn seconds(self) -> u64 {
        let seconds = self.deadline.as_millis().div_ceil(1000) + 1;
        u64::try_from(seconds).unwrap_or(u64::MAX)
    }

    /// The same, with another deadline.
    #[must_use]
    pub const fn within(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// The same, sent once.
    #[must_use]
    pub const fn once(self) -> Self {
        Self {
            repeat: false,
            ..self
        }
    }

    /// The same, for what holds secrets.
    #[must_use]
    pub const fn sealed(self) -> Self {
        Self {
            sealed: true,
            ..self
        }
    }
}

/// A clock before 1970 is no clock.
fn unix_now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_lives_as_long_as_somebody_waits_whatever_part_of_a_second_is_over() {
        for (millis, seconds) in [(0, 1), (1, 2), (1000, 2), (1001, 3), (20_000, 21)] {
            let manner = Manner::LOOK.within(Duration::from_millis(millis));
            assert_eq!(manner.seconds(), seconds);
        }
    }
}
