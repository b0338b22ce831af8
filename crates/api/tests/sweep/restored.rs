//! Databases that do not know what they once knew.

use std::sync::Arc;

use api::engine::Owner;
use api::store::MemoryStore;
use order::api::State;

use crate::support::World;
use crate::{leave_behind, lives, looks, world};

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
