//! A chain in memory behind JSON-RPC over web sockets. It writes the real runtime's bytes, checks what
//! that checks in the same order, and can be made to fail.

pub mod endpoint;
pub mod ledger;
pub mod runtime;
pub mod scale;

use std::path::{Path, PathBuf};

use blake2::{Blake2b, Digest, digest::consts::U32};
use serde_json::Value;
use tfgrid::chain::Runtime;

/// The other end's hash of block 0, as chopsticks answers it.
pub const GENESIS: [u8; 32] = [0x45; 32];

/// What the real runtime of 2023-07 answers to `state_getMetadata`, less its documentation.
pub fn metadata_144() -> Vec<u8> {
    include_bytes!("tfchain-144.scale").to_vec()
}

/// Spec 144.
pub fn runtime_144() -> Runtime {
    Runtime::new(&metadata_144(), 144, 2, GENESIS).expect("metadata of spec 144")
}

/// The metadata of 2024-03, which stands beside the repository; a plain line says when it does not.
pub fn metadata_149() -> Option<Vec<u8>> {
    shared("metadata-v149.scale").map(|path| std::fs::read(path).unwrap())
}

/// Spec 149.
pub fn runtime_149() -> Option<Runtime> {
    metadata_149().map(|bytes| Runtime::new(&bytes, 149, 2, GENESIS).unwrap())
}

/// What the real runtime answered; stands beside the repository, too.
pub fn calls() -> Option<Value> {
    let text = std::fs::read_to_string(shared("calls.json")?).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

/// The bytes in hex at this key.
pub fn bytes(value: &Value, key: &str) -> Vec<u8> {
    let text = value[key].as_str().unwrap_or_else(|| panic!("no {key}"));
    hex::decode(text.trim_start_matches("0x")).unwrap()
}

/// `0x` and hex digits.
pub fn hexed(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// The bytes of hex digits, with or without `0x`.
pub fn unhexed(text: &str) -> Vec<u8> {
    hex::decode(text.trim_start_matches("0x")).unwrap()
}

/// The chain's hash.
pub fn blake2_256(bytes: &[u8]) -> [u8; 32] {
    Blake2b::<U32>::digest(bytes).into()
}

/// The same runtime, but two of its errors have changed their numbers, as they do between versions.
pub fn shifted_errors(metadata: &[u8]) -> Vec<u8> {
    let mut metadata = metadata.to_vec();
    let mut number_of = |name: &str, from: u8, to: u8| {
        // A variant: its name with four times its length before it, no fields, its number.
        let known = [&[name.len() as u8 * 4], name.as_bytes(), &[0, from]].concat();
        let mut windows = metadata.windows(known.len());
        let at = windows.position(|window| window == known).expect(name);
        metadata[at + known.len() - 1] = to;
    };
    number_of("NameExists", 15, 16);
    number_of("NameNotValid", 16, 15);
    metadata
}

fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("GRIDTUBE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = root.join("data/tfchain").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no {}", path.display());
    None
}
