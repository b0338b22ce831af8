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
    if let ["--kills", kills] = options {
        return kill(kills);
    }
    run_command(&mut cargo(
        "build --release --quiet -p crash --bin gridtube-crash",
    ))?;
    run_command(Command::new(paths::binary("gridtube-crash", "release")).args(options))
}

/// The same of the real binary, in real time, with its database on disk.
fn kill(kills: &str) -> anyhow::Result<()> {
    run_command(&mut cargo(
        "build --release --quiet -p api -p harness --bin gridtube --bin gridtube-kills",
    ))?;
    run_command(
        Command::new(paths::binary("gridtube-kills", "release"))
            .arg(kills)
            .env("GRIDTUBE_BIN", paths::binary("gridtube", "release")),
    )
}
