//! The twins, as the chain has them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tfgrid::identity::{AccountId, Identity, Scheme};
use tfgrid::rmb::{self, Peers};

/// Who has which twin. Clones are the same book.
#[derive(Clone, Default)]
pub struct Book(Arc<Mutex<BTreeMap<u32, Entry>>>);

#[derive(Clone, Copy)]
struct Entry {
    peer: rmb::Peer,
    relay: bool,
}

impl Book {
    /// A twin whose account is made of a secret like `//Alice`, with its message key and a relay.
    pub fn twin(&self, twin: u32, secret: &str) -> Arc<Identity> {
        let identity = Arc::new(Identity::new(secret, Scheme::Sr25519).expect("a secret"));
        let peer = rmb::Peer {
            account: identity.account(),
            key: Some(identity.message_key().public()),
        };
        self.0
            .lock()
            .unwrap()
            .insert(twin, Entry { peer, relay: true });
        identity
    }

    /// The twin has no message key: what goes to it goes in the clear.
    pub fn forget_key(&self, twin: u32) {
        self.change(twin, |entry| entry.peer.key = None);
    }

    /// The chain has another account's key for this twin.
    pub fn set_key_of(&self, twin: u32, other: &Identity) {
        self.change(twin, |entry| {
            entry.peer.key = Some(other.message_key().public());
        });
    }

    /// The twin never said where it can be reached.
    pub fn forget_relay(&self, twin: u32) {
        self.change(twin, |entry| entry.relay = false);
    }

    /// Its account.
    pub fn account(&self, twin: u32) -> Option<AccountId> {
        self.get(twin).map(|peer| peer.account)
    }

    /// Its keys.
    pub fn get(&self, twin: u32) -> Option<rmb::Peer> {
        self.0.lock().unwrap().get(&twin).map(|entry| entry.peer)
    }

    pub(crate) fn twin_of(&self, address: &str) -> Option<u32> {
        let book = self.0.lock().unwrap();
        let mut found = book.iter();
        found
            .find(|(_, entry)| entry.peer.account.to_string() == address)
            .map(|(twin, _)| *twin)
    }

    pub(crate) fn has_relay(&self, twin: u32) -> Option<bool> {
        self.0.lock().unwrap().get(&twin).map(|entry| entry.relay)
    }

    fn change(&self, twin: u32, change: impl FnOnce(&mut Entry)) {
        change(self.0.lock().unwrap().get_mut(&twin).expect("a known twin"));
    }
}

#[async_trait]
impl Peers for Book {
    async fn peer(&self, twin: u32) -> Result<rmb::Peer, String> {
        self.get(twin)
            .ok_or_else(|| format!("the chain knows no twin {twin}"))
    }
}
