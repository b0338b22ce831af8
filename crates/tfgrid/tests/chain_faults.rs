//! Endpoints that end, hang, lag, forget or belong to another chain, and a runtime that changes
//! under a running program. Nothing is concluded that is not known, and nothing is paid twice.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/chain/mod.rs"]
mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use grid::{At, GridError, Plan};
use harness::gridtube::ReservedPort;
use support::endpoint::{Endpoint, Fault};
use support::ledger::Ledger;
use support::peer::plan;
use support::runtime::Version;
use support::{metadata_144, scale};
use tfgrid::Identity;
use tfgrid::chain::{Chain, ChainError, ERA, Key, Patience, Payer};
use tfgrid::identity::Scheme;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

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

#[tokio::test]
async fn a_connection_that_ends_before_or_after_the_bytes_arrive_costs_nothing() {
    for (instant, fault, taken) in [
        (true, Fault::Close, true),
        // In a block already: the other endpoint's pool says 1010.
        (true, Fault::CloseAfter, false),
        (false, Fault::Close, true),
        // In the pool already: 1013.
        (false, Fault::CloseAfter, true),
    ] {
        let world = World::new().await;
        world.ledger().instant = instant;
        let (payer, plan) = (world.payer().await, plan());
        let batch = payer.sign(&plan.calls()).await.unwrap();
        world.first.fault("author_submitExtrinsic", fault);
        let submitted = payer.submit(&batch).await;
        assert_eq!(
            submitted.is_ok(),
            taken,
            "{instant} {fault:?} {submitted:?}"
        );
        if !instant {
            world.new_block();
        }
        let found = payer.find(&plan, At::Finalized).await.unwrap();
        assert_eq!(found.ids().len(), 3, "{instant} {fault:?}");
        let inclusion = payer.inclusion(&batch).await.unwrap().unwrap();
        assert_eq!(inclusion.result, Ok(()));
        assert_eq!(contracts_of(&world.ledger()), 3);
        assert!(!world.second.asked().is_empty());
    }
}

#[tokio::test]
async fn the_endpoint_is_gone_and_later_there_again() {
    let ledger = Arc::new(Mutex::new(ledger()));
    let port = ReservedPort::any().unwrap();
    let address = format!("127.0.0.1:{}", port.number());
    let first = Endpoint::start_at(&ledger, &address).await;
    let chain = Chain::new([&first.url]);
    assert_eq!(chain.head().await.unwrap().best, 0);
    drop(first);
    let error = chain.head().await.unwrap_err();
    assert!(matches!(error, ChainError::Unreachable { .. }), "{error}");
    ledger.lock().unwrap().new_block();
    let _again = Endpoint::start_at(&ledger, &address).await;
    assert_eq!(chain.head().await.unwrap().best, 1);
}

#[tokio::test]
async fn one_that_keeps_silent_is_left_for_the_next() {
    let world = World::new().await;
    let chain = impatient([&world.first, &world.second]);
    let payer = Payer::new(chain, alice()).await.unwrap();
    let plan = plan();
    let batch = payer.sign(&plan.calls()).await.unwrap();
    for endpoint in [&world.first, &world.second] {
        endpoint.fault("author_submitExtrinsic", Fault::Silence);
    }
    // It was heard all the same.
    assert!(payer.submit(&batch).await.is_err());
    assert_eq!(payer.find(&plan, At::Best).await.unwrap().ids().len(), 3);
    assert_eq!(contracts_of(&world.ledger()), 3);
}

#[tokio::test]
async fn all_that_keep_silent_are_waited_for_in_vain_not_for_ever() {
    let world = World::new().await;
    let chain = impatient([&world.first, &world.second]);
    chain.head().await.unwrap();
    for endpoint in [&world.first, &world.second] {
        endpoint.deaf();
    }
    let error = chain.finalized().await.err().unwrap();
    let ChainError::Unreachable { why } = error else {
        panic!("{error}")
    };
    for endpoint in [&world.first, &world.second] {
        assert!(why.contains(&endpoint.address()), "{why}");
    }
}

#[tokio::test]
async fn a_block_is_waited_for_over_the_end_of_a_connection() {
    let World {
        ledger,
        first,
        second,
    } = World::new().await;
    let chain = Chain::new([&first.url, &second.url]);
    let waiting = tokio::spawn({
        let chain = chain.clone();
        async move { chain.next_block(0).await }
    });
    first.wait_for("chain_subscribeNewHeads").await;
    drop(first);
    second.wait_for("chain_subscribeNewHeads").await;
    ledger.lock().unwrap().new_block();
    second.tell();
    assert_eq!(waiting.await.unwrap().unwrap().best, 1);
}

