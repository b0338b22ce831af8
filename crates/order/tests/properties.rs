//! What holds for every input, and what other parsers say. Natively only.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use order::{
    AdminEmail, GitOrigin, GitUrl, InstanceName, SshKeyError, SshPublicKey, suggest_git_url,
};
use proptest::prelude::*;

const SSH_KEYS: &str = include_str!("corpus/ssh_keys.tsv");

/// Texts near what is accepted: arbitrary ones rarely get past the first rule.
fn near_url() -> impl Strategy<Value = String> {
    let host =
        "localhost|([a-z0-9-]{1,8}\\.){0,3}[a-zA-Z0-9.-]{0,6}|\\[[0-9a-f:.]{0,12}\\]|[0-9x.]{1,12}";
    let tail = "(:[0-9]{0,6})?(/[A-Za-z0-9._~%@+:,=-]{0,6}){0,4}[?#/\\\\]?";
    (
        prop_oneof![
            "https://", "HTTPS://", "http://", "https:/", "//", "ssh://u@", "git@"
        ],
        host,
        tail,
    )
        .prop_map(|(scheme, host, tail)| format!("{scheme}{host}{tail}"))
}

fn accepted_keys() -> Vec<String> {
    let rows = SSH_KEYS
        .lines()
        .filter(|l| l.starts_with("SHA256:") && !l.contains('\\'));
    rows.filter_map(|l| l.split('\t').nth(1))
        .map(|l| l.trim().to_owned())
        .collect()
}

/// A good key with one byte of its blob changed, cut or added.
fn near_key() -> impl Strategy<Value = String> {
    let keys = accepted_keys();
    let change = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        any::<u8>(),
        0..4u8,
    );
    change.prop_map(move |(key, at, byte, how)| {
        let line = key.get(&keys);
        let mut words = line.split_whitespace();
        let (name, blob) = (words.next().unwrap(), words.next().unwrap());
        let mut blob = <base64ct::Base64 as base64ct::Encoding>::decode_vec(blob).unwrap();
        let at = at.index(blob.len());
        match how {
            0 => blob[at] = byte,
            1 => blob.truncate(at),
            2 => blob.push(byte),
            _ => {}
        }
        let blob = <base64ct::Base64 as base64ct::Encoding>::encode_string(&blob);
        format!("{name} {blob} ann@laptop")
    })
}

/// What the `ssh-key` crate says to a line: the fingerprint. It does not look at every length inside
/// a blob, so what it reads must also be what is written.
fn library(line: &str) -> Option<String> {
    let key = ssh_key::PublicKey::from_openssh(line).ok()?;
    let same = key.to_openssh().ok()?.trim_end() == line;
    same.then(|| key.fingerprint(ssh_key::HashAlg::Sha256).to_string())
}

