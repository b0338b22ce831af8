//! What operators are told to write is what the service reads.

use api::{cli::Cli, config::Config};
use clap::Parser;

use crate::pages::all;

/// Every piece of TOML is a config that the service takes: its keys, and their values.
#[test]
fn every_config_that_is_shown_is_one() {
    let mut seen = 0;
    for page in all() {
        for snippet in page.snippets_in(&["toml"]) {
            seen += 1;
            if let Err(why) = Config::parse(&snippet.code) {
                panic!("{}: {why}\n{}", page.path, snippet.code);
            }
        }
    }
    assert!(seen > 4, "only {seen} were found");
    assert!(Config::parse("listn = \"127.0.0.1:1\"").is_err());
}

/// Every command line of the service parses.
#[test]
fn every_command_that_is_shown_is_one() {
    let mut seen = 0;
    let mut parses = |path: &str, line: &str| {
        let line = line.replace("ID", "0123456789ab");
        seen += 1;
        if let Err(why) = Cli::try_parse_from(line.split_whitespace()) {
            panic!("{path}: {line}: {why}");
        }
    };
    for page in all() {
        for snippet in page.snippets_in(&["sh", "ini"]) {
            let unfolded = snippet.code.replace("\\\n", " ");
            for line in unfolded.lines() {
                let line = line.trim_start_matches("sudo -u gridtube ");
                let line = line
                    .split_once("=/usr/local/bin/")
                    .map_or(line, |(_, line)| line);
                if line.starts_with("gridtube ") {
                    parses(&page.path, line);
                }
            }
        }
    }
    let operators = crate::page("operators.md");
    for row in operators.table("command") {
        parses(&operators.path, row[0].trim_matches('`'));
    }
    assert!(seen > 9, "only {seen} were found");
}