#[tokio::test]
async fn an_endpoint_without_new_blocks_is_left_for_one_that_has_them() {
    let stuck = Arc::new(Mutex::new(ledger()));
    let stuck = Endpoint::start(&stuck).await;
    let world = World::new().await;
    world.ledger().new_block();
    let patience = Patience {
        block: Duration::from_secs(1),
        ..Patience::default()
    };
    let chain = Chain::with_patience([&stuck.url, &world.second.url], patience);
    assert_eq!(chain.head().await.unwrap().best, 0);
    assert_eq!(chain.next_block(0).await.unwrap().best, 1);
    let error = chain.next_block(1).await.unwrap_err();
    assert!(matches!(error, ChainError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn an_endpoint_of_another_chain_is_not_used() {
    let world = World::new().await;
    let mut other = ledger();
    other.blocks[0].hash = [1; 32];
    let other = Endpoint::start(&Arc::new(Mutex::new(other))).await;
    let chain = Chain::new([&world.first.url, &other.url]);
    let payer = Payer::new(chain, alice()).await.unwrap();
    drop(world);
    let error = payer.find(&plan(), At::Finalized).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(error.to_string().contains("of another chain"), "{error}");
}

/// With two makers of TLS in one program, as in the service: rustls has no default of its own then.
#[tokio::test]
async fn an_endpoint_whose_certificate_nobody_knows_is_not_believed() {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let tls = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("wss://localhost:{}", listener.local_addr().unwrap().port());
    let serving = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let _ = acceptor.accept(stream).await;
        }
    });
    let error = Chain::new([&url]).head().await.unwrap_err();
    serving.abort();
    assert!(matches!(error, ChainError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("certificate"), "{error}");
}

#[tokio::test]
async fn no_endpoint_is_said_so() {
    let none: [&str; 0] = [];
    for chain in [Chain::new(none), Chain::new(["no address"])] {
        let error = chain.head().await.unwrap_err();
        assert!(matches!(error, ChainError::Unreachable { .. }), "{error}");
        let error = chain.next_block(0).await.unwrap_err();
        assert!(matches!(error, ChainError::Unreachable { .. }), "{error}");
    }
}

#[tokio::test]
async fn what_is_not_final_is_not_taken_for_it() {
    let world = World::new().await;
    for _ in 0..5 {
        world.ledger().new_block();
    }
    world.ledger().lag = 3;
    let (payer, plan) = (world.payer().await, plan());
    let head = payer.head().await.unwrap();
    assert_eq!((head.best, head.finalized), (5, 2));
    let batch = payer.sign(&plan.calls()).await.unwrap();
    assert_eq!(batch.era_end, 2 + 31);
    payer.submit(&batch).await.unwrap();
    assert_eq!(payer.find(&plan, At::Best).await.unwrap().ids().len(), 3);
    let finalized = payer.find(&plan, At::Finalized).await.unwrap();
    assert!(finalized.is_empty() && !finalized.rules_out(&batch));
    assert_eq!((finalized.block, finalized.nonce), (3, 0));
    // The next nonce counts what is included, final or not.
    let next = payer.sign(&plan.calls()).await.unwrap();
    assert_eq!(next.nonce, 1);
    for _ in 0..3 {
        world.ledger().new_block();
    }
    let finalized = payer.find(&plan, At::Finalized).await.unwrap();
    assert_eq!((finalized.ids().len(), finalized.nonce), (3, 1));
}

#[tokio::test]
async fn a_forgotten_block_says_nothing_rather_than_no() {
    let world = World::new().await;
    let (payer, plan) = (world.payer().await, plan());
    let batch = payer.sign(&plan.calls()).await.unwrap();
    payer.submit(&batch).await.unwrap();
    let block = payer.chain().best().await.unwrap();
    let name = plan.name.as_ref().unwrap().parse().unwrap();
    assert!(block.name_contract(&name).await.unwrap().is_some());
    for _ in 0..10 {
        world.ledger().new_block();
    }
    world.ledger().remembers = 3;
    let error = block.name_contract(&name).await.unwrap_err();
    assert!(matches!(error, ChainError::Unknown { .. }), "{error}");
    assert!(GridError::from(error).is_transient());
    assert_eq!(payer.inclusion(&batch).await.unwrap(), None);
    // What stands on the chain still proves it.
    let found = payer.find(&plan, At::Finalized).await.unwrap();
    assert_eq!((found.ids().len(), found.rules_out(&batch)), (3, true));
}

#[tokio::test]
async fn its_block_is_found_wherever_in_its_era_it_is() {
    let world = World::new().await;
    world.ledger().instant = false;
    let payer = world.payer().await;
    for waited in 0..ERA - 1 {
        let plan = plan();
        let batch = payer.sign(&plan.calls()).await.unwrap();
        for _ in 0..waited {
            world.new_block();
        }
        payer.submit(&batch).await.unwrap();
        world.new_block();
        let block = payer.head().await.unwrap().best;
        for _ in 0..waited % 7 {
            world.new_block();
        }
        let inclusion = payer.inclusion(&batch).await.unwrap().unwrap();
        assert_eq!((inclusion.block, inclusion.result), (block, Ok(())));
    }
}

#[tokio::test]
async fn an_answer_about_another_block_is_no_answer() {
    let world = World::new().await;
    let block = world.chain().finalized().await.unwrap();
    for endpoint in [&world.first, &world.second] {
        endpoint.answers("state_queryStorageAt", serde_json::json!([]));
    }
    let error = block.node(1).await.unwrap_err();
    assert!(matches!(error, ChainError::Unknown { .. }), "{error}");
}

/// The runtime of the next spec, whose errors have other numbers, as it happens.
fn next_version() -> Version {
    Version::new(support::shifted_errors(&metadata_144()), 145)
}

#[tokio::test]
async fn an_upgrade_is_met_block_by_block() {
    let world = World::new().await;
    world.ledger().instant = false;
    let payer = world.payer().await;
    let (first, second) = (plan(), plan());
    let taken = Plan {
        name: first.name.clone(),
        ..second.clone()
    };
    let batch = payer.sign(&first.calls()).await.unwrap();
    payer.submit(&batch).await.unwrap();
    world.new_block();

    // In the very block that puts the new runtime in place, which the old one makes.
    let old = payer.sign(&taken.calls()).await.unwrap();
    payer.submit(&old).await.unwrap();
    world.ledger().upgrade(next_version());
    world.new_block();
    let inclusion = payer.inclusion(&old).await.unwrap().unwrap();
    assert_eq!(inclusion.result, Err("NameExists".into()));

    // From now on by the new one: signed for it, and read by it.
    let new = payer.sign(&taken.calls()).await.unwrap();
    payer.submit(&new).await.unwrap();
    world.new_block();
    let inclusion = payer.inclusion(&new).await.unwrap().unwrap();
    assert_eq!(inclusion.result, Err("NameExists".into()));
    assert_eq!(payer.find(&first, At::Best).await.unwrap().ids().len(), 3);
    assert_eq!(payer.contracts(&first.marker).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_was_signed_before_an_upgrade_and_never_included_is_proven_so() {
    let world = World::new().await;
    let (payer, plan) = (world.payer().await, plan());
    let batch = payer.sign(&plan.calls()).await.unwrap();
    world.ledger().upgrade(next_version());
    world.new_block();
    assert!(payer.submit(&batch).await.is_err());
    let found = payer.find(&plan, At::Finalized).await.unwrap();
    assert!(
        found.is_empty() && !found.rules_out(&batch),
        "not known yet"
    );
    for _ in 0..31 {
        world.new_block();
    }
    let found = payer.find(&plan, At::Finalized).await.unwrap();
    assert!(found.is_empty() && found.rules_out(&batch));
    let again = payer.sign(&plan.calls()).await.unwrap();
    payer.submit(&again).await.unwrap();
    assert_eq!(payer.find(&plan, At::Best).await.unwrap().ids().len(), 3);
}

#[tokio::test]
async fn what_the_grid_forbids_never_reaches_an_endpoint() {
    let world = World::new().await;
    let payer = world.payer().await;
    let asked = world.first.asked().len();
    let create = |data: usize, hash: &str| grid::Call::CreateNode {
        node: 1,
        hash: hash.into(),
        data: "a".repeat(data),
    };
    for call in [
        create(513, &"0a".repeat(16)),
        create(5, "0a"),
        grid::Call::CreateName { name: "ab".into() },
        grid::Call::Cancel { contract: 0 },
    ] {
        let error = payer.sign(&[call]).await.unwrap_err();
        assert!(!error.is_transient(), "{error}");
    }
    assert!(payer.name_is_free("my_club").await.is_err());
    assert_eq!(world.first.asked().len(), asked);
}

#[tokio::test]
async fn money_that_contracts_lock_cannot_be_spent() {
    let world = World::new().await;
    let alice = alice().account();
    let balance = scale::account(4, 1_000, 300);
    world.ledger().set_keys(&[(Key::Account(alice), balance)]);
    let block = world.chain().finalized().await.unwrap();
    let balance = block.balance(&alice).await.unwrap();
    assert_eq!((balance.free.0, balance.usable.0), (1_000, 700));
    assert_eq!(balance.nonce, 4);
}

#[tokio::test]
async fn an_account_without_a_twin_cannot_pay() {
    let world = World::new().await;
    let bob = Identity::new("//Bob", Scheme::Sr25519).unwrap();
    let error = Payer::new(world.chain(), bob).await.err().unwrap();
    assert!(matches!(error, ChainError::NotFound(_)), "{error}");
}

#[tokio::test]
async fn more_contracts_than_one_page_are_all_listed() {
    let world = World::new().await;
    let contracts = (1..=1203u64).map(|id| {
        let kind = tfgrid::chain::ContractKind::Name(format!("name{id}"));
        let contract = tfgrid::chain::Contract {
            id,
            twin: if id % 2 == 0 { 9 } else { 8 },
            state: tfgrid::chain::ContractState::Created,
            kind,
        };
        (Key::Contract(id), scale::contract(&contract))
    });
    world.ledger().set_keys(&contracts.collect::<Vec<_>>());
    let payer = world.payer().await;
    let mut ids: Vec<_> = (payer.contracts("").await.unwrap().iter())
        .map(|contract| contract.id)
        .collect();
    ids.sort_unstable();
    assert!(ids.into_iter().eq((2..=1202).step_by(2)));
}
