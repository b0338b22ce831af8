//! Gridtube's own tasks: `cargo xtask help` lists them.

use std::process::ExitCode;

use anyhow::{Context, bail};

mod bench;
mod browser;
mod budget;
mod check;
mod children;
mod crash;
mod debian;
mod dist;
mod docs;
mod fuzz;
mod hosting;
mod npm;
mod package;
mod paths;
mod serve;
mod squeeze;
mod steps;
mod test;
mod tools;
mod wasm;
mod widget;

const HELP: &str = "\
Gridtube's own tasks:
  cargo xtask serve    build everything, start it on this machine and print the addresses
      --fast           the development grid's blocks come in fractions of a second
      --port 9080      use four ports from here on instead of 8080 to 8083
  cargo xtask test     format, lints, unit and property tests, wasm tests, size budget, end to end
  cargo xtask check    the quick part of it: format, lints, unit and property tests
  cargo xtask widget   build the widget alone into dist/ and hold it against its size budget
  cargo xtask bench    measure and print one table
  cargo xtask npm      the element as an npm package, into target/npm
  cargo xtask docs     the documents as a book, into target/book
  cargo xtask crash    stop the deployment engine everywhere, in virtual time; print figures
      --seeds 10000    how many random runs, besides one and two crashes at every await
      --repeat 17      one run again, told in full
      --kills 300      the real binary instead, killed so often in real time
      --races 10000    so many times sixteen clicks at once on the real binary
  cargo xtask fuzz     look for inputs that break parsers, guided by coverage
      --minutes 10     each target so long; one of them alone when it is named
      --keep           write the smallest inputs that cover as much to fuzz/corpus";
const MISSING: &str =
    "What is missing of trunk, wasm-bindgen and the wasm target is installed on the way.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> anyhow::Result<()> {
    match arguments {
        ["serve", options @ ..] => serve(options),
        ["test"] => test::run(),
        ["check"] => check::run(),
        ["bench"] => bench::run(),
        ["crash", options @ ..] => crash::run(options),
        ["widget"] => widget::run(),
        ["fuzz", options @ ..] => fuzz::run(options),
        ["docs"] => docs::run(),
        ["npm"] => package::run(),
        ["dist", options @ ..] => dist::run(&dist::Options::parse(options)?),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}\n{}\n{MISSING}", dist::HELP);
            Ok(())
        }
        other => bail!("there is no task `{}`.\n{HELP}", other.join(" ")),
    }
}

fn serve(mut options: &[&str]) -> anyhow::Result<()> {
    let (mut fast, mut port) = (false, serve::FIRST_PORT);
    loop {
        options = match options {
            [] => return serve::run(fast, port),
            ["--fast", rest @ ..] => {
                fast = true;
                rest
            }
            ["--port", number, rest @ ..] => {
                port = number
                    .parse()
                    .with_context(|| format!("--port {number}: give a number such as 9080"))?;
                rest
            }
            [other, ..] => bail!("`serve` has no option `{other}`.\n{HELP}"),
        };
    }
}
