//! `cargo xtask crash --races N`: sixteen clicks at once on one button, N times, on the real binary. Each
//! race is one deployment, whoever wins it.

use std::{net::SocketAddr, process::ExitCode, time::Instant};

use anyhow::{Context, ensure};
use futures_util::stream::{self, TryStreamExt};
use harness::{
    client::{self, ApiClient},
    gridtube::{Home, Settings},
    load,
};
use reqwest::Method;

const CLICKS: usize = 16;
/// Races that are run side by side.
const TOGETHER: usize = 4;
/// Everything comes from one address here, and nothing is deployed: no block comes.
const SETTINGS: &str = "deployments_per_hour = 1000000\n[limits]\nposts_by_network = 100000000\n\
    orders_by_site = 100000000\norders_by_subject = 100000000\nposts = 100000000\nreads_by_network = 100000000\n";

#[tokio::main]
async fn main() -> ExitCode {
    let wanted: Option<usize> = std::env::args().nth(1).and_then(|n| n.parse().ok());
    let Some(wanted) = wanted else {
        eprintln!("usage: gridtube-races HOW-MANY");
        return ExitCode::FAILURE;
    };
    match race(wanted).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gridtube-races: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn race(wanted: usize) -> anyhow::Result<()> {
    let mut home = Home::new(Settings {
        more: SETTINGS.into(),
        devgrid: "block_ms = 3600000\n".into(),
        ..Settings::default()
    })?;
    let service = home.start().await?;
    let to = SocketAddr::from(([127, 0, 0, 1], service.port()));
    let begun = Instant::now();
    let races = stream::iter((0..wanted).map(Ok::<_, anyhow::Error>));
    races
        .try_for_each_concurrent(TOGETHER, async |i| {
            let key = format!("key-of-the-race-{i}");
            let body = client::request(&client::order(&format!("race-{i}"))).to_string();
            let click = load::post("/v1/deployments", &[("idempotency-key", &key)], &body);
            // Each on a connection of its own, and each is told that it is accepted.
            load::send(to, &vec![click; CLICKS], 202).await?;
            Ok(())
        })
        .await?;
    let client = ApiClient::new(&service)?;
    let metrics = client
        .to(Method::GET, "/metrics")
        .send()
        .await?
        .text()
        .await?;
    let counts = metrics
        .lines()
        .filter(|line| line.starts_with("gridtube_deployments{"))
        .map(|line| line.rsplit(' ').next().unwrap_or_default().parse::<usize>());
    let made: usize = counts.sum::<Result<_, _>>().context("not a count")?;
    ensure!(made == wanted, "{made} deployments of {wanted} races");
    println!(
        "{wanted} races of {CLICKS} clicks in {} s: one deployment each",
        begun.elapsed().as_secs()
    );
    service.kill().await
}