/// The library takes any RSA numbers. We take odd ones, and exponents from 3 to 64 bits: no other
/// pair is a key.
fn has_bad_rsa_numbers(line: &str) -> bool {
    let key = ssh_key::PublicKey::from_openssh(line).unwrap();
    key.key_data().rsa().is_some_and(|rsa| {
        let number = |n: &ssh_key::Mpint| n.as_positive_bytes().unwrap_or_default().to_vec();
        let (e, n) = (number(&rsa.e), number(&rsa.n));
        let even = |n: &[u8]| n.last().is_none_or(|b| b % 2 == 0);
        even(&e) || even(&n) || e == [1] || e.len() > 8
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn nothing_panics(text in any::<String>(), near in near_url()) {
        for text in [&text, &near] {
            let _ = GitUrl::parse(text, &[]);
            let _ = suggest_git_url(text, &[]);
            let _ = GitOrigin::parse(text);
            let _ = text.parse::<InstanceName>();
            let _ = text.parse::<SshPublicKey>();
            let _ = text.parse::<AdminEmail>();
        }
    }

    #[test]
    fn s02_what_is_accepted_is_read_the_same_by_a_browsers_parser(text in near_url()) {
        if let Ok(ours) = GitUrl::parse(&text, &[]) {
            let theirs = url::Url::parse(&text).unwrap();
            prop_assert_eq!(theirs.scheme(), "https");
            prop_assert_eq!(theirs.host_str(), Some(ours.host()));
            prop_assert_eq!(theirs.port_or_known_default(), Some(ours.port()));
            prop_assert_eq!(theirs.path().trim_end_matches('/'), ours.path());
            prop_assert_eq!((theirs.query(), theirs.fragment(), theirs.username()), (None, None, ""));
        }
    }

    #[test]
    fn a_canonical_url_is_its_own_canonical_form(text in near_url()) {
        if let Ok(url) = GitUrl::parse(&text, &[]) {
            prop_assert_eq!(GitUrl::parse(&url.to_string(), &[]), Ok(url));
        }
    }

    #[test]
    fn an_allowed_origin_opens_itself_alone(text in near_url()) {
        let allowed = ["http://localhost", "https://localhost"].map(|o| GitOrigin::parse(o).unwrap());
        match (GitUrl::parse(&text, &allowed), GitUrl::parse(&text, &[])) {
            (Ok(url), refused) if url.is_allowed_by_operator() => {
                let default = if url.is_https() { 443 } else { 80 };
                prop_assert_eq!((url.host(), url.port()), ("localhost", default));
                prop_assert!(refused.is_err());
            }
            (with, without) => prop_assert_eq!(with.ok(), without.ok()),
        }
    }

    #[test]
    fn an_e_mail_address_that_is_accepted_is_its_own_form(text in "[ a-z0-9.+@-]{1,30}") {
        if let Ok(email) = text.parse::<AdminEmail>() {
            prop_assert_eq!(email.as_str(), text.trim());
            prop_assert_eq!(email.to_string().parse(), Ok(email));
        }
    }

    #[test]
    fn a_suggestion_is_accepted(text in near_url()) {
        if let Some(better) = suggest_git_url(&text, &[]) {
            prop_assert!(GitUrl::parse(&better, &[]).is_ok());
            prop_assert_ne!(better, text);
        }
    }

    #[test]
    fn a_name_that_is_accepted_is_a_dns_label(text in "[a-z0-9-]{1,34}") {
        if let Ok(parsed) = text.parse::<InstanceName>() {
            let name = parsed.as_str();
            prop_assert_eq!(parsed.to_string().parse(), Ok(parsed.clone()));
            prop_assert!((3..=32).contains(&name.len()) && !name.ends_with('-'));
            prop_assert!(name.starts_with(|c: char| c.is_ascii_lowercase()));
            prop_assert_ne!(&name[2..4.min(name.len())], "--");
        }
    }

    #[test]
    fn s18_an_ssh_key_gets_the_librarys_verdict(line in near_key()) {
        let (ours, library) = (line.parse::<SshPublicKey>(), library(&line));
        match ours {
            Ok(key) => {
                prop_assert_eq!(Some(key.fingerprint()), library, "{}", line);
                prop_assert_eq!(key.to_string().parse::<SshPublicKey>(), Ok(key));
            }
            Err(SshKeyError::RsaTooSmall(_) | SshKeyError::RsaTooLarge) => {}
            Err(error) => {
                let odd_one = library.is_some() && has_bad_rsa_numbers(&line);
                prop_assert!(library.is_none() || odd_one, "{}: {:?} but {:?}", line, error, library);
            }
        }
    }
}

#[test]
fn the_library_agrees_on_every_key_of_the_corpus() {
    let keys = accepted_keys();
    assert!(keys.len() >= 15);
    for line in keys {
        let key: SshPublicKey = line.parse().unwrap();
        assert_eq!(Some(key.fingerprint()), library(&key.to_string()), "{line}");
    }
}
