//! A chain that is away, clocks that go wrong, and names that two want.

use std::sync::Arc;
use std::time::Duration;

use api::engine::Worker;
use api::store::{IntentState, Record, Store};
use devgrid::Faults;
use grid::{Clock, Grid};
use order::api::{FailureCode, State};
use tokio::sync::watch;

use crate::healthy;
use crate::support::FOREVER;

#[tokio::test(start_paused = true)]
async fn an_hour_without_a_chain_ends_clean() {
    for state in [
        State::Preflight,
        State::Planned,
        State::Paying,
        State::Sent,
        State::Unwinding,
    ] {
        let world = healthy();
        world.order("a", "myclub").await;
        if state == State::Unwinding {
            world.until("a", State::Starting).await;
            world.store.request_cancel("a").await.unwrap();
        }
        world.until("a", state).await;
        world.grid.set_faults(Faults {
            chain_down: true,
            ..Faults::default()
        });
        let grid = Arc::clone(&world.grid);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            grid.set_faults(Faults::default());
        });
        let end = world.finish("a").await;
        let contracts = if end.state == State::Ready { 3 } else { 0 };
        assert_eq!(
            world.ours(),
            contracts,
            "down in {state:?}, ended {:?}",
            end.state
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_at_every_state_ends_clean() {
    use State::{Paying, Planned, Preflight, Ready, Requested, Sent, Starting, Verifying};
    for state in [
        Requested, Preflight, Planned, Paying, Sent, Starting, Verifying, Ready,
    ] {
        let world = healthy();
        world.order("a", "myclub").await;
        world.until("a", state).await;
        world.store.request_cancel("a").await.unwrap();
        let end = world.finish("a").await;
        assert_eq!(end.state, State::Deleted, "cancelled in {state:?}");
        assert_eq!(world.ours(), 0, "cancelled in {state:?}");
        // And nothing that was sent before comes true later.
        world.clock.sleep(Duration::from_secs(600)).await;
        assert_eq!(world.ours(), 0, "cancelled in {state:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn many_deployments_share_one_signer() {
    let world = healthy();
    let (stop, stopping) = watch::channel(false);
    let worker = tokio::spawn(Worker::new(Arc::clone(&world.engine), stopping).run());
    for n in 0..8 {
        let record = world.order(&format!("id{n}"), &format!("club{n}")).await;
        world.engine.hints.wanted(&record.id);
    }
    let start = world.clock.now_ms();
    loop {
        let open = world.store.open().await.unwrap();
        if open.is_empty() {
            break;
        }
        assert!(world.clock.now_ms() - start < FOREVER, "{open:?}");
        world.clock.sleep(Duration::from_secs(1)).await;
    }
    for n in 0..8 {
        assert_eq!(world.get(&format!("id{n}")).await.state, State::Ready);
    }
    assert_eq!((world.ours(), world.ever()), (24, 24));
    stop.send_replace(true);
    worker.await.unwrap();
}

/// Leases hang on the look for work, and so does what a process left that died.
#[tokio::test(start_paused = true)]
async fn what_nobody_told_of_is_found_however_much_comes_in_between() {
    let world = healthy();
    let (stop, stopping) = watch::channel(false);
    let worker = tokio::spawn(Worker::new(Arc::clone(&world.engine), stopping).run());
    world.clock.sleep(Duration::from_secs(1)).await;
    world.order("a", "myclub").await;
    for _ in 0..20 {
        world.engine.hints.wanted("another");
        world.clock.sleep(Worker::RESCAN / 10).await;
    }
    assert_ne!(world.get("a").await.state, State::Requested);
    stop.send_replace(true);
    worker.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn two_orders_for_one_name_on_two_domains_do_not_end_each_other() {
    let world = healthy();
    world.order_on("a", "myclub", "ava.tf").await;
    world.order_on("b", "myclub", "3x0.me").await;
    world.until("a", State::Planned).await;
    world.until("b", State::Planned).await;
    world.until("a", State::Sent).await;

    let lost = world.finish("b").await;
    let failure = lost.failure.unwrap();
    assert_eq!(failure.code, FailureCode::NameTaken);
    assert!(!failure.paid, "nothing was paid for b");
    assert_eq!(world.finish("a").await.state, State::Ready);
    assert_eq!((world.ours(), world.ever()), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn a_name_that_another_took_at_once_is_not_ended_twice() {
    let world = healthy();
    world.order_on("a", "myclub", "ava.tf").await;
    world.finish("a").await;
    world.store.request_cancel("a").await.unwrap();
    // Until its cancel is in a block, which is not final yet, and the signer is free.
    let busy = |r: Record| r.intents.iter().any(|i| i.state == IntentState::Open);
    while world.ours() > 0 || busy(world.get("a").await) {
        world.step("a").await;
    }
    world.order_on("b", "myclub", "3x0.me").await;
    world.until("b", State::Starting).await;
    assert_eq!(world.finish("a").await.state, State::Deleted);
    assert_eq!(world.finish("b").await.state, State::Ready);
    assert_eq!((world.ours(), world.ever()), (3, 6));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_makes_no_wait_longer() {
    const YEAR: i64 = 365 * 24 * 60 * 60 * 1000;
    let deaf = Faults {
        deaf_nodes: vec![11, 12],
        ..Faults::default()
    };
    for (state, faults) in [
        (
            State::Preflight,
            Faults {
                directory_down: true,
                ..Faults::default()
            },
        ),
        (State::Sent, deaf.clone()),
        (State::Starting, deaf),
    ] {
        let mut world = healthy();
        world.order("a", "myclub").await;
        world.until("a", state).await;
        world.grid.set_faults(faults);
        world.restart(-YEAR);
        assert_eq!(world.finish("a").await.state, State::Failed, "{state:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_days_without_the_service_the_signer_is_free_again() {
    let world = healthy();
    world.order("a", "myclub").await;
    world.until("a", State::Paying).await;
    let batch = world.get("a").await.intents[0].batch.clone();
    world.grid.submit(&batch).await.unwrap();
    world.store.request_cancel("a").await.unwrap();
    // Longer than the grid remembers its batches; it forgets with the next one.
    world.clock.sleep(Duration::from_secs(40 * 3600)).await;
    let other = world.grid.sign(&[]).await.unwrap();
    world.grid.submit(&other).await.unwrap();
    world.clock.sleep(Duration::from_secs(60)).await;
    assert_eq!(world.grid.inclusion(&batch).await.unwrap(), None);
    world.order("b", "ourclub").await;
    assert_eq!(world.finish("a").await.state, State::Deleted);
    assert_eq!(world.finish("b").await.state, State::Ready);
    assert_eq!(world.ours(), 3, "b's");
}
