//! The client against a relay and twins of ours, over sockets: what is believed, what is told.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answers;
mod relays;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use gridpeers::{Book, Handler, Peer, Relay, Reply};
use serde_json::{Value, json};
use tfgrid::identity::Identity;
use tfgrid::rmb::{BusError, Client, Manner, Settings};

const US: u32 = 143;
const NODE: u32 = 29;

/// Long enough for everything that happens; reached only by what does not.
const LONG: Manner = Manner::LOOK.within(Duration::from_secs(60));
const SHORT: Manner = Manner::LOOK.within(Duration::from_secs(1));

/// Answers with what it was asked, or refuses in the words it was asked for.
struct Echo;

#[async_trait]
impl Handler for Echo {
    async fn handle(&self, from: u32, command: &str, payload: &[u8]) -> Reply {
        let payload: Value = serde_json::from_slice(payload).unwrap();
        match command {
            "refuse" => Reply::Refuse(0, payload.as_str().unwrap().to_owned()),
            _ => Reply::Answer(json!({"from": from, "command": command, "payload": payload})),
        }
    }
}

struct Scene {
    in_memory: bool,
    book: Book,
    relay: Relay,
    node: Peer,
    us: Arc<Identity>,
}

impl Scene {
    async fn new() -> Self {
        Self::over(false).await
    }

    /// For virtual time: what waits for a deadline is not disturbed by a busy machine.
    async fn in_memory() -> Self {
        Self::over(true).await
    }

    async fn over(in_memory: bool) -> Self {
        let book = Book::default();
        let us = book.twin(US, "//Alice");
        let bob = book.twin(NODE, "//Bob");
        let relay = Relay::start(&book).await;
        let node = if in_memory {
            Peer::start_in_memory(&book, &relay, NODE, bob, Echo).await
        } else {
            Peer::start(&book, &relay, NODE, bob, Echo).await
        };
        Self {
            in_memory,
            book,
            relay,
            node,
            us,
        }
    }

    fn settings(&self) -> Settings {
        let peers = Arc::new(self.book.clone());
        let mut settings =
            Settings::new(Arc::clone(&self.us), US, vec![self.relay.url()], peers).unwrap();
        if self.in_memory {
            settings.dial = self.relay.in_memory();
            settings.now = gridpeers::unix_now;
        } else {
            // So long that it is never the machine that is told as the trouble.
            settings.pace.connect = Duration::from_secs(60);
        }
        settings
    }

    fn client(&self) -> Client {
        Client::start(self.settings()).unwrap()
    }
}

/// A client that has tried to connect.
async fn tried(settings: Settings) -> Client {
    let client = Client::start(settings).unwrap();
    while client.relays()[0].trouble.as_deref() == Some("not connected yet") {
        tokio::task::yield_now().await;
    }
    client
}

async fn ask(client: &Client, manner: Manner) -> Result<Value, BusError> {
    client.ask(NODE, "echo", &json!([1, 2]), manner).await
}

fn echoed() -> Value {
    json!({"from": US, "command": "echo", "payload": [1, 2]})
}

/// What is said when nothing that can be believed has come.
fn doubt(result: Result<Value, BusError>) -> Option<String> {
    match result {
        Err(BusError::Silent { twin, doubt, .. }) => {
            assert_eq!(twin, NODE);
            doubt
        }
        other => panic!("{other:?}"),
    }
}
