//! Programs that run until this task ends. What they print goes to a log file each.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};

const LOOK: Duration = Duration::from_millis(50);
const TO_START: Duration = Duration::from_secs(30);
const TO_STOP: Duration = Duration::from_secs(12);
const LAST_LINES: usize = 15;

/// Running programs; dropped, they are ended.
#[derive(Default)]
pub(crate) struct Children(Vec<Running>);

struct Running {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Children {
    /// Starts a program and waits until it has printed a line that begins with each of `ready`.
    ///
    /// # Errors
    /// When it cannot be started, ends, or does not get ready; with its last lines.
    pub(crate) fn start(
        &mut self,
        name: &'static str,
        command: &mut Command,
        log: PathBuf,
        ready: &[&str],
    ) -> anyhow::Result<()> {
        let file = File::create(&log)
            .with_context(|| format!("the log {} cannot be written", log.display()))?;
        command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file);
        // A group of its own: Ctrl-C in the terminal reaches this task, which ends them in order.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command.spawn();
        let child = child.with_context(|| format!("{name} cannot be started"))?;
        self.0.push(Running { name, child, log });
        let begun = Instant::now();
        loop {
            // Looked at first: what it printed before it ended is then read below.
            let ended = self.ended();
            let text = self.0.last().map_or_else(String::new, Running::text);
            if ready.iter().all(|r| text.lines().any(|l| l.starts_with(r))) {
                return Ok(());
            }
            if let Some(why) = ended {
                bail!(why);
            }
            if begun.elapsed() > TO_START {
                bail!(
                    "{name} is not ready after {TO_START:?}; its last lines:\n{}",
                    last(&text)
                );
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Which one has ended, with its last lines; `None` while all run.
    pub(crate) fn ended(&mut self) -> Option<String> {
        self.0.iter_mut().find_map(|running| {
            let status = running.child.try_wait().ok()??;
            let lines = last(&running.text());
            Some(format!(
                "{} ended with {status}; its last lines:\n{lines}",
                running.name
            ))
        })
    }
}

impl Running {
    fn text(&self) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Children {
    /// Asks each to end, and makes those end that do not.
    fn drop(&mut self) {
        for running in &mut self.0 {
            if running.is_running() {
                let id = running.child.id().to_string();
                let _ = Command::new("kill").args(["-TERM", &id]).status();
            }
        }
        let begun = Instant::now();
        while begun.elapsed() < TO_STOP && self.0.iter_mut().any(Running::is_running) {
            std::thread::sleep(LOOK);
        }
        for running in &mut self.0 {
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
    }
}

fn last(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn log(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("xtask-{}-{name}.log", std::process::id()))
    }

    #[test]
    fn one_that_ends_is_named_with_its_last_lines() {
        let mut children = Children::default();
        let error = children.start(
            "sh",
            &mut shell("echo no port left; exit 3"),
            log("ends"),
            &["up"],
        );
        let text = error.unwrap_err().to_string();
        assert!(
            text.starts_with("sh ended with") && text.ends_with("no port left"),
            "{text}"
        );
    }

    #[test]
    fn one_that_is_ready_runs_until_dropped() {
        let mut children = Children::default();
        let gone = log("gone");
        let script = format!(
            "trap 'echo asked > {0}; exit' TERM; echo up; while :; do sleep 0.05; done",
            gone.display()
        );
        children
            .start("sh", &mut shell(&script), log("runs"), &["up"])
            .unwrap();
        assert_eq!(children.ended(), None);
        drop(children);
        assert_eq!(fs::read_to_string(gone).unwrap(), "asked\n");
    }
}
