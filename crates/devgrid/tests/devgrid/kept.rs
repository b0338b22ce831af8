//! What a restart finds again.

use std::{fs, path::Path, sync::Arc, time::Duration};

use devgrid::{DevGrid, DevGridConfig, DevGridError, TokioClock};
use grid::{At, Call, Clock, Grid, WorkloadState};

use crate::support::*;

fn config(path: &Path) -> DevGridConfig {
    DevGridConfig {
        state_file: Some(path.to_owned()),
        ..DevGridConfig::default()
    }
}

fn start(path: &Path, clock: &TokioClock) -> Result<Arc<DevGrid>, DevGridError> {
    DevGrid::start(config(path), Arc::new(clock.clone()))
}

#[tokio::test(start_paused = true)]
async fn a_restart_continues_the_chain_and_the_machines() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("devgrid.json");
    let clock = TokioClock::starting_at(5_000);
    let grid = start(&path, &clock).unwrap();
    let plan = plan(&grid, "myclub");
    let found = send(&grid, &plan).await;
    let before = grid.ledger();
    let history = grid.history();
    drop(grid);

    let grid = start(&path, &clock).unwrap();
    assert_eq!(grid.ledger(), before);
    assert_eq!(grid.history(), history);
    assert_eq!(grid.find(&plan, At::Best).await.unwrap(), found);
    drop(grid);

    clock.sleep(BLOCK * 10).await;
    let grid = start(&path, &clock).unwrap();
    let after = grid.ledger();
    assert_eq!(after.block, before.block + 10);
    assert!(
        after.balance < before.balance,
        "a contract costs while nobody looks"
    );
    let machine = grid.workloads(11, found.machine.unwrap()).await.unwrap();
    assert_eq!(states(&machine), [WorkloadState::Ok; 4]);
    assert!(grid.answers("myclub.ava.tf").is_some());
    cancel(&grid, &found).await;
    assert_eq!(ours(&grid), 0);
}

#[tokio::test(start_paused = true)]
async fn what_was_seen_in_a_block_stays_and_the_pool_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("devgrid.json");
    let clock = TokioClock::starting_at(5_000);
    let name = |name: &str| [Call::CreateName { name: name.into() }];

    let grid = start(&path, &clock).unwrap();
    let seen = grid.sign(&name("seen")).await.unwrap();
    grid.submit(&seen).await.unwrap();
    clock.sleep(BLOCK).await;
    assert_eq!(ours(&grid), 1, "seen through the ledger alone");
    drop(grid);

    let grid = start(&path, &clock).unwrap();
    assert!(grid.inclusion(&seen).await.unwrap().is_some());
    let pooled = grid.sign(&name("pooled")).await.unwrap();
    grid.submit(&pooled).await.unwrap();
    drop(grid);

    let grid = start(&path, &clock).unwrap();
    next(&grid).await;
    assert_eq!(grid.inclusion(&pooled).await.unwrap(), None);
    grid.submit(&pooled).await.unwrap();
    next(&grid).await;
    assert!(grid.inclusion(&pooled).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn the_file_holds_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("devgrid.json");
    let grid = start(&path, &TokioClock::starting_at(0)).unwrap();
    let plan = plan(&grid, "myclub");
    assert!(plan.machine.body.contains("secret-of-the-admin"));
    send(&grid, &plan).await;
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("ADMIN_PASSWORD"));
    assert!(!text.contains("secret-of-the-admin"));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_back_stops_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("devgrid.json");
    let grid = start(&path, &TokioClock::starting_at(50_000_000)).unwrap();
    let found = send(&grid, &plan(&grid, "myclub")).await;
    let block = grid.ledger().block;
    drop(grid);

    let grid = start(&path, &TokioClock::starting_at(1_000)).unwrap();
    assert_eq!(grid.ledger().block, block);
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert!(grid.ledger().block > block);
    assert!(grid.answers("myclub.ava.tf").is_some());
    cancel(&grid, &found).await;
}

#[tokio::test(start_paused = true)]
async fn a_chain_goes_on_with_another_block_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("devgrid.json");
    let clock = TokioClock::starting_at(5_000);
    let grid = start(&path, &clock).unwrap();
    run(&grid, &[]).await;
    let block = grid.ledger().block;
    drop(grid);
    let fast = config(&path).hurried();
    let grid = DevGrid::start(fast, Arc::new(clock.clone())).unwrap();
    assert_eq!(grid.ledger().block, block);
    clock.sleep(Duration::from_secs(3)).await;
    assert_eq!(grid.ledger().block, block + 10);
}

#[tokio::test(start_paused = true)]
async fn a_file_of_something_else_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("devgrid.json");
    let clock = TokioClock::starting_at(0);
    let refusal = || start(&path, &clock).unwrap_err().to_string();

    fs::write(&path, "{\"version\":1}").unwrap();
    assert!(refusal().contains("move it away"), "{}", refusal());
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"version\":1}");

    fs::remove_file(&path).unwrap();
    start(&path, &clock).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"version\":1", "\"version\":9")).unwrap();
    assert!(refusal().contains("version is 9"), "{}", refusal());
    fs::write(&path, text.replace("\"twin\":100", "\"twin\":3")).unwrap();
    assert!(refusal().contains("twin 3's"), "{}", refusal());
}

#[tokio::test(start_paused = true)]
async fn a_place_that_cannot_be_written_is_refused_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("missing").join("devgrid.json");
    let error = start(&path, &TokioClock::starting_at(0)).unwrap_err();
    assert!(matches!(error, DevGridError::Write { .. }));
    assert!(error.to_string().contains("make its directory writable"));
}

#[tokio::test(start_paused = true)]
async fn a_change_that_cannot_be_kept_is_not_answered() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state").join("devgrid.json");
    fs::create_dir(dir.path().join("state")).unwrap();
    let grid = start(&path, &TokioClock::starting_at(0)).unwrap();
    let plan = plan(&grid, "myclub");
    let batch = grid.sign(&plan.calls()).await.unwrap();
    grid.submit(&batch).await.unwrap();
    fs::remove_dir_all(dir.path().join("state")).unwrap();
    tokio::time::sleep(BLOCK).await;
    assert!(grid.inclusion(&batch).await.unwrap_err().is_transient());
    fs::create_dir(dir.path().join("state")).unwrap();
    assert!(grid.inclusion(&batch).await.unwrap().is_some());
    assert!(path.exists());
}
