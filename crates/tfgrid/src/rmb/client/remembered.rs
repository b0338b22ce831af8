//! Keys that were looked up a while ago.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use super::{Peer, Peers};

/// Looks each twin up once in a while instead of for each question. A twin that sets a new key
/// cannot be talked to for as long; nodes set theirs once.
pub struct Remembered<P> {
    source: P,
    good_for: Duration,
    known: Mutex<HashMap<u32, (Instant, Peer)>>,
}

impl<P: Peers> Remembered<P> {
    /// What the source says is good for so long. What it does not know is asked again.
    pub fn new(source: P, good_for: Duration) -> Self {
        Self {
            source,
            good_for,
            known: Mutex::default(),
        }
    }

    fn known(&self, twin: u32) -> Option<Peer> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, peer) = known.get(&twin)?;
        (since.elapsed() < self.good_for).then_some(*peer)
    }

    fn remember(&self, twin: u32, peer: Peer) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(twin, (Instant::now(), peer));
    }
}

#[async_trait]
impl<P: Peers> Peers for Remembered<P> {
    async fn peer(&self, twin: u32) -> Result<Peer, String> {
        if let Some(peer) = self.known(twin) {
            return Ok(peer);
        }
        let peer = self.source.peer(twin).await?;
        self.remember(twin, peer);
        Ok(peer)
    }
}
