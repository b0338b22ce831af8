//! When relays are lost: pings, pauses, what is kept and what is sent again. In virtual time, over
//! bytes in memory.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use gridpeers::{Book, Handler, Peer, Quirk, Relay, Reply};
use serde_json::{Value, json};
use tfgrid::identity::Identity;
use tfgrid::rmb::{BusError, Client, Manner, Peers, Remembered, Settings};
use tokio::time::{Instant, sleep};

const US: u32 = 143;
const NODE: u32 = 29;
const LONG: Manner = Manner::LOOK.within(Duration::from_secs(600));

/// Counts what it is asked.
struct Counter(Arc<AtomicUsize>);

#[async_trait]
impl Handler for Counter {
    async fn handle(&self, _: u32, _: &str, _: &[u8]) -> Reply {
        Reply::Answer(json!(self.0.fetch_add(1, Ordering::Relaxed) + 1))
    }
}

struct Scene {
    book: Book,
    relay: Relay,
    node: Peer,
    us: Arc<Identity>,
    asked: Arc<AtomicUsize>,
}

impl Scene {
    async fn new() -> Self {
        let book = Book::default();
        let us = book.twin(US, "//Alice");
        let bob = book.twin(NODE, "//Bob");
        let relay = Relay::start(&book).await;
        let asked = Arc::<AtomicUsize>::default();
        let counter = Counter(Arc::clone(&asked));
        let node = Peer::start_in_memory(&book, &relay, NODE, bob, counter).await;
        Self {
            book,
            relay,
            node,
            us,
            asked,
        }
    }

