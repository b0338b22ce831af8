//! `cargo xtask crash`: the engine's proof, built for release: it is many runs.

use std::process::Command;

use crate::{
    paths,
    steps::{cargo, run as run_command},
};

/// Builds it and hands the options on.
///
/// # Errors
/// When it cannot be built, or finds something.
pub(crate) fn run(options: &[&str]) -> anyhow::Result<()> {
    run_command(&mut cargo(
        "build --release --quiet -p crash --bin gridtube-crash",
    ))?;
    run_command(Command::new(paths::binary("gridtube-crash", "release")).args(options))
}
