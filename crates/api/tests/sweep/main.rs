//! What the sweeper ends, and above all what it leaves alone.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/listing.rs"]
#[allow(unreachable_pub)]
mod listing;
mod others;
mod restored;
#[path = "../support/mod.rs"]
#[allow(dead_code, unreachable_pub)] // each test binary uses its own part
mod support;

use std::sync::Arc;
use std::time::Duration;

use api::engine::{Owner, Survey, Sweeper};
use api::store::{Changes, IntentState, Store};
use devgrid::{DevGridConfig, Faults};
use grid::{At, Call, Clock, ContractId, Grid};
use order::api::State;
use support::World;

/// A world with a deployment that is over, `a`, and one that lives, `b`; the sweeper waits for
/// `sweep_era` blocks.
async fn world(sweep_era: u64) -> World {
    let mut world = World::new(DevGridConfig::default());
    set_era(&mut world, sweep_era);
    for (id, name) in [("a", "myclub"), ("b", "ourclub")] {
        world.order(id, name).await;
        assert_eq!(world.finish(id).await.state, State::Ready);
    }
    world.store.request_cancel("a").await.unwrap();
    assert_eq!(world.finish("a").await.state, State::Deleted);
    assert_eq!(world.ours(), 3, "b's");
    world
}

fn set_era(world: &mut World, blocks: u64) {
    Arc::get_mut(&mut world.engine).unwrap().patience.sweep_era = blocks;
}

/// Somebody pays for a contract with this marker.
async fn pay(world: &World, data: &str) -> ContractId {
    let before = world.grid.ledger().contracts;
    let hash = format!("{:032x}", before.last().unwrap().id);
    let call = Call::CreateNode {
        node: 11,
        hash,
        data: data.into(),
    };
    run(world, call).await;
    let after = world.grid.ledger().contracts;
    after.last().unwrap().id
}

/// Until the call is final.
async fn run(world: &World, call: Call) {
    let batch = world.grid.sign(&[call]).await.unwrap();
    world.grid.submit(&batch).await.unwrap();
    world.clock.sleep(Duration::from_secs(120)).await;
    let inclusion = world.grid.inclusion(&batch).await.unwrap().unwrap();
    assert_eq!(inclusion.result, Ok(()));
}

/// As if a batch of the engine's had failed behind its back: `a` is over, was seen to have the
/// contract, and has it.
async fn leave_behind(world: &World) -> ContractId {
    let id = pay(world, "gridtube/1/memory/a").await;
    let mut record = world.get("a").await;
    record.contracts.machine = Some(id);
    world
        .store
        .save(&mut record, Changes::default())
        .await
        .unwrap();
    id
}

/// So many looks, ten minutes apart, with the engine at work in between.
async fn looks(world: &World, looks: usize) -> Survey {
    let mut sweeper = Sweeper::new(Arc::clone(&world.engine));
    let mut survey = None;
    for _ in 0..looks {
        survey = Some(sweeper.round().await.unwrap());
        for id in world.store.open().await.unwrap() {
            world.finish(&id).await;
        }
        world.clock.sleep(world.engine.patience.sweep).await;
    }
    survey.unwrap()
}

fn lives(world: &World, id: ContractId) -> bool {
    world.contracts().iter().any(|c| c.id == id)
}

fn owner(survey: &Survey, id: ContractId) -> Owner {
    let claim = survey.claims.iter().find(|c| c.contract.id == id);
    claim.unwrap().owner
}

#[tokio::test(start_paused = true)]
async fn what_a_deployment_left_is_cancelled_and_nothing_else() {
    let world = world(0).await;
    let left = leave_behind(&world).await;
    let survey = looks(&world, 1).await;
    assert_eq!(owner(&survey, left), Owner::Leftover);
    assert_eq!(survey.count(Owner::Living), 3);
    assert!(!lives(&world, left));
    assert_eq!(world.ours(), 3, "b's");
    assert_eq!(world.engine.meters.contracts_swept(), 1);
    assert_eq!(looks(&world, 3).await.count(Owner::Leftover), 0);
    assert_eq!(world.engine.meters.contracts_swept(), 1, "once");
    let b = world.grid.find(&plan_of(&world, "b").await, At::Best).await;
    assert_eq!(b.unwrap().ids().len(), 3);
}

async fn plan_of(world: &World, id: &str) -> grid::Plan {
    use base64ct::{Base64, Encoding};
    let sealed = world.get(id).await.plan.unwrap();
    let sealed = Base64::decode_vec(&sealed).unwrap();
    let text = world.engine.secrets.unseal(id, &sealed).unwrap();
    serde_json::from_slice(&text).unwrap()
}

