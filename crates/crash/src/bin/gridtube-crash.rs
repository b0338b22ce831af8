//! `cargo xtask crash`: the engine's proof, in figures; or one run of it again, told in full.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Parser;
use crash::campaign::{self, Outcome, Run};

/// How many findings are printed of each kind of runs.
const SHOWN: usize = 10;

/// Stops the engine everywhere, in virtual time, and holds the ledger against the store.
#[derive(Parser)]
#[command(name = "cargo xtask crash")]
struct Options {
    /// How many random seeds to run.
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Seeds alone: no exhaustive placements and no control.
    #[arg(long)]
    only_seeds: bool,
    /// Repeat one run and tell what happens: `17`, `plain/40`, `two/40/12`.
    #[arg(long, value_name = "RUN")]
    repeat: Option<Run>,
    /// With --repeat: as the negative control, which records after it has called.
    #[arg(long, requires = "repeat")]
    control: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let good = match &options.repeat {
        Some(run) => repeat(run, options.control),
        None => prove(&options),
    };
    match good {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn repeat(run: &Run, control: bool) -> bool {
    tracing_subscriber::fmt()
        .without_time()
        .with_target(false)
        .with_max_level(tracing::Level::INFO)
        .init();
    println!("{:#?}", run.scene(control));
    let (tally, result) = run.play(control);
    println!("{tally:#?}");
    match result {
        Ok(()) => println!("nothing is wrong"),
        Err(ref finding) => println!("{:?}: {}", finding.kind, finding.what),
    }
    result.is_ok()
}

fn prove(options: &Options) -> bool {
    println!(
        "{:<26}{:>9}{:>10}{:>10}{:>10}{:>12}{:>9}{:>10}",
        "what", "runs", "crashes", "ready", "paid", "virtual h", "runs/s", "findings"
    );
    let mut good = true;
    if !options.only_seeds {
        good &= row("one crash at every await", || campaign::singles(false));
        good &= row("two at every two awaits", || campaign::doubles(false));
    }
    good &= row("random seeds with faults", || {
        campaign::seeds(options.from, options.seeds, false)
    });
    if !options.only_seeds {
        good &= control(options);
    }
    good
}

fn row(what: &str, run: impl FnOnce() -> Outcome) -> bool {
    let (outcome, took) = timed(run);
    print(what, &outcome, took);
    for (run, finding) in outcome.findings.iter().take(SHOWN) {
        println!("  {:?}: {}", finding.kind, finding.what);
        println!("    cargo xtask crash --repeat {run}");
    }
    outcome.findings.is_empty()
}

/// The harness must see what is wrong with an engine that is wrong.
fn control(options: &Options) -> bool {
    let mut good = true;
    let seeds = options.seeds.min(2_000);
    let singles = timed(|| campaign::singles(true));
    let seeds = timed(|| campaign::seeds(options.from, seeds, true));
    for (what, (outcome, took)) in [
        ("control, one crash", singles),
        ("control, random seeds", seeds),
    ] {
        print(what, &outcome, took);
        if outcome.findings.is_empty() {
            println!("  an engine that calls and then records must fail here: it did not");
            good = false;
        }
    }
    good
}

fn print(what: &str, outcome: &Outcome, took: Duration) {
    let tally = outcome.tally;
    println!(
        "{what:<26}{:>9}{:>10}{:>10}{:>10}{:>12}{:>9.0}{:>10}   {:016x}",
        tally.runs,
        tally.crashes,
        tally.ready,
        tally.batches,
        tally.virtual_ms / 3_600_000,
        tally.runs as f64 / took.as_secs_f64(),
        outcome.findings.len(),
        tally.mark,
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}
