//! What both examples do with their file.

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use serde_json::Value;

/// Reads a file, or standard input for `-`: the text, and what is in it.
///
/// # Errors
/// Which file, and why.
pub(crate) fn read(path: &str) -> Result<(String, Value), String> {
    let mut text = String::new();
    match path {
        "-" => io::stdin().read_to_string(&mut text),
        path => std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text)),
    }
    .map_err(|error| format!("{path} cannot be read: {error}"))?;
    // Some editors put a mark before the first byte.
    let text = text.trim_start_matches('\u{feff}').to_owned();
    let value = serde_json::from_str(&text).map_err(|e| format!("{path} is no JSON: {e}"))?;
    Ok((text, value))
}

/// What has at least one of these fields; all of them may be left out, but then it is something else.
///
/// # Errors
/// What is missing.
pub(crate) fn having<'a>(value: &'a Value, fields: &[&str]) -> Result<&'a Value, String> {
    let here = |name: &String| fields.iter().any(|field| field.eq_ignore_ascii_case(name));
    match value.as_object() {
        Some(object) if object.keys().any(here) => Ok(value),
        _ => Err(format!("this has none of the fields {}", fields.join(", "))),
    }
}

/// Prints both; a reader who has seen enough is no error.
///
/// # Errors
/// Why they cannot be written.
pub(crate) fn print(first: &str, second: &str) -> io::Result<()> {
    match writeln!(io::stdout().lock(), "{first}\n{second}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// The exit code, and the error on standard error.
pub(crate) fn ended(result: Result<(), Box<dyn std::error::Error>>) -> ExitCode {
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    eprintln!("{error}");
    ExitCode::FAILURE
}
