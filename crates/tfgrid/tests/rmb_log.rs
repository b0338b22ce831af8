//! Nothing secret is in the log, not even at its finest: no token, no seed, no payload.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use gridpeers::{Book, Handler, Peer, Relay, Reply};
use serde_json::{Value, json};
use tfgrid::rmb::{Client, Manner, Settings};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn has(&self, text: &str) -> bool {
        let log = self.0.lock().unwrap();
        log.windows(text.len()).any(|part| part == text.as_bytes())
    }
}

struct Secretive;

#[async_trait]
impl Handler for Secretive {
    async fn handle(&self, _: u32, _: &str, _: &[u8]) -> Reply {
        Reply::Answer(json!("their-secret"))
    }
}

#[tokio::test]
async fn the_log_keeps_secrets() {
    let book = Book::default();
    let seed = "a".repeat(64);
    let us = book.twin(143, &format!("0x{seed}"));
    let bob = book.twin(29, "//Bob");
    let relay = Relay::start(&book).await;
    // Before anything is logged: what this one does is not ours.
    let node = Peer::start(&book, &relay, 29, bob, Secretive).await;
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .init();

    let relays = vec![relay.url()];
    let settings = Settings::new(us, 143, relays, Arc::new(book.clone())).unwrap();
    let client = Client::start(settings).unwrap();
    let manner = Manner::LOOK.within(Duration::from_secs(60));
    let said: Value = client.ask(29, "tell", "our-secret", manner).await.unwrap();
    assert_eq!(said, "their-secret");
    let question = node.seen().await;

    // It does hear what is said, the frames of the socket among it.
    assert!(log.has("connected") && log.has("Sending frame"));
    // How each token starts: `{"alg":"RS512"`.
    let secrets = ["our-secret", "their-secret", &seed, "eyJhbGciOiJSUzUxMiIs"];
    for secret in secrets {
        assert!(!log.has(secret), "{secret}");
        assert!(!log.has(&hex::encode(secret)), "{secret} in hex");
    }
    assert!(!format!("{question:?}").contains("our-secret"));
}
