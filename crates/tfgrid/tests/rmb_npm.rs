//! ThreeFold's published client, npm `@threefold/rmb_direct_client`, at the other end: it asks our
//! node, and it answers our client. Runs when `TFGRID_NPM` names a folder whose `node_modules` has it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use gridpeers::{Book, Hardware, Ledger, Peer, Relay, Verified, Zos};
use serde_json::{Value, json};
use tfgrid::rmb::{Client, Manner, Settings};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

const US: &str = "volume behind cable present pull exchange wish loyal avocado snap film increase";
const NODE: &str = "tackle blouse grain dawn adult loyal tattoo price access tilt chimney silk";

/// The published client, as one of the two twins; nothing when it is not here.
fn published(book: &Book, relay: &Relay, twin: u32, mnemonic: &str, mode: &str) -> Option<Command> {
    let Some(folder) = std::env::var_os("TFGRID_NPM") else {
        println!("skipped: TFGRID_NPM names no folder with node_modules");
        return None;
    };
    let entry = |twin: u32| {
        let peer = book.get(twin).unwrap();
        json!({ "id": twin, "accountId": peer.account.to_string(), "relay": "relay.example",
            "pk": format!("0x{}", peer.key.unwrap()) })
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/bus.mjs");
    let mut command = Command::new("node");
    command
        .arg(script)
        .arg(folder)
        .arg(relay.url().to_string())
        .arg(twin.to_string())
        .arg(mnemonic)
        .arg(json!({ "143": entry(143), "29": entry(29) }).to_string())
        .arg(mode)
        .kill_on_drop(true);
    Some(command)
}

#[tokio::test]
async fn it_asks_our_node_and_understands_the_answers() {
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
    let Some(mut them) = published(&book, &relay, 143, US, "ask") else {
        return;
    };
    let output = them.output().await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().last().unwrap_or_else(|| panic!("{errors}"));
    let came: Value = serde_json::from_str(last).unwrap();
    assert_eq!(came["version"]["zos"], "3.17.1", "{came}");
    assert_eq!(came["refused"], "0 deployment not found");
    assert_eq!(came["ports"], json!([]));
}

#[tokio::test]
async fn it_verifies_reads_and_answers_our_client() {
    let book = Book::default();
    let us = book.twin(143, US);
    book.twin(29, NODE);
    let relay = Relay::start(&book).await;
    let Some(mut them) = published(&book, &relay, 29, NODE, "answer") else {
        return;
    };
    let mut them = them.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(them.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line == "ready" {
            break;
        }
    }
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
