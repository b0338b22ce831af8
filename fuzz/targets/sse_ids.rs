//! Whatever a client says that it saw last, it gets each later event once, and none it has seen.
#![no_main]

use api::{
    http::last_event_id,
    store::{Admission, Changes, MemoryStore, NewDeployment, Record, Store},
};
use axum::http::HeaderValue;
use futures_util::FutureExt;
use libfuzzer_sys::fuzz_target;
use order::{Catalogue, OrderDraft};

const ID: &str = "a";

fuzz_target!(|sent: &[u8]| {
    let header = HeaderValue::from_bytes(sent).ok();
    let after = last_event_id(header.as_ref());
    let digits = !sent.is_empty() && sent.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(sent).ok().and_then(|text| text.parse::<i64>().ok());
    match number.filter(|_| digits) {
        Some(number) => assert_eq!(after, number.unsigned_abs(), "{sent:?}"),
        None => assert_eq!(after, 0, "{sent:?}"),
    }
    let store = five_events();
    let all = now(store.events(ID, 0)).expect("all");
    assert_eq!(all.len(), 5);
    let rest = now(store.events(ID, after)).expect("the rest");
    assert!(all.into_iter().filter(|(number, _)| *number > after).eq(rest));
});

fn five_events() -> MemoryStore {
    let draft = OrderDraft {
        size: "small".into(),
        location: "ghent".into(),
        name: "myclub".into(),
        domain: "ava.tf".into(),
        git_url: None,
        ssh_key: None,
        private: false,
        p2p: true,
        admin_email: None,
    };
    let order = draft.parse(&Catalogue::default()).expect("an order");
    let store = MemoryStore::default();
    let mut record = Record::new(ID.into(), "default".into(), &order, None, 1);
    let new = NewDeployment {
        record: record.clone(),
        key: "key".into(),
        body_hash: String::new(),
        quarantined_since: 0,
        admission: Admission::default(),
    };
    now(store.create(new)).expect("created");
    for _ in 0..4 {
        let events = vec![record.state_event(None, 1)];
        now(store.save(&mut record, Changes { events, ..Changes::default() })).expect("saved");
    }
    store
}

/// A store in memory never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("at once")
}
