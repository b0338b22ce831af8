//! What the engine promises: ready or gone, made once, nothing left behind.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
#[allow(dead_code, unreachable_pub)] // each test binary uses its own part
mod support;
mod waiting;

use api::store::Store;
use devgrid::{DevGridConfig, Faults};
use order::api::{FailureCode, State, StepName, StepState};
use support::World;

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
