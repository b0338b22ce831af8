//! `cargo xtask fuzz`: libFuzzer, guided by coverage, on a stable compiler. What it found stays in
//! `fuzz/findings`; what covers something new, in `target/fuzz/corpus`, and of that the smallest that
//! covers as much, by `--keep`, in `fuzz/corpus`, from where the next machine begins.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use base64ct::{Base64, Encoding};

use crate::{
    paths,
    steps::{cargo, command, output, run as run_command},
};

/// The targets, and where their first inputs come from: the lines of a file, from this column on.
const TARGETS: [(&str, &str, usize); 10] = [
    ("git_url", "crates/order/tests/corpus/git_urls.tsv", 0),
    ("git_answers", "", 0),
    ("ssh_key", "crates/order/tests/corpus/ssh_keys.tsv", 1),
    ("names", "crates/order/tests/corpus/names.tsv", 0),
    ("token", "", 0),
    ("config", "gridtube.example.toml", 0),
    ("host_messages", "", 0),
    ("envelope", "", 0),
    ("deployment", "", 0),
    ("sse_ids", "", 0),
];

/// Counts what is reached, without a sanitizer: those want another compiler.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Builds all targets and runs each for so many seconds, or one of them alone; or keeps what was found to
/// cover something.
///
/// # Errors
/// When one finds something: with the file that repeats it.
pub(crate) fn run(options: &[&str]) -> anyhow::Result<()> {
    let (minutes, only) = match options {
        ["--keep"] => (None, None),
        ["--minutes", minutes] => (Some(*minutes), None),
        ["--minutes", minutes, target] => (Some(*minutes), Some(*target)),
        _ => bail!("say how long: cargo xtask fuzz --minutes 10 [target], or --keep"),
    };
    let minutes: Option<f64> = minutes
        .map(str::parse)
        .transpose()
        .context("--minutes wants a number")?;
    if only.is_some_and(|only| TARGETS.iter().all(|(name, ..)| *name != only)) {
        let names: Vec<_> = TARGETS.iter().map(|(name, ..)| *name).collect();
        bail!("there is no such target; there are {}", names.join(", "));
    }
    let programs = build()?;
    let chosen = TARGETS
        .iter()
        .filter(|(name, ..)| only.is_none_or(|only| only == *name));
    for (name, seeds, column) in chosen {
        let corpus = paths::root().join("target/fuzz/corpus").join(name);
        match minutes {
            Some(minutes) => {
                eprintln!("\n== {name}, {minutes} min");
                plant(&corpus, seeds, *column)?;
                plant_kept(&corpus, name)?;
                fuzz(&programs.join(name), &corpus, minutes)?;
            }
            None => keep(&programs.join(name), &corpus, name)?,
        }
    }
    Ok(())
}

/// Builds all targets; the folder they are in.
fn build() -> anyhow::Result<PathBuf> {
    let host = output(command("rustc").arg("-vV")).unwrap_or_default();
    let host = host.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("`rustc -vV` does not say for which system it compiles")?;
    let into = paths::root().join("target/fuzz");
    // A named target keeps build scripts out of it.
    let mut build = cargo("build --release --quiet --manifest-path fuzz/Cargo.toml --target");
    build.arg(host).arg("--target-dir").arg(&into);
    run_command(build.current_dir(paths::root()).env("RUSTFLAGS", COVERAGE))?;
    Ok(into.join(host).join("release"))
}

fn fuzz(program: &Path, corpus: &Path, minutes: f64) -> anyhow::Result<()> {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    let findings = paths::root().join("fuzz/findings");
    fs::create_dir_all(&findings)?;
    let mut fuzz = command(&program.to_string_lossy());
    fuzz.arg(corpus)
        .arg(format!("-max_total_time={}", (minutes * 60.0).ceil()))
        .arg(format!("-artifact_prefix={}/{name}-", findings.display()))
        .args(["-timeout=5", "-rss_limit_mb=1024", "-max_len=4096"])
        .args(["-verbosity=1", "-print_final_stats=1"]);
    run_command(&mut fuzz).with_context(|| {
        format!(
            "{name} found something: the input that repeats it is in {}",
            findings.display()
        )
    })
}

/// Bytes of an input that is kept: what only longer ones reach is found again from these and the seeds.
const KEPT: u64 = 256;

/// Writes what covers as much as the whole corpus, an input a line.
fn keep(program: &Path, corpus: &Path, name: &str) -> anyhow::Result<()> {
    let smallest = corpus.with_extension("smallest");
    let _ = fs::remove_dir_all(&smallest);
    fs::create_dir_all(&smallest)?;
    plant_kept(corpus, name)?;
    let mut merge = command(&program.to_string_lossy());
    run_command(merge.arg("-merge=1").arg(&smallest).arg(corpus))?;
    let mut lines = Vec::new();
    for input in fs::read_dir(&smallest)? {
        let input = input?;
        if input.metadata()?.len() <= KEPT {
            lines.push(Base64::encode_string(&fs::read(input.path())?));
        }
    }
    lines.sort();
    let kept = kept(name);
    fs::create_dir_all(kept.parent().unwrap_or(&kept))?;
    Ok(fs::write(kept, lines.join("\n") + "\n")?)
}

fn kept(name: &str) -> PathBuf {
    paths::root()
        .join("fuzz/corpus")
        .join(name)
        .with_extension("txt")
}

/// Writes the inputs that were kept.
fn plant_kept(corpus: &Path, name: &str) -> anyhow::Result<()> {
    fs::create_dir_all(corpus)?;
    let text = fs::read_to_string(kept(name)).unwrap_or_default();
    for (number, line) in text.lines().enumerate() {
        let input = Base64::decode_vec(line)
            .with_context(|| format!("{}: line {}", kept(name).display(), number + 1))?;
        fs::write(corpus.join(format!("kept-{number}")), input)?;
    }
    Ok(())
}

/// Writes the first inputs.
fn plant(corpus: &Path, seeds: &str, column: usize) -> anyhow::Result<()> {
    fs::create_dir_all(corpus)?;
    if seeds.is_empty() {
        return Ok(());
    }
    let text = fs::read_to_string(paths::root().join(seeds))?;
    if seeds.ends_with(".toml") {
        return Ok(fs::write(corpus.join("seed"), text)?);
    }
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    for (number, row) in rows.enumerate() {
        let seed = row.split('\t').nth(column).unwrap_or_default();
        fs::write(corpus.join(format!("seed-{number}")), seed)?;
    }
    Ok(())
}
