//! What every store promises. Each promise runs on each store.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod postgres;
mod promises;

use api::{
    entropy::OsEntropy,
    store::{Created, MemoryStore, PostgresStore, SqliteStore, Store},
};
use promises::{create, new};

macro_rules! promises {
    ($($promise:ident)*) => {
        mod memory {
            $(#[tokio::test] async fn $promise() {
                crate::promises::$promise(&super::MemoryStore::default()).await;
            })*
        }
        mod sqlite {
            $(#[tokio::test] async fn $promise() {
                let dir = tempfile::tempdir().unwrap();
                let path = dir.path().join("test.sqlite3");
                let store = super::SqliteStore::open(&path, &super::OsEntropy).await.unwrap();
                crate::promises::$promise(&store).await;
            })*
        }
        /// One server, a database for each.
        #[tokio::test]
        async fn on_postgres_too() {
            let Some(server) = harness::postgres::Postgres::start().await.unwrap() else { return };
            $({
                let url = server.database(stringify!($promise)).await.unwrap();
                let store = PostgresStore::open(&url.parse().unwrap(), &OsEntropy).await.unwrap();
                eprintln!(stringify!($promise));
                promises::$promise(&store).await;
                store.close().await;
            })*
        }
    };
}

promises! {
    the_same_key_gives_the_same_deployment
    an_address_belongs_to_one_living_deployment
    an_address_that_was_in_use_rests_for_a_while
    a_write_with_an_old_version_is_refused
    one_batch_is_on_its_way_at_a_time
    the_end_closes_the_journal_and_forgets_the_password
    a_password_is_taken_once
    events_come_in_order_and_after_a_number
    a_cancel_survives_the_engines_writes
    what_is_to_be_done_is_found
    the_operator_sees_numbers
    of_changes_at_once_each_gets_its_own_answer
    a_sites_quotas_hold_for_orders_at_once
    what_is_over_makes_room_but_not_for_today
    a_pass_is_used_up
}

#[tokio::test]
async fn a_file_that_is_opened_again_holds_what_it_held() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("test.sqlite3");
    let store = SqliteStore::open(&path, &OsEntropy).await.unwrap();
    let id = store.database_id().to_owned();
    let record = create(&store, "a", "club").await;
    store.close().await;
    let store = SqliteStore::open(&path, &OsEntropy).await.unwrap();
    assert_eq!(store.database_id(), id);
    assert_eq!(store.get("a").await.unwrap(), Some(record));
}

#[tokio::test]
async fn a_hundred_posts_with_one_key_make_one_row() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("test.sqlite3");
    let store = std::sync::Arc::new(SqliteStore::open(&path, &OsEntropy).await.unwrap());
    let posts = (0..100).map(|n| {
        let store = std::sync::Arc::clone(&store);
        tokio::spawn(async move { store.create(new(&format!("id{n}"), "club", "key")).await })
    });
    let mut fresh = 0;
    let mut ids = std::collections::BTreeSet::new();
    for post in futures_util::future::join_all(posts).await {
        match post.unwrap().unwrap() {
            Created::New(record) => {
                fresh += 1;
                ids.insert(record.id);
            }
            Created::Again(record) => {
                ids.insert(record.id);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((fresh, ids.len()), (1, 1));
}
