//! npm `@threefold/rmb_direct_client` at the other end of our relay: it asks our node, and it answers
//! our client.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/npm.rs"]
mod npm;

use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::Arc;
use std::time::Duration;

use gridpeers::{Book, Hardware, Ledger, Peer, Relay, Verified, Zos};
use serde_json::{Value, json};
use tfgrid::rmb::{Client, Manner, Settings};
use tokio::task::spawn_blocking;

const US: &str = "volume behind cable present pull exchange wish loyal avocado snap film increase";
const NODE: &str = "tackle blouse grain dawn adult loyal tattoo price access tilt chimney silk";

/// What the published client is told, to be one of the two twins.
fn role(book: &Book, relay: &Relay, twin: u32, mnemonic: &str, mode: &str) -> Value {
    let entry = |twin: u32| {
        let peer = book.get(twin).unwrap();
        json!({ "id": twin, "accountId": peer.account.to_string(), "relay": "relay.example",
            "pk": format!("0x{}", peer.key.unwrap()) })
    };
    json!({
        "relay": relay.url().to_string(), "twin": twin, "mnemonic": mnemonic, "mode": mode,
        "twins": { "143": entry(143), "29": entry(29) },
    })
}

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn it_asks_our_node_and_understands_the_answers() {
    let Some(clients) = npm::clients() else {
        return;
    };
    let book = Book::default();
    book.twin(143, US);
    let node = book.twin(29, NODE);
    let relay = Relay::start(&book).await;
    let zos = Zos::new(
        Hardware::roomy(7),
        &book,
        &Ledger::default(),
        &Verified::default(),
    );
    let _node = Peer::start(&book, &relay, 29, node, zos).await;
    let role = role(&book, &relay, 143, US, "ask");
    let came = spawn_blocking(move || clients.run("bus.mjs", &role));
    let came = came.await.unwrap();
    assert_eq!(came["version"]["zos"], "3.17.1", "{came}");
    assert_eq!(came["refused"], "0 deployment not found");
    assert_eq!(came["ports"], json!([]));
}

#[tokio::test]
async fn it_verifies_reads_and_answers_our_client() {
    let Some(clients) = npm::clients() else {
        return;
    };
    let book = Book::default();
    let us = book.twin(143, US);
    book.twin(29, NODE);
    let relay = Relay::start(&book).await;
    let role = role(&book, &relay, 29, NODE, "answer");
    let mut them = Running(clients.start("bus.mjs", &role));
    let mut lines = BufReader::new(them.0.stdout.take().unwrap()).lines();
    let ready = spawn_blocking(move || lines.find(|line| line.as_ref().unwrap() == "ready"));
    let ready = ready.await.unwrap();
    assert!(ready.is_some(), "it ended before it was connected");
    let settings = Settings::new(us, 143, vec![relay.url()], Arc::new(book)).unwrap();
    let client = Client::start(settings).unwrap();
    let question = json!({ "contract_id": 123, "text": "Grüße" });
    let manner = Manner::LOOK.within(Duration::from_secs(30));
    let answer: Value = client
        .ask(29, "zos.deployment.get", &question, manner)
        .await
        .unwrap();
    let expected = json!({ "command": "zos.deployment.get", "read": question });
    assert_eq!(answer, expected);
}
