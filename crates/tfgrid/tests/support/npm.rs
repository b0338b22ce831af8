//! Programs of `tests/npm`, run by node over what npm has installed.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// Where ThreeFold's published clients are. A plain line, and nothing, when they are not: `cargo
/// xtask test` installs them and names the folder in `GRIDTUBE_NPM`.
pub(crate) fn clients() -> Option<Clients> {
    let Some(folder) = std::env::var_os("GRIDTUBE_NPM") else {
        println!("skipped: GRIDTUBE_NPM names no folder with ThreeFold's clients from npm");
        return None;
    };
    for package in ["@threefold/grid_client", "@threefold/rmb_direct_client"] {
        if !Path::new(&folder)
            .join("node_modules")
            .join(package)
            .is_dir()
        {
            println!("skipped: GRIDTUBE_NPM's folder has no {package}");
            return None;
        }
    }
    Some(Clients(folder))
}

/// ThreeFold's published clients.
pub(crate) struct Clients(OsString);

impl Clients {
    /// What a program prints last, as JSON, when it is given this on its standard input.
    pub(crate) fn run(&self, program: &str, input: &Value) -> Value {
        let output = self.start(program, input).wait_with_output().unwrap();
        assert!(output.status.success(), "{program}: {}", output.status);
        let said = String::from_utf8(output.stdout).unwrap();
        let last = said.lines().last().expect("an answer");
        serde_json::from_str(last).unwrap_or_else(|error| panic!("{program}: {error}: {last}"))
    }

    /// The program, given this on its standard input.
    pub(crate) fn start(&self, program: &str, input: &Value) -> Child {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/npm")
            .join(program);
        let mut child = Command::new("node")
            .arg(path)
            .env("GRIDTUBE_NPM", &self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node, which came with npm");
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.to_string().as_bytes()).unwrap();
        child
    }
}
