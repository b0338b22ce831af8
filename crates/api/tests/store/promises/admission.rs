//! Who is let in: quotas of sites, tokens and invitations.

use api::store::{Changes, Created, Invite, Pass, Quota, Store};
use futures_util::stream::{self, StreamExt as _};
use order::api::State;

use super::{create, new};
pub(crate) async fn a_sites_quotas_hold_for_orders_at_once(store: &dyn Store) {
    let quotas = [
        (
            Quota {
                running: 3,
                ..Quota::default()
            },
            Created::TooManyRunning,
        ),
        (
            Quota {
                per_day: 3,
                ..Quota::default()
            },
            Created::TooManyToday,
        ),
        (
            Quota {
                per_subject: 3,
                ..Quota::default()
            },
            Created::TooManyOfSubject,
        ),
    ];
    for (n, (quota, refused)) in quotas.into_iter().enumerate() {
        let orders = (0..100).map(|i| {
            let mut new = new(
                &format!("{n}-{i}"),
                &format!("club{n}-{i}"),
                &format!("{n}-{i}"),
            );
            new.record.site = format!("site{n}");
            new.admission.quota = quota.clone();
            store.create(new)
        });
        // As many as there are connections to a server: more would wait for one, and not for ever.
        let answers: Vec<_> = stream::iter(orders).buffer_unordered(16).collect().await;
        let (taken, others): (Vec<_>, Vec<_>) = answers
            .into_iter()
            .map(Result::unwrap)
            .partition(|a| matches!(a, Created::New(_)));
        assert_eq!(taken.len(), 3);
        assert!(others.iter().all(|a| *a == refused), "{others:?}");
    }
    assert_eq!(store.list(1000).await.unwrap().len(), 9);
}

pub(crate) async fn what_is_over_makes_room_but_not_for_today(store: &dyn Store) {
    let mut first = create(store, "a", "club").await;
    first.state = State::Failed;
    store.save(&mut first, Changes::default()).await.unwrap();
    let mut second = new("b", "other", "b");
    second.admission.quota.running = 1;
    second.admission.quota.per_subject = 1;
    assert!(matches!(
        store.create(second).await.unwrap(),
        Created::New(_)
    ));
    let mut third = new("c", "third", "c");
    third.admission.quota.per_day = 2;
    assert_eq!(
        store.create(third.clone()).await.unwrap(),
        Created::TooManyToday
    );
    third.record.created_at += 24 * 60 * 60 * 1000 + 1;
    assert!(matches!(
        store.create(third).await.unwrap(),
        Created::New(_)
    ));
}

pub(crate) async fn a_pass_is_used_up(store: &dyn Store) {
    let with = |id: &str, site: &str, pass: &Pass| {
        let mut new = new(id, id, id);
        new.record.site = site.into();
        new.admission.pass = pass.clone();
        store.create(new)
    };
    let nonce = Pass::Nonce {
        nonce: "n".into(),
        until: 5_000,
    };
    assert!(matches!(
        with("aaa", "one", &nonce).await.unwrap(),
        Created::New(_)
    ));
    assert_eq!(with("bbb", "one", &nonce).await.unwrap(), Created::PassUsed);
    assert!(matches!(
        with("ccc", "two", &nonce).await.unwrap(),
        Created::New(_)
    ));

    let invite = |hash: &str, uses_left, expires| Invite {
        hash: hash.into(),
        site: "one".into(),
        uses_left,
        expires,
    };
    store.add_invite(invite("h", 2, 2_000)).await.unwrap();
    store.add_invite(invite("late", 2, 1_000)).await.unwrap();
    let code = Pass::Invite("h".into());
    for (site, hash, usable) in [
        ("one", "h", true),
        ("two", "h", false),
        ("one", "late", false),
        ("one", "none", false),
    ] {
        let told = store.is_invited(site, hash, 1_000).await.unwrap();
        assert_eq!(told, usable, "{hash} on {site}");
    }
    assert_eq!(
        with("ddd", "two", &code).await.unwrap(),
        Created::PassUsed,
        "another site's"
    );
    assert!(matches!(
        with("ddd", "one", &code).await.unwrap(),
        Created::New(_)
    ));
    // A name that is taken uses nothing up.
    let mut taken = new("x", "aaa", "x");
    taken.admission.pass = code.clone();
    assert_eq!(store.create(taken).await.unwrap(), Created::AddressTaken);
    assert!(matches!(
        with("eee", "one", &code).await.unwrap(),
        Created::New(_)
    ));
    assert_eq!(with("fff", "one", &code).await.unwrap(), Created::PassUsed);
    assert!(!store.is_invited("one", "h", 1_000).await.unwrap());
    let late = Pass::Invite("late".into());
    assert_eq!(
        with("fff", "one", &late).await.unwrap(),
        Created::PassUsed,
        "it has ended"
    );
    assert_eq!(
        store.invites().await.unwrap(),
        [invite("h", 0, 2_000), invite("late", 2, 1_000)]
    );
}
