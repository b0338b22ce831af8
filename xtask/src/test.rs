//! `cargo xtask test`: everything that must hold before a change lands.

use crate::{
    browser, budget, check, debian, docs, npm, paths,
    steps::{Steps, cargo, run as run_command},
    tools, widget,
};

/// All parts, the quick ones first; stops at the first that fails. The last thing printed is what the
/// end-to-end tests' own runner prints.
///
/// # Errors
/// Names the part that fails.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut steps = Steps::default();
    steps.step("tools", tools::prepare)?;
    let driver = steps.step("Chromium and its driver", browser::prepare)?;
    steps.step("PostgreSQL", debian::postgres)?;
    let packages = steps.step("what comes from npm", npm::prepare)?;
    check::lints(&mut steps)?;
    steps.step("lints of what runs in the browser", || {
        run_command(&mut cargo(
            "clippy -p gridtube -p order --target wasm32-unknown-unknown --all-targets -- -D warnings",
        ))
    })?;
    check::unit_tests(&mut steps, packages.as_deref())?;
    steps.step("wasm tests in Chromium", || {
        run_command(
            cargo("test -p gridtube -p order --target wasm32-unknown-unknown --lib --tests")
                .env(
                    "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                    "wasm-bindgen-test-runner",
                )
                .env("CHROMEDRIVER", &driver)
                // Else tests that do not say where they run would want Node.
                .env("WASM_BINDGEN_USE_BROWSER", "1")
                .env("WASM_BINDGEN_TEST_TIMEOUT", "600")
                .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "120"),
        )
    })?;
    steps.step("widget", widget::build)?;
    steps.step("size budget", budget::check)?;
    steps.step("book", || tools::mdbook().and_then(|()| docs::build()))?;
    steps.step("service", || {
        run_command(&mut cargo("build -p api --bin gridtube"))
    })?;
    steps.summary();
    eprintln!("\n== end to end");
    run_command(
        check::runner("-p harness")
            .env("GRIDTUBE_BIN", paths::binary("gridtube", "debug"))
            .env("GRIDTUBE_DIST", paths::dist())
            // What the documents tell to do is done as they tell it; not by the file that runs now, which
            // the tests' build may have replaced.
            .env("GRIDTUBE_XTASK", paths::binary("xtask", "debug"))
            .env("CHROMEDRIVER", &driver)
            .envs(packages.map(|folder| ("GRIDTUBE_NPM", folder))),
    )
}
