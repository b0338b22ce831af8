//! The part of the proof that runs with the tests; `cargo xtask crash` runs the rest.

use crash::{
    Kind,
    campaign::{self, Outcome, Run},
};

fn nothing_is_wrong(outcome: &Outcome, least: u64) {
    assert_eq!(outcome.findings, []);
    assert!(outcome.tally.crashes >= least, "{:?}", outcome.tally);
}

#[test]
fn a_crash_at_every_await_loses_nothing() {
    nothing_is_wrong(&campaign::singles(false), 1_000);
}

#[test]
fn seeds_with_faults_lose_nothing() {
    nothing_is_wrong(&campaign::seeds(1, 200, false), 300);
}

#[test]
fn an_engine_that_calls_and_then_records_is_found_out() {
    let findings = campaign::seeds(1, 100, true).findings;
    assert!(findings.len() >= 3, "{findings:?}");
    let orphans = findings.iter().filter(|(_, f)| f.kind == Kind::Orphan);
    assert!(orphans.count() > 0, "{findings:?}");
}

#[test]
fn a_run_can_be_had_again() {
    for name in ["7", "two/80/20", "tardy/44"] {
        let run: Run = name.parse().unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(run.to_string(), name);
        let first = run.play(false);
        assert_eq!(run.play(false), first);
        assert!(first.0.points > 50, "{first:?}");
    }
    assert!("nowhere/3".parse::<Run>().is_err());
    assert!("plain/x".parse::<Run>().is_err());
}
