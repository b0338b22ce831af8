//! The client against a relay and twins of ours, over sockets: what is believed, what is told.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use gridpeers::{Book, Handler, Peer, Quirk, Relay, Reply};
use serde_json::{Value, json};
use tfgrid::Error;
use tfgrid::identity::Identity;
use tfgrid::rmb::{BusError, Client, Manner, Payload, Refusal, RelayUrl, Settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

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

#[tokio::test]
async fn a_question_is_answered_and_nobody_between_can_read_it() {
    let scene = Scene::new().await;
    let client = scene.client();
    assert_eq!(ask(&client, LONG).await, Ok(echoed()));
    let asked = scene.node.seen().await;
    assert!(
        matches!(asked.payload, Some(Payload::Cipher(_))),
        "{asked:?}"
    );
    assert_eq!(
        client
            .ask(NODE, "echo", &(), LONG)
            .await
            .map(|v: Value| v["payload"].clone()),
        Ok(Value::Null)
    );
    assert_eq!(client.relays()[0].trouble, None);
    assert_eq!(client.twin(), US);
}

#[tokio::test]
async fn a_twin_without_a_key_is_written_to_in_the_clear() {
    let scene = Scene::new().await;
    scene.book.forget_key(NODE);
    scene.book.forget_key(US);
    assert_eq!(ask(&scene.client(), LONG).await, Ok(echoed()));
    assert!(matches!(
        scene.node.seen().await.payload,
        Some(Payload::Plain(_))
    ));
}

#[tokio::test]
async fn a_signed_answer_in_the_clear_is_taken() {
    let scene = Scene::new().await;
    scene.node.quirk(Quirk::Plain);
    assert_eq!(ask(&scene.client(), LONG).await, Ok(echoed()));
}

#[tokio::test]
async fn an_answer_that_comes_twice_counts_once() {
    let scene = Scene::new().await;
    let client = scene.client();
    scene.node.quirk(Quirk::Twice);
    for _ in 0..3 {
        assert_eq!(ask(&client, LONG).await, Ok(echoed()));
    }
}

#[tokio::test]
async fn two_at_once_get_their_own_answers_out_of_order() {
    let scene = Scene::new().await;
    let client = scene.client();
    scene.node.hold();
    let first = client.ask::<Value>(NODE, "one", &1, LONG);
    let second = client.ask::<Value>(NODE, "two", &2, LONG);
    let release = async {
        scene.node.seen().await;
        scene.node.seen().await;
        // Both are answered only when neither is held: the answers are made a little later.
        while scene.node.held() < 2 {
            tokio::task::yield_now().await;
        }
        scene.node.release();
    };
    let (first, second, ()) = tokio::join!(first, second, release);
    assert_eq!(first.unwrap()["command"], "one");
    assert_eq!(second.unwrap()["command"], "two");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_signature_is_a_doubt_and_the_right_answer_still_counts() {
    let scene = Scene::in_memory().await;
    let client = scene.client();
    for quirk in [Quirk::WrongSignature, Quirk::Changed] {
        scene.node.quirk(quirk);
        let doubt = doubt(ask(&client, SHORT).await).unwrap();
        assert!(doubt.contains("signature is not valid"), "{doubt}");
    }
    scene.node.quirk(Quirk::WrongSignature);
    let (result, ()) = tokio::join!(ask(&client, LONG), async {
        // Two questions before it.
        scene.node.seen().await;
        scene.node.seen().await;
        let asked = scene.node.seen().await;
        let mut right = asked.response();
        right.say(echoed().to_string());
        scene.node.send_signed(right);
    });
    assert_eq!(result, Ok(echoed()));
}

#[tokio::test(start_paused = true)]
async fn a_foreign_answer_is_a_doubt() {
    let scene = Scene::in_memory().await;
    let charlie = scene.book.twin(30, "//Charlie");
    let stranger = Peer::start_in_memory(&scene.book, &scene.relay, 30, charlie, Echo).await;
    let client = scene.client();
    scene.node.quirk(Quirk::Deaf);
    let (result, ()) = tokio::join!(ask(&client, SHORT), async {
        let mut foreign = scene.node.seen().await.response();
        foreign.say("\"believe me\"");
        stranger.send_signed(foreign);
    });
    assert_eq!(
        doubt(result).as_deref(),
        Some("twin 30 answered in its place")
    );
}

#[tokio::test(start_paused = true)]
async fn a_deaf_node_is_told_by_its_name_and_the_command() {
    let scene = Scene::in_memory().await;
    scene.node.quirk(Quirk::Deaf);
    let error = ask(&scene.client(), SHORT).await.unwrap_err();
    assert!(error.may_pass());
    let text = error.to_string();
    assert!(
        text.starts_with("twin 29 did not answer `echo` within 1 s; it may have acted"),
        "{text}"
    );
}

#[tokio::test]
async fn answers_that_cannot_be_read_say_so_at_once() {
    let scene = Scene::new().await;
    let client = scene.client();
    scene.node.quirk(Quirk::WrongKey);
    assert_eq!(
        ask(&client, LONG).await,
        Err(BusError::Message(Error::Cipher))
    );
    scene.node.quirk(Quirk::NoJson);
    let error = ask(&client, LONG).await.unwrap_err();
    assert!(
        matches!(&error, BusError::NotUnderstood { command, .. } if command == "echo"),
        "{error:?}"
    );
    scene.node.quirk(None);
    let other_shape = client.ask::<Vec<u8>>(NODE, "echo", &"secret", LONG).await;
    let text = other_shape.unwrap_err().to_string();
    assert!(
        text.contains("another shape") && !text.contains("secret"),
        "{text}"
    );
}

#[tokio::test]
async fn the_node_knowing_another_key_of_ours_is_told() {
    let scene = Scene::new().await;
    let eve = scene.book.twin(31, "//Eve");
    scene.book.set_key_of(US, &eve);
    let error = ask(&scene.client(), LONG).await.unwrap_err();
    assert!(
        matches!(&error, BusError::Refused(Refusal::Keys(_))),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_relay_and_node_refuse_is_told_apart() {
    let scene = Scene::new().await;
    let client = scene.client();
    let refused = |text: &'static str| {
        let client = client.clone();
        async move {
            match client.ask::<Value>(NODE, "refuse", text, LONG).await {
                Err(BusError::Refused(refusal)) => refusal,
                other => panic!("{other:?}"),
            }
        }
    };
    assert_eq!(refused("exists").await, Refusal::Exists);
    assert_eq!(refused("deployment not found").await, Refusal::NotFound);
    assert_eq!(
        refused("user with twin id 143 is not verified").await,
        Refusal::Unverified
    );

    scene.book.twin(32, "//Ferdie");
    assert_eq!(
        client.ask::<Value>(32, "echo", &(), LONG).await,
        Err(BusError::Refused(Refusal::Offline))
    );
    scene.book.forget_relay(32);
    assert_eq!(
        client.ask::<Value>(32, "echo", &(), LONG).await,
        Err(BusError::Refused(Refusal::NoRelay))
    );
    scene.relay.limit(US, 1);
    assert_eq!(ask(&client, LONG).await, Ok(echoed()));
    assert_eq!(
        ask(&client, LONG).await,
        Err(BusError::Refused(Refusal::TooMany))
    );
}

#[tokio::test]
async fn an_unknown_twin_is_not_even_written_to() {
    let scene = Scene::new().await;
    let error = scene
        .client()
        .ask::<Value>(99, "echo", &(), LONG)
        .await
        .unwrap_err();
    assert_eq!(
        error,
        BusError::Peer {
            twin: 99,
            why: "the chain knows no twin 99".into()
        }
    );
}

#[tokio::test]
async fn a_relay_that_does_not_know_the_twin_of_our_book_says_so() {
    let scene = Scene::new().await;
    let here_only = Book::default();
    here_only.twin(77, "//Ferdie");
    let settings = Settings {
        peers: Arc::new(here_only),
        ..scene.settings()
    };
    let client = Client::start(settings).unwrap();
    assert_eq!(
        client.ask::<Value>(77, "echo", &(), LONG).await,
        Err(BusError::Refused(Refusal::UnknownTwin))
    );
}

#[tokio::test]
async fn without_a_relay_the_reason_is_told() {
    let scene = Scene::new().await;
    // Not our account.
    let settings = Settings {
        identity: scene.book.twin(31, "//Eve"),
        ..scene.settings()
    };
    let error = ask(&tried(settings).await, SHORT).await.unwrap_err();
    assert!(error.may_pass());
    let text = error.to_string();
    assert!(
        text.contains("401: the relay does not take us for twin 143"),
        "{text}"
    );

    let nobody: RelayUrl = "ws://127.0.0.1:1".parse().unwrap();
    let settings = Settings {
        relays: vec![nobody],
        ..scene.settings()
    };
    let error = ask(&tried(settings).await, SHORT).await.unwrap_err();
    assert!(error.to_string().contains("ws://127.0.0.1:1: "), "{error}");

    let none = Settings {
        relays: vec![],
        ..scene.settings()
    };
    assert!(Client::start(none).is_err());
}

#[tokio::test]
async fn what_is_no_relay_is_told_as_such() {
    let scene = Scene::new().await;
    for answer in [
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi",
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            // Until they hang up.
            let _ = stream.read_to_end(&mut Vec::new()).await;
        });
        let settings = Settings {
            relays: vec![url.parse().unwrap()],
            ..scene.settings()
        };
        let trouble = tried(settings).await.relays().remove(0).trouble;
        assert_eq!(
            trouble.as_deref(),
            Some("it does not speak WebSocket; see whether that is a relay")
        );
        server.await.unwrap();
    }
}

#[tokio::test]
async fn with_one_relay_dead_the_other_is_used() {
    let scene = Scene::new().await;
    let nobody: RelayUrl = "ws://127.0.0.1:1".parse().unwrap();
    let settings = Settings {
        relays: vec![nobody, scene.relay.url()],
        ..scene.settings()
    };
    let client = Client::start(settings).unwrap();
    assert_eq!(ask(&client, LONG).await, Ok(echoed()));
    let trouble: Vec<bool> = client
        .relays()
        .iter()
        .map(|r| r.trouble.is_some())
        .collect();
    assert_eq!(trouble, [true, false]);
}

#[tokio::test]
async fn two_clients_of_one_twin_do_not_kick_each_other_out() {
    let scene = Scene::new().await;
    let (first, second) = (scene.client(), scene.client());
    for _ in 0..2 {
        assert_eq!(ask(&first, LONG).await, Ok(echoed()));
        assert_eq!(ask(&second, LONG).await, Ok(echoed()));
    }
    // The node's, and one for each.
    assert_eq!(scene.relay.upgrades(), 3);
}

#[tokio::test]
async fn the_last_clone_closes_the_sockets() {
    let scene = Scene::new().await;
    let client = scene.client();
    assert_eq!(ask(&client, LONG).await, Ok(echoed()));
    let clone = client.clone();
    drop(client);
    assert_eq!(ask(&clone, LONG).await, Ok(echoed()));
    drop(clone);
    scene.relay.wait_for(US, false).await;
}
