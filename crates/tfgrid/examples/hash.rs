//! Prints a deployment's challenge, and below it the MD5 that stands in its contract:
//!
//! ```text
//! cargo run -p tfgrid --example hash -- deployment.json
//! ```
//!
//! The file is the JSON that is sent to a node, or a test vector that has it under `deployment`;
//! `-` reads standard input. With `--check`, what a node would refuse is said too. The challenge
//! holds the deployment's secrets, as the file does.

mod file;

use std::process::ExitCode;

use tfgrid::deployment::Deployment;

const USAGE: &str = "usage: hash [--check] deployment.json";

/// A deployment has one of them.
const FIELDS: [&str; 5] = [
    "twin_id",
    "workloads",
    "version",
    "signature_requirement",
    "metadata",
];

fn main() -> ExitCode {
    file::ended(run())
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let (flags, paths): (Vec<_>, Vec<_>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    let ([path], true) = (&*paths, flags.iter().all(|flag| flag == "--check")) else {
        return Err(USAGE.into());
    };
    let (text, read) = file::read(path)?;
    let deployment = match read.get("deployment") {
        Some(inner) => file::having(inner, &FIELDS)?.to_string(),
        None => file::having(&read, &FIELDS).map(|_| text)?,
    };
    let deployment = Deployment::from_json(&deployment)?;
    file::print(&deployment.challenge(), &deployment.hash().to_string())?;
    if !flags.is_empty() {
        deployment.check()?;
    }
    Ok(())
}
