//! Batches, blocks, nonces, eras, money.

use std::time::Duration;

use devgrid::DevGridConfig;
use grid::{At, Call, Grid, GridError};

use crate::support::*;

fn name(name: &str) -> Call {
    Call::CreateName { name: name.into() }
}

fn why(result: Result<(), GridError>) -> String {
    match result {
        Err(GridError::Rejected { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_pays_for_all_of_a_plan_in_one_block() {
    let grid = grid();
    let plan = plan(&grid, "myclub");
    let before = grid.head().await.unwrap();
    let inclusion = run(&grid, &plan.calls()).await;
    assert_eq!(inclusion.block, before.best + 1);
    let found = grid.find(&plan, At::Best).await.unwrap();
    assert_eq!(found.ids().len(), 3);
    assert!(!grid.name_is_free("myclub").await.unwrap());
    assert_eq!(ours(&grid), 3);
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_in_the_next_block_even_when_nobody_looks() {
    let grid = grid();
    let batch = grid.sign(&[name("myclub")]).await.unwrap();
    grid.submit(&batch).await.unwrap();
    let before = grid.head().await.unwrap();
    tokio::time::sleep(BLOCK * 10).await;
    let inclusion = grid.inclusion(&batch).await.unwrap().unwrap();
    assert_eq!(inclusion.block, before.best + 1);
}

#[tokio::test(start_paused = true)]
async fn one_refused_call_undoes_all() {
    let grid = grid();
    let mut plan = plan(&grid, "myclub");
    let mut calls = plan.calls();
    calls.push(name("taken"));
    let inclusion = run(&grid, &calls).await;
    assert_eq!(inclusion.result, Err("NameExists".into()));
    assert_eq!(ours(&grid), 0);
    plan.name = Some("taken".into());
    let found = grid.find(&plan, At::Best).await.unwrap();
    assert!(found.is_empty(), "another twin's name is not ours");
    assert_eq!(found.nonce, 1, "a failed batch uses up its nonce");
}

#[tokio::test(start_paused = true)]
async fn the_same_node_and_hash_are_paid_once() {
    let grid = grid();
    let plan = plan(&grid, "myclub");
    run(&grid, &plan.calls()).await;
    let again = &plan.calls()[1..];
    assert_eq!(
        run(&grid, again).await.result,
        Err("ContractIsNotUnique".into())
    );
}

#[tokio::test(start_paused = true)]
async fn contracts_are_ours_to_cancel_or_not() {
    let grid = grid();
    let stranger = grid.ledger().contracts[0].clone();
    assert_ne!(stranger.twin, grid.twin());
    let refused = run(&grid, &[cancel_call(stranger.id)]).await;
    assert_eq!(
        refused.result,
        Err("TwinNotAuthorizedToCancelContract".into())
    );

    let plan = plan(&grid, "myclub");
    run(&grid, &plan.calls()).await;
    let found = grid.find(&plan, At::Best).await.unwrap();
    cancel(&grid, &found).await;
    assert_eq!(ours(&grid), 0);
    assert!(grid.name_is_free("myclub").await.unwrap());
    let again = run(&grid, &[cancel_call(found.ids()[0])]).await;
    assert_eq!(again.result, Err("ContractNotExists".into()));
}

#[tokio::test(start_paused = true)]
async fn finalized_answers_are_two_blocks_behind() {
    let grid = grid();
    let plan = plan(&grid, "myclub");
    let included = run(&grid, &plan.calls()).await.block;
    for lag in [0, 1] {
        let found = grid.find(&plan, At::Finalized).await.unwrap();
        assert!(found.is_empty() && found.nonce == 0, "{lag} blocks later");
        assert!(grid.contracts("gridtube/").await.unwrap().is_empty());
        next(&grid).await;
    }
    let found = grid.find(&plan, At::Finalized).await.unwrap();
    assert_eq!((found.block, found.nonce), (included, 1));
    assert_eq!(found.ids().len(), 3);
    assert_eq!(grid.contracts("gridtube/").await.unwrap().len(), 2);
    assert_eq!(grid.contracts("other/").await.unwrap(), []);
    assert_eq!(grid.contracts("").await.unwrap().len(), 3);

    cancel(&grid, &found).await;
    assert!(grid.find(&plan, At::Best).await.unwrap().is_empty());
    assert_eq!(
        grid.find(&plan, At::Finalized).await.unwrap().ids().len(),
        3
    );
    next(&grid).await;
    next(&grid).await;
    assert!(grid.find(&plan, At::Finalized).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_used_nonce_is_refused_by_the_pool() {
    let grid = grid();
    let stale = grid.sign(&[name("late")]).await.unwrap();
    run(&grid, &[name("early")]).await;
    assert!(why(grid.submit(&stale).await).starts_with("1010 "));
    assert_eq!(grid.inclusion(&stale).await.unwrap(), None);

    let plan = plan(&grid, "late");
    let found = grid.find(&plan, At::Best).await.unwrap();
    assert!(found.is_empty() && found.rules_out(&stale));
}

#[tokio::test(start_paused = true)]
async fn one_nonce_has_one_batch_in_the_pool() {
    let grid = grid();
    let first = grid.sign(&[name("first")]).await.unwrap();
    let rival = grid.sign(&[name("rival")]).await.unwrap();
    grid.submit(&first).await.unwrap();
    assert!(why(grid.submit(&rival).await).starts_with("1014 "));
    let after = grid.sign(&[name("second")]).await.unwrap();
    assert_eq!(after.nonce, first.nonce + 1);
}

#[tokio::test(start_paused = true)]
async fn a_batch_waits_for_the_nonce_before_it() {
    let grid = grid();
    let first = grid.sign(&[name("first")]).await.unwrap();
    grid.submit(&first).await.unwrap();
    let second = grid.sign(&[name("second")]).await.unwrap();
    grid.submit(&second).await.unwrap();
    next(&grid).await;
    let block = |i: Option<grid::Inclusion>| i.unwrap().block;
    assert_eq!(
        block(grid.inclusion(&first).await.unwrap()),
        block(grid.inclusion(&second).await.unwrap())
    );
}

#[tokio::test(start_paused = true)]
async fn a_dead_era_is_refused_and_provably_over() {
    let grid = grid();
    let plan = plan(&grid, "myclub");
    let batch = grid.sign(&plan.calls()).await.unwrap();
    let start = grid.head().await.unwrap().best;
    assert_eq!(batch.era_end, start + 31);
    while grid.head().await.unwrap().best < batch.era_end - 1 {
        next(&grid).await;
    }
    let found = grid.find(&plan, At::Finalized).await.unwrap();
    assert!(
        !found.rules_out(&batch),
        "it can still be in the next block"
    );
    next(&grid).await;
    assert!(why(grid.submit(&batch).await).contains("ancient birth block"));
    next(&grid).await;
    next(&grid).await;
    let found = grid.find(&plan, At::Finalized).await.unwrap();
    assert!(found.is_empty() && found.rules_out(&batch));
}

#[tokio::test(start_paused = true)]
async fn the_last_block_of_an_era_still_takes_a_batch() {
    let grid = grid();
    let batch = grid.sign(&[name("myclub")]).await.unwrap();
    while grid.head().await.unwrap().best < batch.era_end - 1 {
        next(&grid).await;
    }
    grid.submit(&batch).await.unwrap();
    next(&grid).await;
    let inclusion = grid.inclusion(&batch).await.unwrap().unwrap();
    assert_eq!((inclusion.block, inclusion.result), (batch.era_end, Ok(())));
}

#[tokio::test(start_paused = true)]
async fn the_same_bytes_count_once_whenever_they_come() {
    let grid = grid();
    let batch = grid.sign(&[name("myclub")]).await.unwrap();
    grid.submit(&batch).await.unwrap();
    grid.submit(&batch).await.unwrap();
    next(&grid).await;
    grid.submit(&batch).await.unwrap();
    tokio::time::sleep(BLOCK * 40).await;
    grid.submit(&batch).await.unwrap();
    next(&grid).await;
    assert_eq!(ours(&grid), 1);
    assert_eq!(grid.ledger().nonce, 1);
}

#[tokio::test(start_paused = true)]
async fn changed_bytes_are_refused() {
    let grid = grid();
    let mut batch = grid.sign(&[name("myclub")]).await.unwrap();
    let text = String::from_utf8(batch.bytes).unwrap();
    batch.bytes = text.replace("myclub", "mypubs").into_bytes();
    assert!(why(grid.submit(&batch).await).contains("bad signature"));
    batch.bytes = b"nonsense".to_vec();
    assert!(why(grid.submit(&batch).await).starts_with("1002 "));
}

#[tokio::test(start_paused = true)]
async fn a_name_taken_in_between_fails_the_batch() {
    let grid = grid();
    let plan = plan(&grid, "myclub");
    grid.preflight(&want("myclub"), &PLACE).await.unwrap();
    grid.take_name("myclub").unwrap();
    assert!(
        grid.name_is_free("myclub").await.unwrap(),
        "not yet in a block"
    );
    let inclusion = run(&grid, &plan.calls()).await;
    assert_eq!(inclusion.result, Err("NameExists".into()));
    assert!(grid.find(&plan, At::Best).await.unwrap().is_empty());
    assert!(grid.take_name("myclub").is_err());
}

#[tokio::test(start_paused = true)]
async fn next_block_waits_for_exactly_one() {
    let grid = grid();
    let start = tokio::time::Instant::now();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let head = grid.head().await.unwrap();
    let then = grid.next_block(head.best).await.unwrap();
    assert_eq!(then.best, head.best + 1);
    assert_eq!(start.elapsed(), BLOCK);
    assert_eq!(grid.next_block(head.best).await.unwrap(), then);
    assert_eq!(
        start.elapsed(),
        BLOCK,
        "a block that is there is not waited for"
    );
}

#[tokio::test(start_paused = true)]
async fn contracts_cost_money_by_the_hour_until_they_end() {
    let grid = grid();
    let config = DevGridConfig::default();
    let hourly = 2 * config.node_hour + config.name_hour;
    let plan = plan(&grid, "myclub");
    run(&grid, &plan.calls()).await;
    let paid = grid.ledger().balance;
    assert_eq!(paid, config.balance - config.fee);

    tokio::time::sleep(Duration::from_secs(10 * 3600)).await;
    assert_eq!(grid.ledger().balance, paid - 10 * hourly);

    let found = grid.find(&plan, At::Best).await.unwrap();
    cancel(&grid, &found).await;
    let after = grid.ledger().balance;
    tokio::time::sleep(Duration::from_secs(10 * 3600)).await;
    assert_eq!(grid.ledger().balance, after);
}

#[tokio::test(start_paused = true)]
async fn who_has_no_money_is_told_before_and_refused_by_the_pool() {
    let grid = grid_with(DevGridConfig {
        balance: 5_000,
        ..DevGridConfig::default()
    });
    let batch = grid.sign(&[name("myclub")]).await.unwrap();
    assert!(why(grid.submit(&batch).await).contains("pay some fees"));
    let poor = grid.preflight(&want("myclub"), &PLACE).await;
    assert_eq!(poor, Err(grid::PreflightError::NotEnoughMoney { hours: 0 }));
}

#[tokio::test(start_paused = true)]
async fn the_same_calls_give_the_same_ledger() {
    async fn story(seed: u64) -> String {
        let mut config = DevGridConfig::default();
        config.faults.seed = seed;
        config.faults.lost_submit = 0.4;
        config.faults.dispatch_failure = 0.3;
        let grid = grid_with(config);
        for nth in 0..30 {
            let batch = grid.sign(&[name(&format!("club{nth}"))]).await.unwrap();
            let _ = grid.submit(&batch).await;
            next(&grid).await;
        }
        serde_json::to_string(&(grid.ledger(), grid.history())).unwrap()
    }
    assert_eq!(story(3).await, story(3).await);
    assert_ne!(story(3).await, story(4).await);
}
