//! Endpoints that end, keep silent, lag, or are not what they seem.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use grid::At;
use harness::gridtube::ReservedPort;
use tfgrid::chain::{Chain, ChainError, Patience, Payer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::support::endpoint::{Endpoint, Fault};
use crate::support::peer::plan;
use crate::{World, alice, contracts_of, impatient, ledger};

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
