//! What every store promises.

mod admission;

use api::store::{
    Admission, Changes, Created, IntentChange, IntentKind, IntentState, NewDeployment, Record,
    Store, StoreError,
};
use grid::SignedBatch;
use order::{
    Catalogue, OrderDraft,
    api::{State, StepName, StepState},
};

pub(crate) use admission::*;

pub(crate) fn new(id: &str, name: &str, key: &str) -> NewDeployment {
    let draft: OrderDraft = serde_json::from_value(harness::client::order(name)).unwrap();
    let order = draft.parse(&Catalogue::default()).unwrap();
    NewDeployment {
        record: Record::new(id.into(), "default".into(), &order, None, 1_000),
        key: key.into(),
        body_hash: format!("hash of {name}"),
        quarantined_since: 0,
        admission: Admission::default(),
    }
}

pub(crate) async fn create(store: &dyn Store, id: &str, name: &str) -> Record {
    match store.create(new(id, name, id)).await.unwrap() {
        Created::New(record) => record,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn batch(nonce: u64) -> SignedBatch {
    SignedBatch {
        bytes: vec![1, 2, 3],
        hash: format!("{nonce:x}"),
        nonce,
        era_end: 9,
    }
}

pub(crate) fn pay(nonce: u64) -> Changes {
    let intent = Some(IntentChange::Open(IntentKind::Pay, batch(nonce)));
    Changes {
        intent,
        ..Changes::default()
    }
}

pub(crate) async fn the_same_key_gives_the_same_deployment(store: &dyn Store) {
    let first = create(store, "a", "club").await;
    assert_eq!(
        store.create(new("b", "club", "a")).await.unwrap(),
        Created::Again(first.clone())
    );
    assert_eq!(
        store.create(new("b", "other", "a")).await.unwrap(),
        Created::KeyReused
    );
    let found = store
        .find_key("default", "a", "hash of club")
        .await
        .unwrap();
    assert_eq!(found, Some(Created::Again(first)));
    assert_eq!(
        store
            .find_key("default", "b", "hash of club")
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        store
            .find_key("elsewhere", "a", "hash of club")
            .await
            .unwrap(),
        None
    );
}

pub(crate) async fn an_address_belongs_to_one_living_deployment(store: &dyn Store) {
    let mut record = create(store, "a", "club").await;
    assert_eq!(
        store.create(new("b", "club", "b")).await.unwrap(),
        Created::AddressTaken
    );
    assert!(store.address_is_taken("club.ava.tf", 0).await.unwrap());
    assert!(!store.address_is_taken("club.3x0.me", 0).await.unwrap());
    record.state = State::Failed;
    record.ended_at = Some(5_000);
    store.save(&mut record, Changes::default()).await.unwrap();
    assert!(
        !store.address_is_taken("club.ava.tf", 0).await.unwrap(),
        "it never was ready"
    );
    create(store, "b", "club").await;
}

pub(crate) async fn an_address_that_was_in_use_rests_for_a_while(store: &dyn Store) {
    let mut record = create(store, "a", "club").await;
    record.state = State::Deleted;
    record.ready_at = Some(2_000);
    record.ended_at = Some(5_000);
    store.save(&mut record, Changes::default()).await.unwrap();
    assert!(store.address_is_taken("club.ava.tf", 5_000).await.unwrap());
    assert!(!store.address_is_taken("club.ava.tf", 5_001).await.unwrap());
}

pub(crate) async fn a_write_with_an_old_version_is_refused(store: &dyn Store) {
    let mut one = create(store, "a", "club").await;
    let mut other = one.clone();
    one.ipv6 = Some("2001:db8::1".into());
    store.save(&mut one, Changes::default()).await.unwrap();
    let refused = store.save(&mut other, Changes::default()).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict(_))),
        "{refused:?}"
    );
    assert_eq!(store.get("a").await.unwrap().unwrap(), one);
}

pub(crate) async fn one_batch_is_on_its_way_at_a_time(store: &dyn Store) {
    let (mut a, mut b) = (
        create(store, "a", "club").await,
        create(store, "b", "pub").await,
    );
    store.save(&mut a, pay(1)).await.unwrap();
    let before = store.get("b").await.unwrap().unwrap();
    let refused = store.save(&mut b.clone(), pay(2)).await;
    assert!(
        matches!(refused, Err(StoreError::SignerBusy)),
        "{refused:?}"
    );
    assert_eq!(
        store.get("b").await.unwrap().unwrap(),
        before,
        "nothing of it was written"
    );

    let intent = a.intent(IntentKind::Pay).unwrap().clone();
    assert_eq!(
        (intent.state, &intent.batch),
        (IntentState::Open, &batch(1))
    );
    let seen = Changes {
        intent: Some(IntentChange::Included(intent.id)),
        ..Changes::default()
    };
    store.save(&mut a, seen).await.unwrap();
    assert_eq!(
        a.intent(IntentKind::Pay).unwrap().state,
        IntentState::Included
    );
    store.save(&mut b, pay(2)).await.unwrap();
    let done = Changes {
        intent: Some(IntentChange::Closed(intent.id)),
        ..Changes::default()
    };
    store.save(&mut a, done).await.unwrap();
    assert_eq!(a.intents, []);
}

