//! A grid in virtual time, and the shortest way through a deployment.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use devgrid::{DevGrid, DevGridConfig, TokioClock};
use grid::{
    At, Blueprint, Call, DomainKind, Found, Grid, Inclusion, LocationFilter, Placement, Plan, Want,
    Workload, WorkloadState,
};

pub(crate) const BLOCK: Duration = Duration::from_secs(6);
pub(crate) const PLACE: Placement = Placement {
    node: 11,
    gateway: 101,
};

/// A grid with default settings.
pub(crate) fn grid() -> Arc<DevGrid> {
    grid_with(DevGridConfig::default())
}

pub(crate) fn grid_with(config: DevGridConfig) -> Arc<DevGrid> {
    DevGrid::start(config, Arc::new(TokioClock::starting_at(1_000_000))).unwrap()
}

pub(crate) fn want(name: &str) -> Want {
    Want {
        vcpu: 2,
        memory: 4 << 30,
        disk: 50 << 30,
        location: LocationFilter {
            country: "BE".into(),
            ..LocationFilter::default()
        },
        name: name.into(),
        domain: "ava.tf".into(),
        domain_kind: DomainKind::GatewayName,
        hours: 720,
    }
}

pub(crate) fn blueprint(name: &str) -> Blueprint {
    Blueprint {
        want: want(name),
        marker: format!("gridtube/{name}"),
        flist: "https://hub.grid.tf/gridtube/peertube.flist".into(),
        entrypoint: "/init".into(),
        env: BTreeMap::from([("ADMIN_PASSWORD".into(), "secret-of-the-admin".into())]),
    }
}

pub(crate) fn plan(grid: &DevGrid, name: &str) -> Plan {
    grid.plan(&blueprint(name), &PLACE, &[7; 32]).unwrap()
}

/// Signs, submits and waits for one block.
pub(crate) async fn run(grid: &DevGrid, calls: &[Call]) -> Inclusion {
    let batch = grid.sign(calls).await.unwrap();
    grid.submit(&batch).await.unwrap();
    next(grid).await;
    grid.inclusion(&batch).await.unwrap().unwrap()
}

/// Waits for one block.
pub(crate) async fn next(grid: &DevGrid) {
    let head = grid.head().await.unwrap();
    grid.next_block(head.best).await.unwrap();
}

/// Pays for a plan and tells both nodes.
pub(crate) async fn send(grid: &DevGrid, plan: &Plan) -> Found {
    let inclusion = run(grid, &plan.calls()).await;
    assert_eq!(inclusion.result, Ok(()));
    let found = grid.find(plan, At::Best).await.unwrap();
    let (machine, gateway) = (found.machine.unwrap(), found.gateway.unwrap());
    grid.deploy(&plan.machine, machine).await.unwrap();
    grid.deploy(&plan.gateway, gateway).await.unwrap();
    found
}

/// Ends every contract of a plan.
pub(crate) async fn cancel(grid: &DevGrid, found: &Found) {
    let calls: Vec<_> = found.ids().into_iter().map(cancel_call).collect();
    assert_eq!(run(grid, &calls).await.result, Ok(()));
}

pub(crate) fn cancel_call(contract: u64) -> Call {
    Call::Cancel { contract }
}

pub(crate) fn states(workloads: &[Workload]) -> Vec<WorkloadState> {
    workloads.iter().map(|w| w.state).collect()
}

/// Our live contracts.
pub(crate) fn ours(grid: &DevGrid) -> usize {
    let contracts = grid.ledger().contracts;
    contracts.iter().filter(|c| c.twin == grid.twin()).count()
}
