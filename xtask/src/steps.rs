//! Named steps: each says its name when it begins and its time when it ends. All on standard error,
//! where cargo and the test runners write too, so that the order is kept.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};

use crate::paths;

/// The steps of one task, and how long each took.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(String, Duration)>,
}

impl Steps {
    /// Does one step; an error names it.
    pub(crate) fn step<T>(
        &mut self,
        name: &str,
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        eprintln!("\n== {name}");
        let begun = Instant::now();
        let made = work().with_context(|| format!("failed: {name}"))?;
        let took = begun.elapsed();
        eprintln!("== {name}: {:.1} s", took.as_secs_f32());
        self.done.push((name.to_owned(), took));
        Ok(made)
    }

    /// Prints what was done so far, a line each.
    pub(crate) fn summary(&self) {
        eprintln!("\n== so far, all good");
        for (name, took) in &self.done {
            eprintln!("{:>8.1} s  {name}", took.as_secs_f32());
        }
    }
}

/// `program` in the repository's root with our tools on its search path.
pub(crate) fn command(program: &str) -> Command {
    // An absolute path: the search path that is set below counts only for the child's own children.
    let found = paths::find(program).unwrap_or_else(|| program.into());
    let mut command = Command::new(found);
    command
        .current_dir(paths::root())
        .env("PATH", paths::search_path());
    command
}

/// `cargo` with these arguments, separated by spaces.
pub(crate) fn cargo(arguments: &str) -> Command {
    let mut command = command("cargo");
    command.args(arguments.split_whitespace());
    command
}

/// Runs it to its end; its output goes where ours goes.
///
/// # Errors
/// When it cannot be started or ends with another status than 0.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let shown = shown(command);
    let status = command.status();
    let status = status.with_context(|| format!("`{shown}` cannot be started"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}; what is wrong stands above");
    }
    Ok(())
}

/// The same for what comes over a network: tried three times.
///
/// # Errors
/// As the last time.
pub(crate) fn fetch(command: &mut Command) -> anyhow::Result<()> {
    run(command)
        .or_else(|_| run(command))
        .or_else(|_| run(command))
}

/// What it prints on standard output; nothing when it cannot be started or fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

fn shown(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let name = program.rsplit(['/', '\\']).next().unwrap_or_default();
    let arguments = command.get_args().map(|a| a.to_string_lossy());
    let words: Vec<_> = std::iter::once(name.into()).chain(arguments).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_fails_is_named_and_not_counted() {
        let mut steps = Steps::default();
        assert_eq!(steps.step("one", || Ok(1)).unwrap(), 1);
        let error = steps.step("two", || run(&mut cargo("no-such-command-at-all")));
        let text = format!("{:#}", error.unwrap_err());
        assert!(text.contains("failed: two"), "{text}");
        assert!(text.contains("`cargo no-such-command-at-all`"), "{text}");
        assert_eq!(steps.done.len(), 1);
    }
}
