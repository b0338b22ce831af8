//! Each fault does what it says, and stops when it is taken away.

use std::{sync::Arc, time::Duration};

use devgrid::{DevGrid, Faults};
use grid::{At, Call, Grid, GridError, PreflightError, WorkloadState::*};

use crate::support::*;

fn none() -> Faults {
    Faults::default()
}

fn unreachable<T: std::fmt::Debug>(result: Result<T, GridError>) {
    assert!(result.unwrap_err().is_transient());
}

fn with(faults: Faults) -> Arc<DevGrid> {
    let grid = grid();
    grid.set_faults(faults);
    grid
}

#[tokio::test(start_paused = true)]
async fn the_chain_is_down_and_its_blocks_go_on() {
    let grid = grid();
    let plan = plan(&grid, "myclub");
    let batch = grid.sign(&plan.calls()).await.unwrap();
    let before = grid.head().await.unwrap();
    let down = Faults {
        chain_down: true,
        ..none()
    };
    grid.set_faults(down);
    unreachable(grid.head().await);
    unreachable(grid.next_block(0).await);
    unreachable(grid.sign(&[]).await);
    unreachable(grid.submit(&batch).await);
    unreachable(grid.inclusion(&batch).await);
    unreachable(grid.find(&plan, At::Best).await);
    unreachable(grid.contracts("").await);
    unreachable(grid.name_is_free("myclub").await);
    let preflight = grid.preflight(&want("myclub"), &PLACE).await;
    assert!(matches!(preflight, Err(PreflightError::Grid(e)) if e.is_transient()));

    tokio::time::sleep(BLOCK * 600).await;
    grid.set_faults(none());
    assert_eq!(grid.head().await.unwrap().best, before.best + 600);
    assert_eq!(ours(&grid), 0);
}

