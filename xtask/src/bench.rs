//! `cargo xtask bench`: builds for release and prints one table.

use std::process::Command;

use crate::{
    browser, paths,
    steps::{Steps, cargo, run as run_command},
    tools, widget,
};

/// Builds and measures.
///
/// # Errors
/// Names the step that fails.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut steps = Steps::default();
    steps.step("tools", tools::prepare)?;
    let driver = steps.step("Chromium and its driver", browser::prepare)?;
    steps.step("widget", widget::build)?;
    steps.step("service and measurements", || {
        run_command(&mut cargo(
            "build --release -p api -p harness --bin gridtube --bin gridtube-bench",
        ))
    })?;
    eprintln!("\n== measuring");
    run_command(
        Command::new(paths::binary("gridtube-bench", "release"))
            .current_dir(paths::root())
            .env("GRIDTUBE_BIN", paths::binary("gridtube", "release"))
            .env("GRIDTUBE_DIST", paths::dist())
            .env("CHROMEDRIVER", driver),
    )
}
