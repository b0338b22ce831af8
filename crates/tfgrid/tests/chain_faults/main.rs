//! Endpoints that end, hang, lag, forget or belong to another chain, and a runtime that changes
//! under a running program. Nothing is concluded that is not known, and nothing is paid twice.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod blocks;
mod endpoints;
#[path = "../support/chain/mod.rs"]
mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::endpoint::Endpoint;
use support::ledger::Ledger;
use support::scale;
use tfgrid::Identity;
use tfgrid::chain::{Chain, Key, Patience, Payer};
use tfgrid::identity::Scheme;

/// A ledger on which //Alice can pay, and two ways to it.
struct World {
    ledger: Arc<Mutex<Ledger>>,
    first: Endpoint,
    second: Endpoint,
}

impl World {
    async fn new() -> Self {
        let ledger = Arc::new(Mutex::new(ledger()));
        Self {
            first: Endpoint::start(&ledger).await,
            second: Endpoint::start(&ledger).await,
            ledger,
        }
    }

    fn chain(&self) -> Chain {
        Chain::new([&self.first.url, &self.second.url])
    }

    async fn payer(&self) -> Payer {
        Payer::new(self.chain(), alice()).await.unwrap()
    }

    fn ledger(&self) -> std::sync::MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }

    fn new_block(&self) {
        self.ledger().new_block();
        self.first.tell();
        self.second.tell();
    }
}

fn alice() -> Identity {
    Identity::new("//Alice", Scheme::Sr25519).unwrap()
}

fn ledger() -> Ledger {
    let (mut ledger, alice) = (Ledger::new(), alice().account());
    let values = [
        (Key::Account(alice), scale::account(0, 1_000_000_000, 0)),
        (Key::TwinOf(alice), 9u32.to_le_bytes().to_vec()),
        (Key::Twin(9), scale::twin(9, &alice, None, None)),
    ];
    ledger.set_keys(&values);
    ledger
}

fn impatient(endpoints: [&Endpoint; 2]) -> Chain {
    let patience = Patience {
        answer: Duration::from_secs(1),
        block: Duration::from_secs(1),
    };
    Chain::with_patience(endpoints.map(|endpoint| &endpoint.url), patience)
}

fn contracts_of(ledger: &Ledger) -> usize {
    let prefix = &support::runtime_144().key(&Key::Contract(0)).unwrap()[..32];
    let state = ledger.newest();
    state.keys().filter(|key| key.starts_with(prefix)).count()
}
