//! Relays over TLS: a certificate that is trusted, and one that is not.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use gridpeers::{Book, Handler, Peer, Relay, Reply};
use harness::tls_front::TlsFront;
use serde_json::{Value, json};
use tfgrid::rmb::{Client, Manner, Settings, Sockets};

struct Hello;

#[async_trait]
impl Handler for Hello {
    async fn handle(&self, _: u32, _: &str, _: &[u8]) -> Reply {
        Reply::Answer(json!("hello"))
    }
}

#[tokio::test]
async fn only_a_relay_that_is_proven_is_told_the_token() {
    let book = Book::default();
    let us = book.twin(143, "//Alice");
    let bob = book.twin(29, "//Bob");
    let relay = Relay::start(&book).await;
    let _node = Peer::start(&book, &relay, 29, bob, Hello).await;
    let front = TlsFront::start("localhost", relay.address()).await.unwrap();
    let url = format!("wss://localhost:{}", front.address().port());
    let start = |roots| {
        let relays = vec![url.parse().unwrap()];
        let peers = Arc::new(book.clone());
        let mut settings = Settings::new(Arc::clone(&us), 143, relays, peers).unwrap();
        settings.dial = Arc::new(Sockets::new(roots).unwrap());
        settings.pace.connect = Duration::from_secs(60);
        Client::start(settings).unwrap()
    };

    let stranger = start(vec![]);
    let trouble = loop {
        let trouble = stranger.relays().remove(0).trouble.unwrap();
        if trouble != "not connected yet" {
            break trouble;
        }
        tokio::task::yield_now().await;
    };
    assert!(trouble.contains("certificate"), "{trouble}");
    assert_eq!(relay.upgrades(), 1);

    let trusting = start(vec![front.certificate()]);
    let manner = Manner::LOOK.within(Duration::from_secs(60));
    let said: Value = trusting.ask(29, "greet", &(), manner).await.unwrap();
    assert_eq!(said, "hello");
}
