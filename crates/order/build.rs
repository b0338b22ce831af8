//! Brings the design's corpus of git URLs into the tests, where it is there: a wasm test has no
//! files to read. Without it the tests say that they skipped it.

use std::{env, fs, path::Path};

fn main() -> std::io::Result<()> {
    let root = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let shared = Path::new(&root).join("../../../shared/data/git_urls/git_urls.tsv");
    println!("cargo:rerun-if-changed=build.rs");
    // Only while it is there: a missing file counts as changed, and would have this crate, and all
    // that need it, compiled anew in every build.
    if shared.exists() {
        println!("cargo:rerun-if-changed={}", shared.display());
    }
    let out = env::var("OUT_DIR").unwrap_or_default();
    fs::write(
        Path::new(&out).join("shared_git_urls.tsv"),
        fs::read(shared).unwrap_or_default(),
    )
}
