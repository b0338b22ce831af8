//! Whole deployments on the development grid.

use std::time::Instant;

use anyhow::Context;
use harness::{
    client::ApiClient,
    gridtube::{Home, Settings},
};

use crate::row;

const BLOCK_MS: u32 = 1000;
const DEPLOYMENTS: usize = 5;

/// Whole deployments, in blocks: how many go by until the contracts are there, and until it is ready.
pub(crate) async fn deployments() -> anyhow::Result<()> {
    let mut home = Home::new(Settings {
        devgrid: format!("block_ms = {BLOCK_MS}\nprovision_ms = 200\nboot_ms = 300\n"),
        ..Settings::default()
    })?;
    let service = home.start().await?;
    let client = ApiClient::new(&service)?;
    let (mut paid, mut ready) = (vec![], vec![]);
    for i in 0..DEPLOYMENTS {
        let name = format!("club-{i}");
        let before = client.ledger().await?["block"]
            .as_u64()
            .context("no block")?;
        let begun = Instant::now();
        let access = client.deploy(&name).await?;
        client.until(&access, "ready").await?;
        ready.push(begun.elapsed().as_secs_f64() * 1000.0 / f64::from(BLOCK_MS));
        let contracts = client.contracts().await?;
        let created = contracts.iter().filter_map(|c| c["created"].as_u64()).max();
        paid.push(created.context("no contracts")?.saturating_sub(before));
    }
    paid.sort_unstable();
    ready.sort_by(f64::total_cmp);
    row(
        "deployment: blocks waited for the payment (median)",
        &paid[DEPLOYMENTS / 2].to_string(),
    );
    row(
        "deployment: until ready, in blocks (median)",
        &format!("{:.1}", ready[DEPLOYMENTS / 2]),
    );
    service.terminate().await
}