    fn client(&self) -> Client {
        let peers = Arc::new(self.book.clone());
        let relays = vec![self.relay.url()];
        let settings = Settings::new(Arc::clone(&self.us), US, relays, peers).unwrap();
        Client::start(Settings {
            dial: self.relay.in_memory(),
            now: gridpeers::unix_now,
            ..settings
        })
        .unwrap()
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

async fn ask(client: &Client, manner: Manner) -> Result<Value, BusError> {
    client.ask(NODE, "count", &(), manner).await
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_while_we_are_away_is_kept_for_us() {
    let scene = Scene::new().await;
    let client = scene.client();
    scene.node.hold();
    let (answer, ()) = tokio::join!(ask(&client, LONG.once()), async {
        scene.node.seen().await;
        scene.relay.cut(US);
        scene.relay.wait_for(US, false).await;
        scene.node.release();
        scene.relay.wait_for(US, true).await;
    });
    assert_eq!((answer, scene.asked()), (Ok(json!(1)), 1));
}

#[tokio::test(start_paused = true)]
async fn what_may_be_repeated_is_sent_again_and_the_rest_is_not() {
    let scene = Scene::new().await;
    let client = scene.client();
    for (manner, expected) in [(LONG, Some(json!(1))), (LONG.once(), None)] {
        scene.relay.wait_for(US, true).await;
        scene.relay.lose(1);
        let lost = async {
            scene.relay.wait_until_lost().await;
            scene.relay.cut(US);
        };
        let (answer, ()) = tokio::join!(ask(&client, manner), lost);
        assert_eq!(answer.ok(), expected);
    }
    assert_eq!(scene.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_before_a_relay_is_there_waits_for_it() {
    let scene = Scene::new().await;
    scene.relay.refuse(Some(500));
    let client = scene.client();
    let (answer, ()) = tokio::join!(ask(&client, LONG), async {
        sleep(Duration::from_secs(100)).await;
        let trouble = client.relays().remove(0).trouble;
        assert_eq!(trouble.as_deref(), Some("500: the relay is in trouble"));
        scene.relay.refuse(None);
    });
    assert_eq!(answer, Ok(json!(1)));
}

#[tokio::test(start_paused = true)]
async fn a_silent_socket_is_given_up_and_opened_again() {
    let scene = Scene::new().await;
    let client = scene.client();
    ask(&client, LONG).await.unwrap();
    let (upgrades, start) = (scene.relay.upgrades(), Instant::now());
    scene.relay.mute(true);
    // Nobody asks anything: pings alone notice it.
    while client.relays()[0].trouble.is_none() {
        sleep(Duration::from_millis(100)).await;
    }
    let trouble = client.relays().remove(0).trouble;
    assert_eq!(trouble.as_deref(), Some("silent for 40 s"));
    let noticed = start.elapsed().as_secs();
    assert!((40..=60).contains(&noticed), "{noticed}");
    scene.relay.mute(false);
    scene.relay.wait_for_upgrades(upgrades + 1).await;
    assert_eq!(ask(&client, LONG).await, Ok(json!(2)));
}

#[tokio::test(start_paused = true)]
async fn pings_keep_an_idle_socket() {
    let scene = Scene::new().await;
    let client = scene.client();
    ask(&client, LONG).await.unwrap();
    let upgrades = scene.relay.upgrades();
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(scene.relay.upgrades(), upgrades);
    assert_eq!(ask(&client, LONG).await, Ok(json!(2)));
}

#[tokio::test(start_paused = true)]
async fn pauses_double_up_to_a_minute() {
    let scene = Scene::new().await;
    scene.relay.refuse(Some(500));
    let _client = scene.client();
    // The node's, and our first.
    scene.relay.next_attempt().await;
    scene.relay.next_attempt().await;
    for seconds in [2, 4, 8, 16, 32, 60, 60, 60] {
        let start = Instant::now();
        scene.relay.next_attempt().await;
        let (pause, least) = (start.elapsed().as_millis(), seconds * 1000);
        let range = least..least + least / 4;
        assert!(range.contains(&pause), "{seconds}: {pause}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_is_dropped_and_disturbs_no_later_question() {
    let scene = Scene::new().await;
    let client = scene.client();
    scene.node.hold();
    let error = ask(&client, Manner::LOOK).await.unwrap_err();
    assert!(matches!(error, BusError::Silent { doubt: None, .. }));
    scene.node.release();
    assert_eq!(ask(&client, LONG).await, Ok(json!(2)));
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_given_up_is_not_sent() {
    let scene = Scene::new().await;
    scene.relay.refuse(Some(500));
    let client = scene.client();
    let error = ask(&client, Manner::LOOK).await.unwrap_err();
    let why = format!("{}: 500: the relay is in trouble", scene.relay.url());
    assert_eq!(error, BusError::NotConnected { why });
    scene.relay.refuse(None);
    scene.relay.wait_for(US, true).await;
    assert_eq!((ask(&client, LONG).await, scene.asked()), (Ok(json!(1)), 1));
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_given_up_is_not_sent_again() {
    let scene = Scene::new().await;
    let client = scene.client();
    scene.node.quirk(Quirk::Deaf);
    ask(&client, Manner::LOOK).await.unwrap_err();
    scene.node.quirk(None);
    scene.relay.cut(US);
    scene.relay.wait_for(US, false).await;
    assert_eq!((ask(&client, LONG).await, scene.asked()), (Ok(json!(1)), 1));
    // The one that was given up, and the one that was answered.
    assert_eq!(scene.node.unseen(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_deaf_node_costs_the_deadline_and_not_more() {
    let scene = Scene::new().await;
    let client = scene.client();
    scene.node.quirk(Quirk::Deaf);
    let start = Instant::now();
    ask(&client, Manner::LOOK).await.unwrap_err();
    assert_eq!(start.elapsed(), Duration::from_secs(20));
}

#[tokio::test(start_paused = true)]
async fn keys_are_looked_up_once_in_a_while() {
    let book = Book::default();
    let peers = Remembered::new(book.clone(), Duration::from_secs(60));
    assert!(peers.peer(NODE).await.is_err());
    book.twin(NODE, "//Bob");
    let known = peers.peer(NODE).await.unwrap();
    book.forget_key(NODE);
    sleep(Duration::from_secs(59)).await;
    assert_eq!(peers.peer(NODE).await, Ok(known));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(peers.peer(NODE).await.unwrap().key, None);
}

#[tokio::test(start_paused = true)]
async fn of_many_at_once_none_is_lost_however_often_the_relay_is() {
    let scene = Scene::new().await;
    let client = scene.client();
    // A relay that goes before it has said anything is tried less and less often.
    let patient = LONG.within(Duration::from_secs(3600));
    scene.node.hold();
    let answers = futures_util::future::join_all((0..20).map(|_| ask(&client, patient)));
    let (answers, ()) = tokio::join!(answers, async {
        for _ in 0..10 {
            scene.relay.wait_for(US, true).await;
            sleep(Duration::from_millis(1)).await;
            scene.relay.cut(US);
            scene.relay.wait_for(US, false).await;
        }
        scene.node.release();
    });
    for answer in answers {
        assert!(answer.is_ok(), "{answer:?}");
    }
}
