//! Orders, refused and accepted; and what the service weighs before them.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use harness::{
    client::{self, ApiClient},
    gridtube::{Gridtube, Home, Settings},
    load,
};
use reqwest::Method;

use crate::{UNBRAKED, rate, resident_kib, row};

const REFUSED: usize = 30_000;
const ACCEPTED: usize = 5_000;
/// Deployments that a service finds open when it starts.
const OPEN: usize = 1000;

pub(crate) async fn posts() -> anyhow::Result<()> {
    let (home, service) = start().await?;
    let client = ApiClient::new(&service)?;
    let catalogue = client.to(Method::GET, "/v1/catalog").send().await?;
    ensure!(catalogue.status().is_success(), "no catalogue");
    let idle = resident_kib(&service)?;
    row(
        "memory of the idle API (VmRSS)",
        &format!("{:.1} MB", idle as f64 * 1.024e-3),
    );
    let to = address(&service);
    // A reserved name: everything is checked that can be without the store.
    let refused: Vec<_> = (0..REFUSED).map(|i| order(i, "www")).collect();
    let took = load::send(to, &refused, 422).await?;
    rate("orders refused (64 under way)", REFUSED, took);
    let accepted: Vec<_> = (0..ACCEPTED)
        .map(|i| order(i, &format!("club-{i}")))
        .collect();
    let took = load::send(to, &accepted, 202).await?;
    rate("orders accepted (64 under way)", ACCEPTED, took);
    let took = load::send(to, &accepted, 202).await?;
    rate("the same orders again", ACCEPTED, took);
    service.kill().await?;
    drop(home);
    resume().await
}

/// Until a service that was killed works on everything that it finds open.
async fn resume() -> anyhow::Result<()> {
    let (mut home, service) = start().await?;
    let orders: Vec<_> = (0..OPEN).map(|i| order(i, &format!("club-{i}"))).collect();
    load::send(address(&service), &orders, 202).await?;
    service.kill().await?;
    let begun = Instant::now();
    let service = home.start().await?;
    let client = ApiClient::new(&service)?;
    while looked_at(&client).await? < OPEN {
        ensure!(begun.elapsed() < Duration::from_secs(120), "not resumed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    row(
        "1,000 open deployments looked at after a kill -9, from start",
        &format!("{:.2} s", begun.elapsed().as_secs_f64()),
    );
    service.kill().await
}

async fn looked_at(client: &ApiClient) -> anyhow::Result<usize> {
    let metrics = client.to(Method::GET, "/metrics").send().await?;
    let metrics = metrics.text().await?;
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix("gridtube_deployments_looked_at_total "));
    Ok(line.context("no such metric")?.parse()?)
}

async fn start() -> anyhow::Result<(Home, Gridtube)> {
    // Longer blocks than it takes: what is measured is not the grid in the same process.
    let mut home = Home::new(Settings {
        more: UNBRAKED.into(),
        devgrid: "block_ms = 6000\n".into(),
        ..Settings::default()
    })?;
    let service = home.start().await?;
    Ok((home, service))
}

fn address(service: &Gridtube) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], service.port()))
}

fn order(i: usize, name: &str) -> Vec<u8> {
    let key = format!("key-of-the-order-{i}");
    let body = client::request(&client::order(name)).to_string();
    load::post("/v1/deployments", &[("idempotency-key", &key)], &body)
}
