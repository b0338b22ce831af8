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
    match options {
        ["--kills", kills] => return real("gridtube-kills", kills),
        ["--races", races] => return real("gridtube-races", races),
        _ => {}
    }
    run_command(&mut cargo(
        "build --release --quiet -p crash --bin gridtube-crash",
    ))?;
    run_command(Command::new(paths::binary("gridtube-crash", "release")).args(options))
}

/// Of the real binary, in real time, with its database on disk.
fn real(program: &str, times: &str) -> anyhow::Result<()> {
    run_command(
        cargo("build --release --quiet -p api -p harness --bin gridtube --bin").arg(program),
    )?;
    run_command(
        Command::new(paths::binary(program, "release"))
            .arg(times)
            .env("GRIDTUBE_BIN", paths::binary("gridtube", "release")),
    )
}
