//! Relays, and what they and the twins refuse.

use std::sync::Arc;

use gridpeers::Book;
use serde_json::Value;
use tfgrid::rmb::{BusError, Client, Refusal, RelayUrl, Settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::{LONG, NODE, SHORT, Scene, US, ask, echoed, tried};

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
