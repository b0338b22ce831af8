//! What only a server has: several processes on one database, leases, news, and moving there.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::{
    entropy::OsEntropy,
    store::{
        Changes, Copied, Created, Invite, News, PostgresStore, SqliteStore, Store, StoreError, copy,
    },
};
use harness::postgres::Postgres;
use order::api::State;
use sqlx::{Connection, PgConnection};

use crate::promises::{create, new, pay};

/// A server and two processes on one database of it.
struct Two {
    server: Postgres,
    url: String,
    a: Arc<PostgresStore>,
    b: Arc<PostgresStore>,
}

impl Two {
    /// Nothing where PostgreSQL is not installed.
    async fn start() -> Option<Self> {
        let server = Postgres::start().await.unwrap()?;
        let url = server.database("two").await.unwrap();
        let (a, b) = (open(&url).await, open(&url).await);
        Some(Self { server, url, a, b })
    }

    /// As if so many seconds had passed for the leases.
    async fn later(&self, seconds: f64) {
        let mut db = PgConnection::connect(&self.url).await.unwrap();
        sqlx::query("UPDATE leases SET until = until - make_interval(secs => $1)")
            .bind(seconds)
            .execute(&mut db)
            .await
            .unwrap();
    }
}

async fn open(url: &str) -> Arc<PostgresStore> {
    let store = PostgresStore::open(&url.parse().unwrap(), &OsEntropy).await;
    Arc::new(store.unwrap())
}

/// What a store tells, from now on.
fn heard(store: &Arc<PostgresStore>) -> Arc<Mutex<Vec<News>>> {
    let (store, heard) = (Arc::clone(store), Arc::<Mutex<Vec<News>>>::default());
    let into = Arc::clone(&heard);
    tokio::spawn(async move {
        let tell = |news| into.lock().unwrap().push(news);
        store.listen(&tell).await;
    });
    heard
}

async fn until_heard(heard: &Mutex<Vec<News>>, news: &News) {
    let told = async {
        while !heard.lock().unwrap().contains(news) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(30), told).await;
    told.unwrap_or_else(|_| panic!("no {news:?} in {:?}", heard.lock().unwrap()));
}

#[tokio::test]
async fn a_deployment_is_worked_on_by_one_process_until_that_one_is_silent() {
    let Some(two) = Two::start().await else {
        return;
    };
    let (a, b) = (&two.a, &two.b);
    for (id, name) in [("a", "club"), ("b", "pub")] {
        create(&**a, id, name).await;
    }
    assert_eq!(a.open().await.unwrap(), ["a", "b"], "oldest first");
    assert_eq!(b.open().await.unwrap(), [""; 0]);
    assert!(!b.lease("a").await.unwrap());
    two.later(15.0).await;
    assert_eq!(b.open().await.unwrap(), [""; 0], "not yet");
    assert!(a.lease("a").await.unwrap(), "renewed");
    two.later(16.0).await;
    assert_eq!(b.open().await.unwrap(), ["b"], "the other has ended");
    assert_eq!(a.open().await.unwrap(), ["a"]);
    a.close().await;
    assert_eq!(b.open().await.unwrap(), ["a", "b"], "given back");
}

#[tokio::test]
async fn processes_that_look_at_once_share_and_none_waits() {
    let Some(two) = Two::start().await else {
        return;
    };
    for n in 0..40 {
        create(&*two.a, &format!("id{n}"), &format!("club{n}")).await;
    }
    // Somebody is in the middle of taking one, and takes his time.
    let mut slow = PgConnection::connect(&two.url).await.unwrap();
    let mut middle = slow.begin().await.unwrap();
    sqlx::query("SELECT 1 FROM leases WHERE deployment = 'id7' FOR UPDATE")
        .execute(&mut *middle)
        .await
        .unwrap();
    let looks = async { tokio::join!(two.a.open(), two.b.open()) };
    let looked = tokio::time::timeout(Duration::from_secs(20), looks).await;
    let (a, b) = looked.expect("nobody waits for him");
    let mut both = [a.unwrap(), b.unwrap()].concat();
    both.sort();
    both.dedup();
    assert_eq!(both.len(), 39);
    assert!(!both.contains(&"id7".to_owned()));
}

