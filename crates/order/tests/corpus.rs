//! One corpus of inputs, one verdict each, natively and in a browser.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use order::{GitUrl, GitUrlClass, InstanceName, SshPublicKey};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const OWN_URLS: &str = include_str!("corpus/git_urls.tsv");
const SHARED_URLS: &str = include_str!(concat!(env!("OUT_DIR"), "/shared_git_urls.tsv"));
const SSH_KEYS: &str = include_str!("corpus/ssh_keys.tsv");
const NAMES: &str = include_str!("corpus/names.tsv");

/// The rows of a corpus, its comments left out.
fn rows(corpus: &str) -> impl Iterator<Item = Vec<&str>> {
    corpus
        .lines()
        .filter(|l| !l.starts_with('#'))
        .map(|l| l.split('\t').collect())
}

/// `\n \r \t \0 \\ \" \u{HEX}` and `{a*N}`.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (piece, length) = match c {
            '\\' => escape(rest),
            '{' => repetition(rest).unwrap_or_else(|| ("{".into(), 1)),
            c => (c.to_string(), c.len_utf8()),
        };
        out.push_str(&piece);
        rest = &rest[length..];
    }
    out
}

fn escape(rest: &str) -> (String, usize) {
    let plain = match rest.as_bytes()[1] {
        b'n' => "\n",
        b'r' => "\r",
        b't' => "\t",
        b'0' => "\0",
        b'"' => "\"",
        b'\\' => "\\",
        b'u' => {
            let end = rest.find('}').unwrap();
            let code = u32::from_str_radix(&rest[3..end], 16).unwrap();
            return (char::from_u32(code).unwrap().to_string(), end + 1);
        }
        other => panic!("no such escape: {}", char::from(other)),
    };
    (plain.to_owned(), 2)
}

/// None where it is a brace of the text's own.
fn repetition(rest: &str) -> Option<(String, usize)> {
    let end = rest.find('}')?;
    let (piece, times) = rest[1..end].split_once('*')?;
    Some((piece.repeat(times.parse().ok()?), end + 1))
}

fn verdict(url: &str) -> &'static str {
    match GitUrl::parse(url, &[]).map_err(|e| e.class()) {
        Ok(_) => "ok-syntax",
        Err(GitUrlClass::Syntax) => "reject-syntax",
        Err(GitUrlClass::Scheme) => "reject-scheme",
        Err(GitUrlClass::Address) => "reject-address",
    }
}

/// Rows that need DNS or a redirect pass here, where what they demand is not said already: the server's
/// check gives their verdict.
fn check_urls(corpus: &str) -> usize {
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in rows(corpus).filter(|r| r[0] != "url") {
        let url = unescape(row[0]);
        let on_the_wire = row[2].starts_with("dns=") || row[2].starts_with("redirect=");
        let seen = verdict(&url);
        if seen != row[1] && !(on_the_wire && seen == "ok-syntax") {
            wrong.push(format!(
                "{url:?}: {seen} instead of {} ({})",
                row[1], row[2]
            ));
        }
        count += 1;
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    count
}

#[test]
fn s01_every_own_git_url_gets_its_verdict() {
    assert!(check_urls(OWN_URLS) >= 150);
}

#[test]
fn s01_every_shared_git_url_gets_its_verdict() {
    match check_urls(SHARED_URLS) {
        0 => println!("skipped: ../shared/data/git_urls/git_urls.tsv is not there"),
        count => assert!(count >= 257, "{count} rows only"),
    }
}

#[test]
fn s18_every_ssh_key_gets_its_verdict() {
    let mut count = 0;
    for row in rows(SSH_KEYS) {
        let line = unescape(row[1]);
        let seen = match line.parse::<SshPublicKey>() {
            Ok(key) => key.fingerprint(),
            Err(error) => variant(&error),
        };
        assert_eq!(seen, row[0], "{line:?} ({})", row[2]);
        count += 1;
    }
    assert!(count >= 60, "{count} rows only");
}

#[test]
fn s19_every_name_gets_its_verdict() {
    let mut count = 0;
    for row in rows(NAMES) {
        let name = unescape(row[1]);
        let seen = name
            .parse::<InstanceName>()
            .map_or_else(|e| variant(&e), |_| "ok".to_owned());
        assert_eq!(seen, row[0], "{name:?}");
        count += 1;
    }
    assert!(count >= 80, "{count} rows only");
}

/// The name of an error, without what it holds.
fn variant(error: &impl std::fmt::Debug) -> String {
    let text = format!("{error:?}");
    text.split(['(', ' ', '{'])
        .next()
        .unwrap_or_default()
        .to_owned()
}
