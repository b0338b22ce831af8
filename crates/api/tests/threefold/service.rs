//! The running service, and a process that dies.

use std::sync::Arc;

use api::engine::{Next, Worker};
use api::store::Store;
use order::api::State;
use tfgrid::deployment::Solution;
use tokio::sync::watch;

use crate::{FIRST, World};

#[tokio::test]
async fn an_order_is_deployed_observed_and_ended_by_the_running_service() {
    let world = World::new().await;
    let (stop, stopping) = watch::channel(false);
    let worker = tokio::spawn(Worker::new(Arc::clone(&world.engine), stopping).run());
    let until = async |state: State| {
        let mut changes = world.engine.hints.watch("a");
        loop {
            let record = world.get("a").await;
            if record.state == state {
                return record;
            }
            assert_ne!(record.state, State::Failed, "{:?}", record.failure);
            changes.changed().await;
        }
    };
    world.order("a", "myclub").await;
    let ready = until(State::Ready).await;
    assert_eq!((world.contracts(), world.deployments()), ((3, 3), 2));
    let (machine, gateway) = (&world.peers.machines[FIRST], &world.peers.gateway);
    assert_eq!(machine.zos.contracts(), [ready.contracts.machine.unwrap()]);
    assert_eq!(gateway.zos.contracts(), [ready.contracts.gateway.unwrap()]);
    assert!(ready.ipv6.unwrap().starts_with("2001:db8:"));

    // The sweeper's listing, and the dashboards'.
    let prefix = format!("gridtube/1/{}/", world.store.database_id());
    let listed = world.engine.grid.contracts(&prefix).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|one| one.data == format!("{prefix}a")));
    let others = world.engine.grid.contracts("gridtube/1/another/").await;
    assert_eq!(others.unwrap(), []);
    let solutions = world.peers.chain().contracts().into_iter();
    let solutions = solutions.filter_map(|contract| match contract.kind {
        tfgrid::chain::ContractKind::Node { data, .. } => Solution::from_json(&data),
        _ => None,
    });
    assert!(solutions.map(|one| one.project).eq(["peertube/myclub"; 2]));

    world.cancel("a").await;
    let gone = until(State::Deleted).await;
    assert_eq!((gone.failure, gone.plan), (None, None));
    assert_eq!((world.contracts(), world.deployments()), ((0, 3), 0));
    stop.send_replace(true);
    worker.await.unwrap();
}

#[tokio::test]
async fn a_process_that_dies_after_each_step_pays_once() {
    let mut world = World::new().await;
    world.order("a", "myclub").await;
    while world.step("a").await != Next::Done {
        world.restart().await;
    }
    assert_eq!(world.get("a").await.state, State::Ready);
    assert_eq!((world.contracts(), world.deployments()), ((3, 3), 2));
    world.cancel("a").await;
    while world.step("a").await != Next::Done {
        world.restart().await;
    }
    assert_eq!((world.contracts(), world.deployments()), ((0, 3), 0));
}
