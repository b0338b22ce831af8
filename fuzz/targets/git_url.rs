//! What the policy accepts, the `url` crate and the HTTP client read in the same way.
#![no_main]

use libfuzzer_sys::fuzz_target;
use order::{GitUrl, suggest_git_url};

fuzz_target!(|text: &str| {
    if let Some(better) = suggest_git_url(text, &[]) {
        assert!(GitUrl::parse(&better, &[]).is_ok(), "{text:?} → {better:?}");
    }
    let Ok(ours) = GitUrl::parse(text, &[]) else {
        return;
    };
    let canonical = ours.to_string();
    for read in [text.trim(), &canonical] {
        let theirs = match url::Url::parse(read) {
            // Whether a punycode label says something in Unicode takes tables that the widget has no room
            // for. Nobody reads another host in it: it is this name in the DNS, or refused.
            Err(url::ParseError::IdnaError) if ours.host().contains("xn--") => continue,
            theirs => theirs.expect("a URL"),
        };
        assert_eq!(theirs.scheme(), "https");
        assert_eq!(theirs.host_str(), Some(ours.host()));
        assert_eq!(theirs.port_or_known_default(), Some(ours.port()));
        assert_eq!(theirs.path().trim_end_matches('/'), ours.path());
        assert_eq!((theirs.username(), theirs.password()), ("", None));
    }
    // What the git check asks for, as its HTTP client takes it apart.
    let asked = format!("{canonical}/info/refs?service=git-upload-pack");
    let asked: http::Uri = asked.parse().expect("an address");
    assert_eq!(asked.scheme_str(), Some("https"));
    assert_eq!(asked.host(), Some(ours.host()));
    assert_eq!(asked.port_u16().unwrap_or(443), ours.port());
    assert_eq!(asked.path(), format!("{}/info/refs", ours.path()));
    let again = GitUrl::parse(&canonical, &[]).expect("its own canonical form");
    assert_eq!(again.to_string(), canonical);
});
