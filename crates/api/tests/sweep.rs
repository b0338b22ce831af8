//! What the sweeper ends, and above all what it leaves alone.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/listing.rs"]
#[allow(unreachable_pub)]
mod listing;
#[allow(dead_code, unreachable_pub)] // each test binary uses its own part
mod support;

use std::{sync::Arc, time::Duration};

use api::{
    engine::{Owner, Survey, Sweeper},
    store::{Changes, IntentState, MemoryStore, Store},
};
use devgrid::{DevGridConfig, Faults};
use grid::{At, Call, Clock, Contract, ContractId, Grid};
use listing::Listing;
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
async fn a_restored_database_sweeps_nothing() {
    let mut world = world(0).await;
    let left = leave_behind(&world).await;
    let backup = Arc::new(MemoryStore::clone(&world.store));
    world.order("c", "theirclub").await;
    assert_eq!(world.finish("c").await.state, State::Ready);
    let all = world.ours();
    restore(&mut world, backup);
    let survey = looks(&world, 3).await;
    assert_eq!(survey.count(Owner::Unknown), 2, "c's machine and gateway");
    assert!(survey.is_outdated());
    assert_eq!(world.ours(), all);
    assert!(lives(&world, left), "not even what looks left behind");
}

fn restore(world: &mut World, backup: Arc<MemoryStore>) {
    Arc::get_mut(&mut world.engine).unwrap().store = Arc::clone(&backup) as _;
    world.store = backup;
}

/// The restored database takes the deployment up where the backup was made, and fails: its name is
/// taken, by itself.
#[tokio::test(start_paused = true)]
async fn what_a_restored_database_takes_for_over_is_not_swept() {
    let mut world = world(0).await;
    let left = leave_behind(&world).await;
    world.order("c", "theirclub").await;
    let backup = Arc::new(MemoryStore::clone(&world.store));
    assert_eq!(world.finish("c").await.state, State::Ready);
    let all = world.ours();
    restore(&mut world, backup);
    assert_eq!(world.finish("c").await.state, State::Failed);
    let survey = looks(&world, 3).await;
    assert_eq!(survey.count(Owner::Unrecorded), 2);
    assert!(survey.is_outdated());
    assert_eq!(world.ours(), all);
    assert!(lives(&world, left));
}

#[tokio::test(start_paused = true)]
async fn an_empty_database_sweeps_nothing() {
    let mut world = world(0).await;
    restore(&mut world, Arc::default());
    let survey = looks(&world, 3).await;
    assert_eq!(survey.count(Owner::Unknown), 2);
    assert_eq!(world.ours(), 3);
}

#[tokio::test(start_paused = true)]
async fn markers_of_others_are_left_alone() {
    let world = world(0).await;
    let left = leave_behind(&world).await;
    let markers = [
        ("gridtube/1/other/a", Owner::OtherDatabase),
        ("gridtube/1/memory2/a", Owner::OtherDatabase),
        ("gridtube/1//a", Owner::OtherDatabase),
        ("gridtube/2/memory/a", Owner::Unmarked),
        ("gridtube/1/memory", Owner::Unmarked),
        ("gridtube/1/memory/", Owner::Unmarked),
        ("gridtube/1/memory/a/a", Owner::Unmarked),
        ("gridtube/1memory/a", Owner::Unmarked),
        ("xgridtube/1/memory/a", Owner::Unmarked),
        ("", Owner::Unmarked),
    ];
    let mut kept = vec![];
    for (marker, owner) in markers {
        kept.push((pay(&world, marker).await, owner, marker));
    }
    // Even if this database had recorded their numbers.
    let mut record = world.get("a").await;
    (record.contracts.name, record.contracts.gateway) = (Some(kept[0].0), Some(kept[3].0));
    world
        .store
        .save(&mut record, Changes::default())
        .await
        .unwrap();
    let survey = looks(&world, 3).await;
    for (id, is, marker) in kept {
        assert_eq!(owner(&survey, id), is, "{marker:?}");
        assert!(lives(&world, id), "{marker:?}");
    }
    assert!(!survey.is_outdated());
    assert!(!lives(&world, left), "it did sweep");
}

#[tokio::test(start_paused = true)]
async fn names_go_by_their_number_alone() {
    let world = world(0).await;
    for name in ["myclub", "unheard"] {
        let name = name.into();
        run(&world, Call::CreateName { name }).await;
    }
    let ours = world.contracts();
    let (mine, unheard) = (ours[3].id, ours[4].id);
    assert_eq!(looks(&world, 2).await.count(Owner::Unmarked), 2);
    assert!(lives(&world, mine) && lives(&world, unheard));

    // The same name, now one that `a` was seen to have, beside its machine.
    let left = leave_behind(&world).await;
    let mut record = world.get("a").await;
    record.contracts.name = Some(mine);
    world
        .store
        .save(&mut record, Changes::default())
        .await
        .unwrap();
    looks(&world, 2).await;
    assert!(!lives(&world, mine) && !lives(&world, left));
    assert!(lives(&world, unheard));
}

#[tokio::test(start_paused = true)]
async fn other_twins_contracts_and_number_zero_are_never_signed_for() {
    let mut world = world(0).await;
    let left = leave_behind(&world).await;
    let bogus = |id, twin| Contract {
        id,
        twin,
        data: "gridtube/1/memory/a".into(),
        name: None,
    };
    let grid = Listing::new(
        Arc::clone(&world.grid),
        vec![bogus(0, world.grid.twin()), bogus(1, 4711)],
    );
    // This database believes that it had them.
    let mut record = world.get("a").await;
    (record.contracts.name, record.contracts.gateway) = (Some(0), Some(1));
    world
        .store
        .save(&mut record, Changes::default())
        .await
        .unwrap();
    Arc::get_mut(&mut world.engine).unwrap().grid = Arc::clone(&grid) as _;
    let survey = looks(&world, 1).await;
    assert_eq!(survey.count(Owner::NotOurs), 2);
    assert_eq!(grid.signed(), [Call::Cancel { contract: left }]);
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
