//! The documents' examples of a host's backend: what they sign is what the service reads.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use api::access::token::Token;

#[path = "../../../docs/examples/token/rust/main.rs"]
#[allow(dead_code, missing_docs, unreachable_pub)]
mod example;

/// As `openssl rand -hex 32` makes it: the text is the key, not the bytes that it could stand for.
const SECRET: &str = "9f6e1d0c5b8a47361f2e3d4c5b6a79880716253443526170ffeeddccbbaa9988";

fn now() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.unwrap().as_secs()
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/token")
}

fn is_read(language: &str, text: &str, sizes: &[&str]) -> Token {
    let secrets = [&b"another one"[..], SECRET.as_bytes()];
    let token = Token::read(text, "my-site", &secrets, now());
    let token = token.unwrap_or_else(|why| panic!("{language}: {why}: {text}"));
    assert_eq!(token.subject, "member_7", "{language}");
    assert_eq!(token.sizes, sizes, "{language}");
    assert!(token.expiry > now() + 60, "{language}: it ends at once");
    token
}

/// Runs an example twice, with and without sizes; says so where its language is not.
fn runs(language: &str, program: &str, arguments: &[&str], file: &str) {
    if Command::new(program).arg("--version").output().is_err()
        && Command::new(program).arg("version").output().is_err()
    {
        eprintln!("skipped: there is no {program} here, so the example in {language} is not run");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("site.secret");
    fs::write(&secret, format!("{SECRET}\n")).unwrap();
    let sign = |sizes: Option<&str>| {
        let mut command = Command::new(program);
        command.args(arguments).arg(examples().join(file));
        command.args(["my-site", "member_7"]).args(sizes);
        let output = command
            .env("GRIDTUBE_SECRET_FILE", &secret)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{language}: {said}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let all = is_read(language, &sign(None), &[]);
    let some = is_read(language, &sign(Some("small+mid")), &["small", "mid"]);
    assert_ne!(all.nonce, some.nonce, "{language}: a nonce came twice");
}

#[test]
fn node_signs_what_is_read() {
    runs("Node", "node", &[], "node/token.mjs");
}

#[test]
fn python_signs_what_is_read() {
    runs("Python", "python3", &[], "python/token_example.py");
}

#[test]
fn php_signs_what_is_read() {
    runs("PHP", "php", &[], "php/token.php");
}

#[test]
fn go_signs_what_is_read() {
    runs("Go", "go", &["run"], "go/token.go");
}

#[test]
fn rust_signs_what_is_read() {
    let sign = |sizes| example::token(SECRET, "my-site", "member_7", sizes).unwrap();
    let all = is_read("Rust", &sign(""), &[]);
    let some = is_read("Rust", &sign("small+mid"), &["small", "mid"]);
    assert_ne!(all.nonce, some.nonce);
}