pub(crate) async fn the_end_closes_the_journal_and_forgets_the_password(store: &dyn Store) {
    let mut record = create(store, "a", "club").await;
    store
        .save(
            &mut record,
            Changes {
                password: Some(vec![7]),
                ..pay(1)
            },
        )
        .await
        .unwrap();
    assert!(record.password_available);
    record.state = State::Deleted;
    store.save(&mut record, Changes::default()).await.unwrap();
    assert_eq!(
        (record.intents.len(), record.password_available),
        (0, false)
    );
    assert_eq!(store.take_password("a").await.unwrap(), None);
    let mut other = create(store, "b", "pub").await;
    store.save(&mut other, pay(2)).await.unwrap();
}

pub(crate) async fn a_password_is_taken_once(store: &dyn Store) {
    let mut record = create(store, "a", "club").await;
    let password = Changes {
        password: Some(vec![1, 2]),
        ..Changes::default()
    };
    store.save(&mut record, password).await.unwrap();
    store.save(&mut record, Changes::default()).await.unwrap();
    assert_eq!(store.take_password("a").await.unwrap(), Some(vec![1, 2]));
    assert_eq!(store.take_password("a").await.unwrap(), None);
    assert_eq!(store.take_password("none").await.unwrap(), None);
}

pub(crate) async fn events_come_in_order_and_after_a_number(store: &dyn Store) {
    let mut record = create(store, "a", "club").await;
    create(store, "b", "pub").await;
    for detail in ["one", "two"] {
        let event = record.step(StepName::Machine, StepState::Running, Some(detail), 7);
        let changes = Changes {
            events: event.into_iter().collect(),
            ..Changes::default()
        };
        store.save(&mut record, changes).await.unwrap();
    }
    let all = store.events("a", 0).await.unwrap();
    let details: Vec<_> = all.iter().map(|(_, e)| e.detail.as_deref()).collect();
    assert_eq!(details, [None, Some("one"), Some("two")]);
    assert!(all.is_sorted_by(|a, b| a.0 < b.0));
    assert_eq!(store.events("a", all[1].0).await.unwrap(), all[2..]);
    assert_eq!(record.last_event, all[2].0);
}

pub(crate) async fn a_cancel_survives_the_engines_writes(store: &dyn Store) {
    let mut record = create(store, "a", "club").await;
    assert!(store.request_cancel("a").await.unwrap());
    assert!(!store.request_cancel("none").await.unwrap());
    store.save(&mut record, Changes::default()).await.unwrap();
    assert!(record.cancel);
    assert!(store.get("a").await.unwrap().unwrap().cancel);
}

pub(crate) async fn what_is_to_be_done_is_found(store: &dyn Store) {
    let mut a = create(store, "a", "club").await;
    create(store, "b", "pub").await;
    assert_eq!(store.open().await.unwrap(), ["a", "b"]);
    a.state = State::Ready;
    store.save(&mut a, Changes::default()).await.unwrap();
    assert_eq!(store.open().await.unwrap(), ["b"]);
    store.request_cancel("a").await.unwrap();
    assert_eq!(store.open().await.unwrap(), ["a", "b"]);
}

pub(crate) async fn the_operator_sees_numbers(store: &dyn Store) {
    let mut a = create(store, "a", "club").await;
    create(store, "b", "pub").await;
    a.step(StepName::Machine, StepState::Running, None, 1_000);
    a.step(StepName::Machine, StepState::Done, None, 2_500);
    a.ready_at = Some(3_000);
    a.state = State::Ready;
    store.save(&mut a, Changes::default()).await.unwrap();
    assert_eq!(
        store.usual_seconds().await.unwrap(),
        [(StepName::Machine, 2)]
    );
    let counts = store.count().await.unwrap();
    assert_eq!(counts.len(), 2);
    for state in [State::Ready, State::Requested] {
        let count = counts.iter().find(|c| c.state == state).unwrap();
        assert_eq!((count.size.as_str(), count.deployments), ("small", 1));
    }
    assert_eq!(store.accepted_since(1_000).await.unwrap(), 2);
    assert_eq!(store.accepted_since(1_001).await.unwrap(), 0);
    assert_eq!(store.list(1).await.unwrap().len(), 1);
}

/// Changes that are committed together fail alone: here every second one, for its old version.
pub(crate) async fn of_changes_at_once_each_gets_its_own_answer(store: &dyn Store) {
    let mut records = vec![];
    for i in 0..40 {
        records.push(create(store, &format!("id{i}"), &format!("club{i}")).await);
    }
    for stale in records.iter().step_by(2) {
        let mut now = stale.clone();
        store.save(&mut now, Changes::default()).await.unwrap();
    }
    let saves = records
        .into_iter()
        .enumerate()
        .map(|(i, mut record)| async move {
            record.state = State::Preflight;
            let saved = store.save(&mut record, Changes::default()).await;
            (i, record.id, saved)
        });
    for (i, id, saved) in futures_util::future::join_all(saves).await {
        let stored = store.get(&id).await.unwrap().unwrap().state;
        if i % 2 == 0 {
            assert!(matches!(saved, Err(StoreError::Conflict(_))), "{saved:?}");
            assert_eq!(stored, State::Requested);
        } else {
            saved.unwrap();
            assert_eq!(stored, State::Preflight);
        }
    }
}
