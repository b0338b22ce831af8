//! Prints the MD5 of an envelope's challenge, which is what is signed, and below it the protobuf in
//! hex, which is what is sent:
//!
//! ```text
//! cargo run -p tfgrid --example envelope -- envelope.json
//! ```
//!
//! The file is what `Envelope::from_json` documents, or has a list of such under `envelopes`; `-`
//! reads standard input. A signature is printed when the file gives one; none is made.

use std::io::Read;
use std::process::ExitCode;

use serde_json::Value;
use tfgrid::rmb::Envelope;

const USAGE: &str = "usage: envelope envelope.json";

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
    let mut paths = std::env::args().skip(1);
    let (Some(path), None) = (paths.next(), paths.next()) else {
        return Err(USAGE.into());
    };
    let text = read(&path)?;
    let value: Value = serde_json::from_str(&text).map_err(|e| format!("{path}: {e}"))?;
    match value.get("envelopes").and_then(Value::as_array) {
        Some(list) => list.iter().try_for_each(|one| print(&one.to_string())),
        None => print(&text),
    }
}

fn print(text: &str) -> Result<(), Box<dyn std::error::Error>> {
    let envelope = Envelope::from_json(text)?;
    println!("{}", hex::encode(envelope.hash()));
    println!("{}", hex::encode(envelope.encode()));
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