#[tokio::test(start_paused = true)]
async fn nothing_is_cancelled_before_an_era_has_passed() {
    let world = world(64).await;
    let left = leave_behind(&world).await;
    let mut sweeper = Sweeper::new(Arc::clone(&world.engine));
    let first = sweeper.round().await.unwrap().block;
    loop {
        world.clock.sleep(Duration::from_secs(60)).await;
        let block = sweeper.round().await.unwrap().block;
        let signed = !world.get("a").await.intents.is_empty();
        assert_eq!(signed, block >= first + 64, "block {block}, first {first}");
        if signed {
            break;
        }
    }
    assert!(lives(&world, left), "signed, not sent");
    world.finish("a").await;
    assert!(!lives(&world, left));
}

#[tokio::test(start_paused = true)]
async fn the_era_begins_again_for_what_was_not_there_at_a_look() {
    let world = world(64).await;
    let left = leave_behind(&world).await;
    let mut sweeper = Sweeper::new(Arc::clone(&world.engine));
    sweeper.round().await.unwrap();
    let mut record = world.get("a").await;
    // For one look it belongs to a deployment that lives.
    record.state = State::Unwinding;
    world
        .store
        .save(&mut record, Changes::default())
        .await
        .unwrap();
    sweeper.round().await.unwrap();
    record.state = State::Deleted;
    world
        .store
        .save(&mut record, Changes::default())
        .await
        .unwrap();
    world.clock.sleep(Duration::from_secs(64 * 6)).await;
    sweeper.round().await.unwrap();
    assert_eq!(world.get("a").await.intents, []);
    assert!(lives(&world, left));
}

#[tokio::test(start_paused = true)]
async fn a_living_deployment_keeps_its_contracts_in_every_state() {
    let world = world(0).await;
    world.order("c", "theirclub").await;
    let mut sweeper = Sweeper::new(Arc::clone(&world.engine));
    let mut states = vec![];
    loop {
        sweeper.round().await.unwrap();
        assert_eq!(world.engine.meters.contracts_swept(), 0, "{states:?}");
        let state = world.get("c").await.state;
        states.extend((states.last() != Some(&state)).then_some(state));
        match state {
            State::Ready => {
                world.store.request_cancel("c").await.unwrap();
            }
            State::Deleted => break,
            _ => {}
        }
        world.step("c").await;
    }
    assert!(states.len() > 7, "{states:?}");
    let mut sweeper = Sweeper::new(Arc::clone(&world.engine));
    sweeper.round().await.unwrap();
    assert_eq!(world.engine.meters.contracts_swept(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_second_contract_of_a_living_deployment_is_told_of_and_left() {
    let world = world(0).await;
    let second = pay(&world, "gridtube/1/memory/b").await;
    let survey = looks(&world, 2).await;
    assert_eq!(owner(&survey, second), Owner::Double);
    assert!(lives(&world, second));
}

#[tokio::test(start_paused = true)]
async fn a_sweep_that_is_cut_off_is_seen_through_by_the_next_process() {
    let mut world = world(0).await;
    let left = leave_behind(&world).await;
    let mut sweeper = Sweeper::new(Arc::clone(&world.engine));
    sweeper.round().await.unwrap();
    assert!(lives(&world, left), "signed and written down, not sent");
    assert_eq!(world.get("a").await.intents[0].state, IntentState::Open);
    drop(sweeper);
    world.restart(0);
    assert_eq!(
        world.store.open().await.unwrap(),
        ["a"],
        "it keeps the signer"
    );
    world.finish("a").await;
    assert!(!lives(&world, left));
    assert_eq!(world.store.open().await.unwrap(), [""; 0]);
    world.order("c", "theirclub").await;
    assert_eq!(world.finish("c").await.state, State::Ready);
}

#[tokio::test(start_paused = true)]
async fn it_waits_for_the_signer_and_for_a_chain_that_does_not_answer() {
    let world = world(0).await;
    let left = leave_behind(&world).await;
    world.order("c", "theirclub").await;
    world.until("c", State::Paying).await;
    let mut sweeper = Sweeper::new(Arc::clone(&world.engine));
    sweeper.round().await.unwrap();
    assert_eq!(world.get("a").await.intents, [], "the signer is c's");
    world.finish("c").await;
    world.grid.set_faults(Faults {
        chain_down: true,
        ..Faults::default()
    });
    assert!(sweeper.round().await.is_err());
    world.grid.set_faults(Faults {
        lost_submit: 0.5,
        ..Faults::default()
    });
    sweeper.round().await.unwrap();
    world.finish("a").await;
    looks(&world, 2).await;
    assert!(!lives(&world, left));
    assert_eq!(world.ours(), 6, "b's and c's");
}
