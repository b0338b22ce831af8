//! Prints the MD5 of an envelope's challenge, which is what is signed, and below it the protobuf in
//! hex, which is what is sent:
//!
//! ```text
//! cargo run -p tfgrid --example envelope -- envelope.json
//! ```
//!
//! The file is what `Envelope::from_json` documents, or has one under `envelope`, or a list of such
//! under `envelopes`; `-` reads standard input. A signature is printed when the file gives one; none
//! is made.

mod file;

use std::process::ExitCode;

use serde_json::Value;
use tfgrid::rmb::Envelope;

const USAGE: &str = "usage: envelope envelope.json";

/// An envelope has one of them.
const FIELDS: [&str; 7] = [
    "uid",
    "kind",
    "command",
    "request",
    "error",
    "source",
    "destination",
];

fn main() -> ExitCode {
    file::ended(run())
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut paths = std::env::args().skip(1);
    let (Some(path), None) = (paths.next(), paths.next()) else {
        return Err(USAGE.into());
    };
    let (_, read) = file::read(&path)?;
    match read.get("envelopes").and_then(Value::as_array) {
        Some(list) if !list.is_empty() => list.iter().enumerate().try_for_each(|(i, one)| {
            print(one).map_err(|why| format!("envelopes[{i}]: {why}").into())
        }),
        _ => print(read.get("envelope").unwrap_or(&read)),
    }
}

fn print(written: &Value) -> Result<(), Box<dyn std::error::Error>> {
    let envelope = Envelope::from_json(&file::having(written, &FIELDS)?.to_string())?;
    let (hash, bytes) = (envelope.hash(), envelope.encode());
    Ok(file::print(&hex::encode(hash), &hex::encode(bytes))?)
}
