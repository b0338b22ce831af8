//! What a git check logs (SECURITY 8 and 22). In a process of its own: which events are wanted is
//! decided once for all threads, and the other tests want none.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "git_check/support.rs"]
#[allow(dead_code)] // shared with the other tests of the check
mod support;

use std::{
    io,
    sync::{Arc, Mutex},
};

use api::git_check::{GitCheckConfig, GitChecker};
use order::api::GitState;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{Stub, visitor};

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn s22_the_reason_is_in_the_log_alone_and_a_log_line_stays_one_line() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE);
    let _guard = tracing::subscriber::set_default(subscriber.finish());

    let evil = "no\r\nsuch \u{1b}[31mhost";
    let resolver = Stub::failing("git.example.org", evil);
    let checker = GitChecker::new(GitCheckConfig::default(), resolver).unwrap();
    let answer = checker
        .check("https://git.example.org/r", visitor())
        .await
        .unwrap();
    assert!(!answer.message.contains("such"), "{}", answer.message);
    let typed = format!("https://git.example.org/{evil}");
    let answer = checker.check(&typed, visitor()).await.unwrap();
    assert_eq!(answer.state, GitState::InvalidUrl);
    for secret in [
        "https://me:hunter2@10.0.0.9/r",
        "https://10.0.0.9/r?private_token=hunter2",
        "hunter2",
    ] {
        let answer = checker.check(secret, visitor()).await.unwrap();
        assert_eq!(answer.state, GitState::InvalidUrl);
    }
    let refusing = Stub::turning("git.example.org", &[&["10.0.0.1"]]);
    let checker = GitChecker::new(GitCheckConfig::default(), refusing).unwrap();
    let answer = checker
        .check("https://git.example.org/r", visitor())
        .await
        .unwrap();
    assert!(!format!("{answer:?}").contains("10.0.0.1"));

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let ours: Vec<_> = text
        .lines()
        .filter(|line| line.contains("git check"))
        .collect();
    // Who tries addresses is seen, and his password is not.
    let tried = "at=\"10.0.0.9\"";
    let each = [
        "such",
        "BadCharacter",
        tried,
        tried,
        "NoScheme",
        "10.0.0.1 is not",
    ];
    assert_eq!(ours.len(), each.len(), "{text}");
    for (line, part) in ours.iter().zip(each) {
        assert!(line.contains(part), "{text}");
    }
    assert!(!text.contains("hunter2"), "{text}");
    assert!(!text.contains(['\r', '\u{1b}']), "{text:?}");
    assert!(
        text.lines().all(|line| line.starts_with("20")),
        "every line begins with its time"
    );
}
