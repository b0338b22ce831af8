//! What several test files need.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};

use serde_json::Value;

/// A file of this crate's own vectors.
pub(crate) fn own(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(name);
    read(&path)
}

/// The vectors that stand beside the repository, `../shared/data/tfgrid_vectors`, whose names start
/// so; a plain line says when there are none.
pub(crate) fn shared(prefix: &str) -> Vec<(String, Value)> {
    let directory = shared_directory();
    let mut found: Vec<(String, Value)> = std::fs::read_dir(&directory)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name().to_str().unwrap().starts_with(prefix))
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, read(&entry.path()))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    if found.is_empty() {
        println!("skipped: no {prefix}* in {}", directory.display());
    }
    found
}

/// `GRIDTUBE_SHARED` or `../shared`, seen from the workspace's root.
fn shared_directory() -> PathBuf {
    let root = std::env::var_os("GRIDTUBE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    root.join("data/tfgrid_vectors")
}

/// A JSON file.
pub(crate) fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("the file is readable");
    serde_json::from_str(&text).expect("the file is JSON")
}

/// The text at this key.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("no text at {key}"))
}

/// The bytes written as hex at this key.
pub(crate) fn bytes(value: &Value, key: &str) -> Vec<u8> {
    hex::decode(text(value, key).trim_start_matches("0x")).expect("hex")
}