#[tokio::test(start_paused = true)]
async fn the_chain_goes_down_while_a_block_is_awaited() {
    let grid = grid();
    let head = grid.head().await.unwrap();
    let waiting = tokio::spawn({
        let grid = Arc::clone(&grid);
        async move { grid.next_block(head.best).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    grid.set_faults(Faults {
        chain_down: true,
        ..none()
    });
    unreachable(waiting.await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_lost_submission_is_lost_in_one_of_three_ways() {
    let grid = with(Faults {
        seed: 1,
        lost_submit: 1.0,
        ..none()
    });
    let (mut never, mut unheard, mut dropped) = (0, 0, 0);
    for nth in 0..40 {
        let name = format!("club{nth}");
        let batch = grid.sign(&[Call::CreateName { name }]).await.unwrap();
        let answer = grid.submit(&batch).await;
        next(&grid).await;
        let happened = grid.inclusion(&batch).await.unwrap().is_some();
        match (answer, happened) {
            (Err(GridError::Unreachable { .. }), false) => never += 1,
            (Err(GridError::Unreachable { .. }), true) => unheard += 1,
            (Result::Ok(()), false) => dropped += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(never > 0 && unheard > 0 && dropped > 0);
    assert_eq!(ours(&grid), unheard);
}

#[tokio::test(start_paused = true)]
async fn the_same_bytes_get_through_a_lossy_line_once() {
    let grid = with(Faults {
        seed: 5,
        lost_submit: 0.7,
        ..none()
    });
    let plan = plan(&grid, "myclub");
    let batch = grid.sign(&plan.calls()).await.unwrap();
    while grid.inclusion(&batch).await.unwrap().is_none() {
        let _ = grid.submit(&batch).await;
        next(&grid).await;
    }
    assert_eq!(ours(&grid), 3);
}

#[tokio::test(start_paused = true)]
async fn a_failed_dispatch_uses_the_nonce_and_nothing_else() {
    let grid = with(Faults {
        dispatch_failure: 1.0,
        ..none()
    });
    let plan = plan(&grid, "myclub");
    let inclusion = run(&grid, &plan.calls()).await;
    assert!(inclusion.result.is_err());
    assert_eq!((ours(&grid), grid.ledger().nonce), (0, 1));
    grid.set_faults(none());
    assert_eq!(run(&grid, &plan.calls()).await.result, Result::Ok(()));
}

#[tokio::test(start_paused = true)]
async fn broken_nodes_and_gateways_fail_in_the_last_workload_for_good() {
    let broken_node = Faults {
        broken_nodes: vec![11],
        ..none()
    };
    let broken_gateway = Faults {
        gateway_broken: true,
        ..none()
    };
    let machine_fails = ([Ok, Ok, Ok, Error], [Ok, Ok]);
    let gateway_fails = ([Ok, Ok, Ok, Ok], [Ok, Error]);
    for (faults, (machine, gateway)) in [
        (broken_node, machine_fails),
        (broken_gateway, gateway_fails),
    ] {
        let grid = with(faults);
        let found = send(&grid, &plan(&grid, "myclub")).await;
        grid.set_faults(none());
        tokio::time::sleep(Duration::from_secs(60)).await;
        let on_node = grid.workloads(11, found.machine.unwrap()).await.unwrap();
        let on_gateway = grid.workloads(101, found.gateway.unwrap()).await.unwrap();
        assert_eq!(states(&on_node), machine);
        assert_eq!(states(&on_gateway), gateway);
        assert_eq!(grid.answers("myclub.ava.tf"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn deaf_nodes_answer_nothing() {
    let grid = grid();
    let plan = plan(&grid, "myclub");
    let found = send(&grid, &plan).await;
    let machine = found.machine.unwrap();
    for (node, silent) in [
        (11, PreflightError::NodeSilent(11)),
        (101, PreflightError::GatewaySilent(101)),
    ] {
        grid.set_faults(Faults {
            deaf_nodes: vec![node],
            ..none()
        });
        assert_eq!(grid.preflight(&want("other"), &PLACE).await, Err(silent));
        unreachable(grid.workloads(node, machine).await);
    }
    grid.set_faults(Faults {
        deaf_nodes: vec![11],
        ..none()
    });
    unreachable(grid.deploy(&plan.machine, machine).await);
    grid.set_faults(none());
    grid.preflight(&want("other"), &PLACE).await.unwrap();
    grid.deploy(&plan.machine, machine).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn full_nodes_are_open_in_the_directory() {
    let grid = with(Faults {
        full_nodes: vec![11],
        ..none()
    });
    let want = want("myclub");
    assert_eq!(grid.candidates(&want).await.unwrap()[0], PLACE);
    let preflight = grid.preflight(&want, &PLACE).await;
    assert_eq!(preflight, Err(PreflightError::NoRoom(11)));
    let found = send(&grid, &plan(&grid, "myclub")).await;
    tokio::time::sleep(Duration::from_secs(8)).await;
    let workloads = grid.workloads(11, found.machine.unwrap()).await.unwrap();
    assert_eq!(states(&workloads), [Error; 4]);
}

#[tokio::test(start_paused = true)]
async fn slow_nodes_take_ten_times_as_long() {
    let grid = with(Faults {
        slow_nodes: vec![11],
        ..none()
    });
    send(&grid, &plan(&grid, "myclub")).await;
    tokio::time::sleep(Duration::from_millis(199_999)).await;
    assert_eq!(grid.answers("myclub.ava.tf"), None);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert!(grid.answers("myclub.ava.tf").is_some());
}

#[tokio::test(start_paused = true)]
async fn on_silent_nodes_the_machine_runs_and_peertube_never_answers() {
    let grid = with(Faults {
        silent_nodes: vec![11],
        ..none()
    });
    let found = send(&grid, &plan(&grid, "myclub")).await;
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    let workloads = grid.workloads(11, found.machine.unwrap()).await.unwrap();
    assert_eq!(states(&workloads), [Ok; 4]);
    assert_eq!(grid.answers("myclub.ava.tf"), None);
}

#[tokio::test(start_paused = true)]
async fn a_twin_that_is_not_verified_is_refused_by_preflight_and_nodes() {
    let grid = grid();
    let plan = plan(&grid, "myclub");
    run(&grid, &plan.calls()).await;
    let machine = grid.find(&plan, At::Best).await.unwrap().machine.unwrap();
    grid.set_faults(Faults {
        not_verified: true,
        ..none()
    });
    let preflight = grid.preflight(&want("other"), &PLACE).await;
    assert_eq!(preflight, Err(PreflightError::NotVerified));
    let refused = grid.deploy(&plan.machine, machine).await.unwrap_err();
    assert!(refused.to_string().contains("is not verified"), "{refused}");
    assert!(!refused.is_transient());
}

#[tokio::test(start_paused = true)]
async fn the_directory_is_down() {
    let grid = with(Faults {
        directory_down: true,
        ..none()
    });
    unreachable(grid.candidates(&want("myclub")).await);
    unreachable(grid.has_room(&want("myclub")).await);
    grid.preflight(&want("myclub"), &PLACE).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lying_node_says_that_all_is_well_and_nothing_runs() {
    for liar in [PLACE.node, PLACE.gateway] {
        let grid = with(Faults {
            lying_nodes: vec![liar],
            ..none()
        });
        let plan = plan(&grid, "myclub");
        let found = send(&grid, &plan).await;
        let contract = match liar {
            11 => found.machine,
            _ => found.gateway,
        };
        let workloads = grid.workloads(liar, contract.unwrap()).await.unwrap();
        assert!(states(&workloads).iter().all(|s| *s == Ok));
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        assert_eq!(grid.answers("myclub.ava.tf"), None);
    }
}
