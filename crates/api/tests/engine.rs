//! What the engine promises: ready or gone, made once, nothing left behind.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, unreachable_pub)] // each test binary uses its own part
mod support;

use std::{sync::Arc, time::Duration};

use api::{
    engine::Worker,
    store::{IntentState, Record, Store},
};
use devgrid::{DevGridConfig, Faults};
use grid::{Clock, Grid};
use order::api::{FailureCode, State, StepName, StepState};
use support::World;
use tokio::sync::watch;

fn healthy() -> World {
    World::new(DevGridConfig::default())
}

#[tokio::test(start_paused = true)]
async fn an_order_becomes_an_instance_and_goes_without_a_trace() {
    let world = healthy();
    world.order("a", "myclub").await;
    let ready = world.finish("a").await;
    assert_eq!(ready.state, State::Ready);
    assert_eq!(world.ours(), 3, "a name, a machine, a gateway");
    assert!(
        ready.steps.iter().all(|s| s.state == StepState::Done),
        "{:?}",
        ready.steps
    );
    assert!(ready.ipv6.is_some() && ready.ready_at.is_some());
    assert_eq!(ready.intents, [], "the payment is final");

    let sealed = world.store.take_password("a").await.unwrap().unwrap();
    let password = world.engine.secrets.unseal("a", &sealed).unwrap();
    assert!((8..=50).contains(&password.len()), "PeerTube takes 8 to 50");

    world.store.request_cancel("a").await.unwrap();
    let gone = world.finish("a").await;
    assert_eq!((gone.state, gone.failure), (State::Deleted, None));
    assert_eq!((world.ours(), world.ever()), (0, 3));
    assert_eq!(gone.plan, None);
}

#[tokio::test(start_paused = true)]
async fn the_payment_waits_for_one_block() {
    let world = healthy();
    world.order("a", "myclub").await;
    let before = world.grid.ledger().block;
    world.until("a", State::Sent).await;
    let ours = world.contracts();
    assert_eq!(
        ours.iter().map(|c| c.created).collect::<Vec<_>>(),
        [before + 1; 3]
    );
    assert_eq!(world.grid.ledger().block, before + 1);
}

#[tokio::test(start_paused = true)]
async fn the_visitor_sees_every_step_in_order() {
    let world = healthy();
    world.order("a", "myclub").await;
    world.finish("a").await;
    let events = world.store.events("a", 0).await.unwrap();
    let done: Vec<StepName> = events
        .iter()
        .filter(|(_, e)| e.step_state == Some(StepState::Done))
        .filter_map(|(_, e)| e.step)
        .collect();
    assert_eq!(done.first(), Some(&StepName::Contracts));
    assert_eq!(done.last(), Some(&StepName::Check));
    assert_eq!(done.len(), StepName::ALL.len());
    assert_eq!(events.last().unwrap().1.state, State::Ready);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_taken_first_costs_nothing() {
    let world = healthy();
    world.order("a", "myclub").await;
    world.until("a", State::Paying).await;
    world.grid.take_name("myclub").unwrap();
    let failed = world.finish("a").await;
    let failure = failed.failure.unwrap();
    assert_eq!(
        (failed.state, failure.code),
        (State::Failed, FailureCode::NameTaken)
    );
    assert!(!failure.paid);
    assert_eq!(world.ever(), 0);
}

#[tokio::test(start_paused = true)]
async fn broken_machines_gateways_and_instances_leave_nothing_behind() {
    let nodes = Faults {
        broken_nodes: vec![11, 12],
        ..Faults::default()
    };
    let gateway = Faults {
        gateway_broken: true,
        ..Faults::default()
    };
    let silent = Faults {
        silent_nodes: vec![11, 12],
        ..Faults::default()
    };
    for (faults, code, step) in [
        (silent, FailureCode::NotAnswering, StepName::Peertube),
        (nodes, FailureCode::Machine, StepName::Machine),
        (gateway, FailureCode::Gateway, StepName::Address),
    ] {
        let world = World::with_faults(faults);
        world.order("a", "myclub").await;
        let failed = world.finish("a").await;
        let failure = failed.failure.unwrap();
        assert_eq!(
            (failed.state, failure.code, failure.step),
            (State::Failed, code, step)
        );
        assert!(failure.paid, "the visitor is told that something was paid");
        assert_eq!((world.ours(), world.ever()), (0, 3));
        let running = failed
            .steps
            .iter()
            .filter(|s| s.state == StepState::Running)
            .count();
        assert_eq!(running, 0, "nothing seems to go on: {:?}", failed.steps);
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_that_will_not_do_is_passed_over() {
    for faults in [
        Faults {
            deaf_nodes: vec![11],
            ..Faults::default()
        },
        Faults {
            full_nodes: vec![11],
            ..Faults::default()
        },
    ] {
        let world = World::with_faults(faults);
        world.order("a", "myclub").await;
        assert_eq!(world.finish("a").await.state, State::Ready);
    }
    let world = World::with_faults(Faults {
        full_nodes: vec![11, 12],
        ..Faults::default()
    });
    world.order("a", "myclub").await;
    let failed = world.finish("a").await;
    assert_eq!(failed.failure.unwrap().code, FailureCode::NoRoom);
    assert_eq!(world.ever(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_operator_who_cannot_pay_is_told_to_the_visitor_without_numbers() {
    let poor = DevGridConfig {
        balance: 1_000_000,
        ..DevGridConfig::default()
    };
    let unverified = Faults {
        not_verified: true,
        ..Faults::default()
    };
    for world in [World::new(poor), World::with_faults(unverified)] {
        world.order("a", "myclub").await;
        let failure = world.finish("a").await.failure.unwrap();
        assert_eq!((failure.code, failure.paid), (FailureCode::Operator, false));
        assert_eq!(world.ever(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn lost_and_refused_batches_are_made_good() {
    for seed in 0..20 {
        let faults = Faults {
            seed,
            lost_submit: 0.5,
            dispatch_failure: 0.2,
            ..Faults::default()
        };
        let world = World::with_faults(faults);
        world.order("a", "myclub").await;
        let end = world.finish("a").await;
        match end.state {
            State::Ready => assert_eq!((world.ours(), world.ever()), (3, 3), "seed {seed}"),
            State::Failed => assert_eq!(world.ours(), 0, "seed {seed}"),
            other => panic!("seed {seed}: {other:?}"),
        }
        world.store.request_cancel("a").await.unwrap();
        assert!(world.finish("a").await.state.is_over());
        assert_eq!(world.ours(), 0, "seed {seed}");
    }
}

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
        assert!(world.clock.now_ms() - start < support::FOREVER, "{open:?}");
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
