//! `cargo xtask check`: format, lints, unit and property tests. The first part of `test`.

use std::path::Path;

use crate::{
    paths,
    steps::{Steps, cargo, run as run_command},
    tools,
};

/// The whole check.
///
/// # Errors
/// Names the part that fails.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut steps = Steps::default();
    lints(&mut steps)?;
    unit_tests(&mut steps, None)
}

/// Format and lints of everything that runs here.
pub(crate) fn lints(steps: &mut Steps) -> anyhow::Result<()> {
    steps.step("rustfmt and clippy", tools::components)?;
    steps.step("format", || run_command(&mut cargo("fmt --all --check")))?;
    steps.step("lints", || {
        run_command(&mut cargo(
            "clippy --workspace --all-targets -- -D warnings",
        ))
    })
}

/// All tests that need neither a browser nor the built binaries. `packages` is the folder of what they
/// take from npm, if it is there.
pub(crate) fn unit_tests(steps: &mut Steps, packages: Option<&Path>) -> anyhow::Result<()> {
    steps.step("unit and property tests", || {
        run_command(
            runner("--workspace --exclude harness")
                .envs(packages.map(|folder| ("GRIDTUBE_NPM", folder))),
        )
    })
}

/// cargo-nextest if it is there, else cargo's own.
pub(crate) fn runner(what: &str) -> std::process::Command {
    match paths::find("cargo-nextest") {
        Some(_) => cargo(&format!("nextest run --no-fail-fast {what}")),
        None => cargo(&format!("test --all-targets --no-fail-fast {what}")),
    }
}
