//! A whole grid: a chain with two endpoints, a relay, three nodes, a gateway, the directory, the
//! verification service. They know of each other what the real ones know.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tfgrid::Identity;
use tfgrid::chain::Key;
use tfgrid::identity::Scheme;
use tfgrid::port::{Network, Settings};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::chain::{endpoint::Endpoint, ledger, scale};
use crate::{Book, Hardware, KycService, Ledger, Peer, Proxy, ProxyNode, Relay, Verified, Zos};

/// Between two blocks.
const BLOCK: Duration = Duration::from_millis(150);

/// Our twin, whose account is `//Alice`'s.
const TWIN: u32 = 9;

/// A node and its connection.
pub struct Machine {
    /// Its number.
    pub node: u32,
    /// What it does.
    pub zos: Zos,
    /// How it answers.
    pub peer: Peer,
}

/// All of it. Blocks come by themselves.
pub struct WholeGrid {
    /// The twins.
    pub book: Book,
    /// What nodes see of the chain.
    pub contracts: Ledger,
    /// Who is verified: our twin, at first.
    pub verified: Verified,
    /// The relay.
    pub relay: Relay,
    /// The directory.
    pub proxy: Proxy,
    /// The verification service.
    pub kyc: KycService,
    /// Nodes 11, 12 and 13, of which the first has most room.
    pub machines: Vec<Machine>,
    /// Node 31, which serves the domain.
    pub gateway: Machine,
    /// The chain's ledger.
    chain: Arc<Mutex<ledger::Ledger>>,
    endpoints: Arc<Mutex<Vec<Endpoint>>>,
    urls: Vec<String>,
    held: Arc<AtomicBool>,
    _blocks: JoinSet<()>,
}

impl WholeGrid {
    /// Everybody is there and well.
    pub async fn start(domain: &'static str) -> Self {
        let book = Book::default();
        let (contracts, verified) = (Ledger::default(), Verified::default());
        let us = book.twin(TWIN, "//Alice");
        verified.add(TWIN);
        let relay = Relay::start(&book).await;
        let proxy = Proxy::start().await;
        let kyc = KycService::start(&book, &verified).await;

        let mut chain = ledger::Ledger::new();
        (chain.instant, chain.nodes) = (false, Some(contracts.clone()));
        let account = us.account();
        let twin = |id: u32, identity: &Identity| {
            let key = identity.message_key().public();
            let (account, relay) = (identity.account(), Some(&b"relay.test.grid.tf"[..]));
            scale::twin(id, &account, relay, Some(key.as_bytes()))
        };
        chain.set_keys(&[
            (Key::Account(account), scale::account(0, 100_000_000_000, 0)),
            (Key::TwinOf(account), TWIN.to_le_bytes().to_vec()),
            (Key::Twin(TWIN), twin(TWIN, &us)),
        ]);
        let mut nodes = Vec::new();
        for (node, domain) in [(11, None), (12, None), (13, None), (31, Some(domain))] {
            let id = 100 + node;
            let identity = book.twin(id, &format!("//Node{node}"));
            chain.set_keys(&[
                (Key::Twin(id), twin(id, &identity)),
                (Key::Node(node), scale::node(node, id, domain)),
            ]);
            proxy.node(match domain {
                Some(domain) => ProxyNode::gateway(node, id, domain),
                None => ProxyNode {
                    used_mru: u64::from(node - 10) * (8 << 30),
                    ..ProxyNode::roomy(node, id)
                },
            });
            let hardware = match domain {
                Some(domain) => Hardware::gateway(node, domain),
                None => Hardware::roomy(node),
            };
            let zos = Zos::new(hardware, &book, &contracts, &verified);
            let peer = Peer::start(&book, &relay, id, identity, zos.clone()).await;
            nodes.push(Machine { node, zos, peer });
        }
        let gateway = nodes.pop().expect("the gateway");

        let chain = Arc::new(Mutex::new(chain));
        let endpoints = vec![Endpoint::start(&chain).await, Endpoint::start(&chain).await];
        let urls = endpoints
            .iter()
            .map(|endpoint| endpoint.url.clone())
            .collect();
        let endpoints = Arc::new(Mutex::new(endpoints));
        let mut blocks = JoinSet::new();
        let held = Arc::<AtomicBool>::default();
        blocks.spawn(make_blocks(
            Arc::clone(&chain),
            Arc::clone(&endpoints),
            Arc::clone(&held),
        ));
        Self {
            book,
            contracts,
            verified,
            relay,
            proxy,
            kyc,
            machines: nodes,
            gateway,
            chain,
            endpoints,
            urls,
            held,
            _blocks: blocks,
        }
    }

    /// How it is reached.
    pub fn settings(&self) -> Settings {
        Settings {
            chain: self.urls.clone(),
            relays: vec![self.relay.url().to_string()],
            directory: vec![self.proxy.url()],
            kyc: vec![self.kyc.url()],
            ..Settings::new(Network::Dev)
        }
    }

    /// Who pays.
    pub fn identity(&self) -> Identity {
        Identity::new("//Alice", Scheme::Sr25519).expect("a secret")
    }

    /// The chain's ledger.
    pub fn chain(&self) -> MutexGuard<'_, ledger::Ledger> {
        self.chain.lock().unwrap()
    }

    /// Makes no blocks from now on, or makes them again: what is to be in one waits.
    pub fn hold_blocks(&self, held: bool) {
        self.held.store(held, Ordering::SeqCst);
    }

    /// The chain's endpoints: to be made to fail, or removed.
    pub fn endpoints(&self) -> MutexGuard<'_, Vec<Endpoint>> {
        self.endpoints.lock().unwrap()
    }
}

async fn make_blocks(
    chain: Arc<Mutex<ledger::Ledger>>,
    endpoints: Arc<Mutex<Vec<Endpoint>>>,
    held: Arc<AtomicBool>,
) {
    let mut pace = tokio::time::interval(BLOCK);
    // Whoever stood still makes none of the blocks that he missed: with them eras would end at once.
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        pace.tick().await;
        if held.load(Ordering::SeqCst) {
            continue;
        }
        chain.lock().unwrap().new_block();
        for endpoint in endpoints.lock().unwrap().iter() {
            endpoint.tell();
        }
    }
}
