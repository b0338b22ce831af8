//! `cargo xtask docs`: the book in `docs/`, as pages for any static host.

use std::fs;

use anyhow::Context;

use crate::{
    paths,
    steps::{Steps, command, run as run_command},
    tools,
};

/// What pages show that lies beside the book's own folder, where readers of the repository find it.
const BESIDE: [&str; 1] = ["screenshot.png"];

/// Installs what it needs, builds the book, and says where it is.
///
/// # Errors
/// Names the step that fails.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut steps = Steps::default();
    steps.step("mdbook", tools::mdbook)?;
    steps.step("book", build)?;
    eprintln!(
        "\nopen {}",
        paths::root().join("target/book/index.html").display()
    );
    Ok(())
}

/// Builds the book into `target/book`.
///
/// # Errors
/// When mdbook fails or a picture is not there.
pub(crate) fn build() -> anyhow::Result<()> {
    let docs = paths::root().join("docs");
    let book = paths::root().join("target/book");
    run_command(
        command("mdbook")
            .arg("build")
            .arg(&docs)
            .arg("--dest-dir")
            .arg(&book),
    )?;
    for name in BESIDE {
        fs::copy(docs.join(name), book.join(name))
            .with_context(|| format!("docs/{name} cannot be copied"))?;
    }
    Ok(())
}