#[tokio::test]
async fn who_lost_his_lease_cannot_write() {
    let Some(two) = Two::start().await else {
        return;
    };
    let mut stale = create(&*two.a, "a", "club").await;
    two.a.open().await.unwrap();
    two.later(31.0).await;
    assert_eq!(two.b.open().await.unwrap(), ["a"]);
    let mut fresh = two.b.get("a").await.unwrap().unwrap();
    fresh.state = State::Preflight;
    two.b.save(&mut fresh, pay(1)).await.unwrap();
    stale.state = State::Unwinding;
    let late = two.a.save(&mut stale, pay(2)).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    assert!(!two.a.lease("a").await.unwrap());
    assert_eq!(two.a.get("a").await.unwrap().unwrap(), fresh);
}

#[tokio::test]
async fn of_two_processes_one_may_sign() {
    let Some(two) = Two::start().await else {
        return;
    };
    let mut records = Vec::new();
    for n in 0..20 {
        records.push(create(&*two.a, &format!("id{n}"), &format!("club{n}")).await);
    }
    let signs = records.into_iter().enumerate().map(|(n, mut record)| {
        let store = if n % 2 == 0 { &two.a } else { &two.b };
        async move { store.save(&mut record, pay(n as u64)).await }
    });
    let signed = futures_util::future::join_all(signs).await;
    assert_eq!(signed.iter().filter(|s| s.is_ok()).count(), 1);
    let busy = |s: &Result<(), StoreError>| matches!(s, Ok(()) | Err(StoreError::SignerBusy));
    assert!(signed.iter().all(busy), "{signed:?}");
}

#[tokio::test]
async fn one_address_and_one_password_at_two_processes_at_once() {
    let Some(two) = Two::start().await else {
        return;
    };
    for n in 0..20 {
        let at = |site: &str, id: String, store: &Arc<PostgresStore>| {
            let mut order = new(&id, &format!("club{n}"), &id);
            order.record.site = site.into();
            let store = Arc::clone(store);
            async move { store.create(order).await.unwrap() }
        };
        // Two sites: no lock of one keeps the other out.
        let (one, other) = tokio::join!(
            at("one", format!("a{n}"), &two.a),
            at("two", format!("b{n}"), &two.b)
        );
        let won = match (one, other) {
            (Created::New(won), Created::AddressTaken)
            | (Created::AddressTaken, Created::New(won)) => won,
            other => panic!("{other:?}"),
        };
        let mut record = won;
        let password = Changes {
            password: Some(vec![7]),
            ..Changes::default()
        };
        two.a.save(&mut record, password).await.unwrap();
        let (one, other) = tokio::join!(
            two.a.take_password(&record.id),
            two.b.take_password(&record.id)
        );
        let taken = [one.unwrap(), other.unwrap()];
        assert_eq!(taken.into_iter().flatten().collect::<Vec<_>>(), [vec![7]]);
    }
}

#[tokio::test]
async fn what_one_writes_the_other_hears_also_after_the_server_was_gone() {
    let Some(mut two) = Two::start().await else {
        return;
    };
    let heard = heard(&two.b);
    until_heard(&heard, &News::Missed).await;
    let mut record = create(&*two.a, "a", "club").await;
    until_heard(&heard, &News::Wanted("a".into())).await;
    two.a.save(&mut record, pay(1)).await.unwrap();
    until_heard(&heard, &News::Changed("a".into())).await;
    assert!(!heard.lock().unwrap().contains(&News::SignerFree));
    record.state = State::Deleted;
    let open = record.intents[0].id;
    let seen = Changes {
        intent: Some(api::store::IntentChange::Included(open)),
        ..Changes::default()
    };
    two.a.save(&mut record, seen).await.unwrap();
    until_heard(&heard, &News::SignerFree).await;

    heard.lock().unwrap().clear();
    two.server.restart().await.unwrap();
    until_heard(&heard, &News::Missed).await;
    heard.lock().unwrap().clear();
    assert!(two.a.request_cancel("a").await.unwrap());
    until_heard(&heard, &News::Wanted("a".into())).await;
}

