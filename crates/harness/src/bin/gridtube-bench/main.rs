//! Measures the real binary and the built widget, and prints one table. `cargo xtask bench` builds
//! both and says where they are. Everything runs on this machine, one thing after the other.

mod deployments;
mod git;
mod grid;
mod posts;
mod rules;
mod widget;

use std::{process::ExitCode, time::Duration};

use harness::gridtube;

/// Everything comes from one address here.
const UNBRAKED: &str = "deployments_per_hour = 1000000\n[limits]\nposts_by_network = 1000000\n\
    orders_by_site = 1000000\nposts = 1000000\nreads_by_network = 1000000\n";

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

async fn run() -> anyhow::Result<()> {
    println!("{:<60} {:>14}", "what", "measured");
    widget::first_load(&gridtube::dist()?)?;
    widget::interactive().await?;
    rules::parsing()?;
    git::git_checks().await?;
    posts::posts().await?;
    deployments::deployments().await?;
    grid::grid().await
}

fn row(what: &str, measured: &str) {
    println!("{what:<60} {measured:>14}");
}

fn rate(what: &str, count: usize, took: Duration) -> f64 {
    let rate = count as f64 / took.as_secs_f64();
    row(what, &format!("{rate:.0} /s"));
    rate
}
