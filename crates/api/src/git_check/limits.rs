//! How long, how much and how many at once.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The limits of a check; the default is the design's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budgets {
    /// For one look-up of a name.
    pub resolve: Duration,
    /// For one connection, its TLS handshake included.
    pub connect: Duration,
    /// From the start of a request to the end of the answer's headers.
    pub headers: Duration,
    /// For a whole check by the wall clock, waiting for a free slot included.
    pub wall: Duration,
    /// How much of one answer's body is read, bytes.
    pub body: usize,
    /// How many redirects are followed.
    pub redirects: u8,
    /// Checks that talk to a host at the same time.
    pub in_flight: usize,
    /// Checks at the same time for one client; more are turned away.
    pub per_client: usize,
    /// Checks that talk to the same host at the same time; more wait.
    pub per_host: usize,
    /// How long a repository that works is remembered.
    pub remember_good: Duration,
    /// How long every other verdict is remembered.
    pub remember_bad: Duration,
    /// How many verdicts are remembered.
    pub remembered: usize,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            resolve: Duration::from_secs(3),
            connect: Duration::from_secs(3),
            headers: Duration::from_secs(5),
            wall: Duration::from_secs(8),
            body: 64 * 1024,
            redirects: 3,
            in_flight: 16,
            per_client: 2,
            per_host: 1,
            remember_good: Duration::from_secs(60),
            remember_bad: Duration::from_secs(10),
            remembered: 1024,
        }
    }
}

/// Too many checks at once; the same check may succeed in a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Busy {
    /// This client has too many under way.
    #[error("two checks of yours are already running: wait for one of them, then try again")]
    Client,
    /// The host is being asked by others, and stayed so.
    #[error("this host is being checked for others: try again in a moment")]
    Host,
    /// The whole service has too many under way, and stayed so.
    #[error("too many checks are running: try again in a moment")]
    Service,
}

/// What counts as one client: an IPv4 address, or an IPv6 /56, which one customer usually has.
pub(super) fn client_key(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !(u128::MAX >> 56))),
        v4 => v4,
    }
}

/// The same small number of slots for each key; keys nobody holds or waits for take no memory.
pub(super) struct Slots<K> {
    each: usize,
    keys: Arc<Keys<K>>,
}

type Keys<K> = Mutex<HashMap<K, Entry>>;

struct Entry {
    users: usize,
    slots: Arc<Semaphore>,
}

/// A slot, or a place in its queue; given back when dropped.
pub(super) struct Slot<K: Eq + Hash> {
    key: K,
    keys: Arc<Keys<K>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl<K: Eq + Hash + Clone> Slots<K> {
    pub(super) fn new(each: usize) -> Self {
        Self {
            each,
            keys: Arc::default(),
        }
    }

    /// A slot of this key if one is free now.
    pub(super) fn try_take(&self, key: K) -> Option<Slot<K>> {
        let (mut slot, slots) = self.enter(key);
        slot.permit = Some(slots.try_acquire_owned().ok()?);
        Some(slot)
    }

    /// A slot of this key, first come first served.
    pub(super) async fn take(&self, key: K) -> Slot<K> {
        let (mut slot, slots) = self.enter(key);
        // Never closed, so this is always a permit.
        slot.permit = slots.acquire_owned().await.ok();
        slot
    }

    fn enter(&self, key: K) -> (Slot<K>, Arc<Semaphore>) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = keys.entry(key.clone()).or_insert_with(|| Entry {
            users: 0,
            slots: Arc::new(Semaphore::new(self.each)),
        });
        entry.users += 1;
        (
            Slot {
                key,
                keys: Arc::clone(&self.keys),
                permit: None,
            },
            Arc::clone(&entry.slots),
        )
    }
}

impl<K: Eq + Hash> Drop for Slot<K> {
    fn drop(&mut self) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        self.permit = None;
        if let Some(entry) = keys.get_mut(&self.key) {
            entry.users -= 1;
            if entry.users == 0 {
                keys.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_an_ipv4_address_or_an_ipv6_56() {
        let key = |text: &str| client_key(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2ff::1"), key("2001:db8:1:200:9::"));
        assert_ne!(key("2001:db8:1:2ff::1"), key("2001:db8:1:300::1"));
        assert_ne!(key("198.51.100.1"), key("198.51.100.2"));
        assert_eq!(key("::ffff:198.51.100.1"), key("198.51.100.1"));
    }

    #[tokio::test]
    async fn slots_are_counted_by_key_and_forgotten_when_free() {
        let slots = Slots::new(2);
        let first = slots.try_take("a").unwrap();
        let second = slots.try_take("a").unwrap();
        assert!(slots.try_take("a").is_none());
        let other = slots.try_take("b").unwrap();
        drop(first);
        let third = slots.take("a").await;
        assert!(slots.try_take("a").is_none());
        drop((second, third, other));
        assert!(slots.keys.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn who_stops_waiting_leaves_nothing_behind() {
        let slots = Slots::new(1);
        let held = slots.take(1).await;
        let mut waiting = Box::pin(slots.take(1));
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("there is one slot"),
            () = std::future::ready(()) => {}
        }
        drop(waiting);
        drop(held);
        assert!(slots.try_take(1).is_some());
        assert!(slots.keys.lock().unwrap().is_empty());
    }
}