#[tokio::test]
async fn a_server_that_stands_still_is_an_error_and_not_a_wait_for_ever() {
    let Some(two) = Two::start().await else {
        return;
    };
    create(&*two.a, "a", "club").await;
    two.server.stand_still(true).await.unwrap();
    // Waits of minutes pass at once where nothing else is to be done.
    tokio::time::pause();
    for _ in 0..40 {
        assert!(two.a.get("a").await.is_err());
    }
    tokio::time::resume();
    two.server.stand_still(false).await.unwrap();
    let again = async { while two.a.get("a").await.is_err() {} };
    let again = tokio::time::timeout(Duration::from_secs(60), again).await;
    again.expect("it is there again");
    two.a.close().await;
}

#[tokio::test]
async fn another_server_key_is_noticed() {
    let Some(two) = Two::start().await else {
        return;
    };
    assert!(two.a.is_of_key("one").await.unwrap());
    assert!(two.b.is_of_key("one").await.unwrap());
    assert!(!two.b.is_of_key("another").await.unwrap());
}

#[tokio::test]
async fn everything_moves_over_and_the_file_is_closed_for_good() {
    let Some(server) = Postgres::start().await.unwrap() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gridtube.sqlite3");
    let old = SqliteStore::open(&path, &OsEntropy).await.unwrap();
    assert!(old.is_of_key("the key").await.unwrap());
    let mut one = create(&old, "a", "club").await;
    let password = Changes {
        password: Some(vec![1, 2]),
        ..pay(1)
    };
    old.save(&mut one, password).await.unwrap();
    let mut two = create(&old, "b", "pub").await;
    two.state = State::Deleted;
    (two.ready_at, two.ended_at) = (Some(2_000), Some(5_000));
    old.save(&mut two, Changes::default()).await.unwrap();
    old.request_cancel("a").await.unwrap();
    let invite = Invite {
        hash: "h".into(),
        site: "default".into(),
        uses_left: 2,
        expires: 9,
    };
    old.add_invite(invite.clone()).await.unwrap();
    let events = old.events("a", 0).await.unwrap();

    let to = server.database("new").await.unwrap().parse().unwrap();
    let copied = copy(&path, &to, &OsEntropy).await.unwrap();
    let all = Copied {
        deployments: 2,
        events: 2,
        invites: 1,
    };
    assert_eq!(copied, all);

    let new_store = PostgresStore::open(&to, &OsEntropy).await.unwrap();
    assert_eq!(new_store.database_id(), old.database_id());
    for id in ["a", "b"] {
        assert_eq!(new_store.get(id).await.unwrap(), old.get(id).await.unwrap());
    }
    assert_eq!(new_store.events("a", 0).await.unwrap(), events);
    assert_eq!(new_store.invites().await.unwrap(), [invite]);
    assert_eq!(new_store.open().await.unwrap(), ["a"]);
    assert!(!new_store.is_of_key("another").await.unwrap());
    assert!(new_store.address_is_taken("pub.ava.tf", 0).await.unwrap());
    assert_eq!(
        new_store.take_password("a").await.unwrap(),
        Some(vec![1, 2])
    );
    let mut moved = new_store.get("a").await.unwrap().unwrap();
    new_store
        .save(&mut moved, Changes::default())
        .await
        .unwrap();
    // The next numbers follow the old ones.
    let third = create(&new_store, "c", "third").await;
    assert!(third.last_event > events.last().unwrap().0);

    // A service that still runs on the file.
    let late = old.create(new("d", "fourth", "d")).await;
    assert!(
        late.unwrap_err()
            .to_string()
            .contains("moved to PostgreSQL")
    );
    assert!(old.save(&mut one, Changes::default()).await.is_err());
    old.close().await;
    let again = SqliteStore::open(&path, &OsEntropy).await.unwrap_err();
    assert!(again.to_string().contains("was moved to new on"), "{again}");
    let twice = copy(&path, &to, &OsEntropy).await.unwrap_err();
    assert!(twice.to_string().contains("is in use"), "{twice}");
    // Where the server's part was not committed it can be done again, and nowhere else.
    let mut db = PgConnection::connect_with(&to).await.unwrap();
    sqlx::query("TRUNCATE deployments, events, intents, leases, nonces, invites, meta")
        .execute(&mut db)
        .await
        .unwrap();
    let other = server.database("other").await.unwrap().parse().unwrap();
    let elsewhere = copy(&path, &other, &OsEntropy).await.unwrap_err();
    assert!(
        elsewhere.to_string().contains("was moved to new on"),
        "{elsewhere}"
    );
    assert_eq!(copy(&path, &to, &OsEntropy).await.unwrap(), all);
}
