//! The client of the ThreeFold Grid, on peers of ours whose messages take their time.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use grid::{Blueprint, DomainKind, Grid, LocationFilter, Want};
use gridpeers::WholeGrid;
use tfgrid::port::ThreefoldGrid;

use crate::row;

/// From here to a node, by way of the relay; as long again back.
const ONE_WAY: Duration = Duration::from_millis(100);
const TIMES: usize = 9;
const GIB: u64 = 1 << 30;

pub(crate) async fn grid() -> anyhow::Result<()> {
    let peers = WholeGrid::start("ava.tf").await;
    let grid = ThreefoldGrid::connect(peers.settings(), peers.identity()).await?;
    let want = Want {
        vcpu: 2,
        memory: 4 * GIB,
        disk: 50 * GIB,
        location: LocationFilter {
            country: "BE".into(),
            city: "Ghent".into(),
            farms: vec![],
        },
        name: "myclub".into(),
        domain: "ava.tf".into(),
        domain_kind: DomainKind::GatewayName,
        hours: 24,
    };
    let places = grid.candidates(&want).await?;
    let place = places.first().context("no node has room")?;
    // Who the nodes are is remembered afterwards.
    grid.preflight(&want, place).await?;

    peers.relay.delay(ONE_WAY);
    let (mut took, mut messages) = (vec![], 0);
    for _ in 0..TIMES {
        let (before, begun) = (peers.relay.routed(), Instant::now());
        grid.preflight(&want, place).await?;
        took.push(begun.elapsed());
        messages = peers.relay.routed() - before;
    }
    peers.relay.delay(Duration::ZERO);
    took.sort_unstable();
    let there_and_back = 2.0 * ONE_WAY.as_secs_f64();
    row(
        "preflight on the real client: questions to nodes",
        &(messages / 2).to_string(),
    );
    row(
        "preflight on the real client, in round trips to a node",
        &format!("{:.2}", took[TIMES / 2].as_secs_f64() / there_and_back),
    );

    let mut waited = vec![];
    for i in 0..TIMES {
        waited.push(payment(&grid, &want, i).await?);
    }
    waited.sort_unstable();
    row(
        "payment on the real client: blocks waited (median)",
        &waited[TIMES / 2].to_string(),
    );
    Ok(())
}

/// Pays for one, and counts the blocks until it is seen in one.
async fn payment(grid: &ThreefoldGrid, want: &Want, i: usize) -> anyhow::Result<u32> {
    let want = Want {
        name: format!("club{i}"),
        ..want.clone()
    };
    let places = grid.candidates(&want).await?;
    let place = places.first().context("no node has room")?;
    grid.preflight(&want, place).await?;
    let blueprint = Blueprint {
        want,
        marker: format!("gridtube/1/bench/{i}"),
        flist: "https://hub.grid.tf/gridtube/peertube.flist".into(),
        entrypoint: "/sbin/gridtube-instance".into(),
        env: [].into(),
    };
    let plan = grid.plan(&blueprint, place, &[7; 32])?;
    let batch = grid.sign(&plan.calls()).await?;
    let mut head = grid.head().await?;
    grid.submit(&batch).await?;
    for blocks in 1..=10 {
        head = grid.next_block(head.best).await?;
        if let Some(included) = grid.inclusion(&batch).await? {
            ensure!(included.result.is_ok(), "{:?}", included.result);
            return Ok(blocks);
        }
    }
    anyhow::bail!("ten blocks without the payment")
}
