//! Measures the real binary and the built widget, and prints one table. `cargo xtask bench` builds
//! both and says where they are. Everything runs on this machine, one thing after the other.

mod deployments;
mod git;
mod grid;
mod posts;
mod rules;
mod streams;
mod widget;

use std::{fs, process::ExitCode, time::Duration};

use anyhow::Context;
use harness::gridtube::{self, Gridtube};

/// Everything comes from one address here.
const UNBRAKED: &str = "deployments_per_hour = 1000000\n[limits]\nposts_by_network = 1000000\n\
    orders_by_site = 1000000\norders_by_subject = 1000000\nposts = 1000000\nreads_by_network = 1000000\n";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gridtube-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs all parts, or the one that is named.
async fn run() -> anyhow::Result<()> {
    println!("{:<60} {:>14}", "what", "measured");
    let only = std::env::args().nth(1);
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    if wanted("widget") {
        widget::first_load(&gridtube::dist()?)?;
        widget::interactive().await?;
    }
    if wanted("rules") {
        rules::parsing()?;
    }
    if wanted("git") {
        git::git_checks().await?;
    }
    if wanted("posts") {
        posts::posts().await?;
    }
    if wanted("streams") {
        streams::streams().await?;
    }
    if wanted("deployments") {
        deployments::deployments().await?;
    }
    if wanted("grid") {
        grid::grid().await?;
    }
    Ok(())
}

fn row(what: &str, measured: &str) {
    println!("{what:<60} {measured:>14}");
}

fn rate(what: &str, count: usize, took: Duration) -> f64 {
    let rate = count as f64 / took.as_secs_f64();
    row(what, &format!("{rate:.0} /s"));
    rate
}

/// Resident memory of the service.
fn resident_kib(service: &Gridtube) -> anyhow::Result<u64> {
    let process = service.id().context("it has ended")?;
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    let number = line.and_then(|l| l.split_whitespace().next());
    Ok(number.context("no VmRSS")?.parse()?)
}
