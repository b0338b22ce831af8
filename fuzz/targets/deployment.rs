//! What a node or a file may hold: it is read or refused, and what was read hashes the same once written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tfgrid::deployment::Deployment;

fuzz_target!(|text: &str| {
    let Ok(read) = Deployment::from_json(text) else {
        return;
    };
    let _ = read.check();
    let _ = read.resources();
    let written = serde_json::to_string(&read).expect("it can be written");
    let again = Deployment::from_json(&written).expect("what was written can be read");
    assert_eq!(again.hash(), read.hash());
});
