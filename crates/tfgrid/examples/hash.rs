//! Prints a deployment's challenge, and below it the MD5 that stands in its contract:
//!
//! ```text
//! cargo run -p tfgrid --example hash -- deployment.json
//! ```
//!
//! The file is the JSON that is sent to a node, or a test vector that has it under `deployment`;
//! `-` reads standard input. With `--check`, what a node would refuse is said too. The challenge
//! holds the deployment's secrets, as the file does.

use std::io::Read;
use std::process::ExitCode;

use tfgrid::deployment::Deployment;

const USAGE: &str = "usage: hash [--check] deployment.json";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let (flags, paths): (Vec<_>, Vec<_>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    let ([path], true) = (&*paths, flags.iter().all(|flag| flag == "--check")) else {
        return Err(USAGE.into());
    };
    let deployment = Deployment::from_json(&of_vector(read(path)?))?;
    println!("{}", *deployment.challenge());
    println!("{}", deployment.hash());
    if !flags.is_empty() {
        deployment.check()?;
    }
    Ok(())
}

fn read(path: &str) -> Result<String, String> {
    let mut text = String::new();
    match path {
        "-" => std::io::stdin().read_to_string(&mut text),
        path => std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text)),
    }
    .map_err(|error| format!("{path} cannot be read: {error}"))?;
    Ok(text)
}

/// What stands under `deployment`, if anything does.
fn of_vector(text: String) -> String {
    serde_json::from_str::<serde_json::Value>(&text)
        .ok()
        .and_then(|value| {
            let inner = value.get("deployment")?;
            inner.is_object().then(|| inner.to_string())
        })
        .unwrap_or(text)
}
