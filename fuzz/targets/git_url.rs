//! What the policy accepts, the `url` crate and the HTTP client read in the same way.
#![no_main]

use libfuzzer_sys::fuzz_target;
use order::{GitUrl, suggest_git_url};

fuzz_target!(|text: &str| {
    if let Some(better) = suggest_git_url(text) {
        assert!(GitUrl::parse(&better, &[]).is_ok(), "{text:?} → {better:?}");
    }
    let Ok(ours) = GitUrl::parse(text, &[]) else {
        return;
    };
    for read in [text.trim(), ours.as_str()] {
        let theirs = url::Url::parse(read).expect("a URL");
        assert_eq!(theirs.scheme(), "https");
        assert_eq!(theirs.host_str(), Some(ours.host()));
        assert_eq!(theirs.port_or_known_default(), Some(ours.port()));
        assert_eq!(theirs.path().trim_end_matches('/'), ours.path());
        assert_eq!((theirs.username(), theirs.password()), ("", None));
    }
    let again = GitUrl::parse(ours.as_str(), &[]).expect("its own canonical form");
    assert_eq!(again.as_str(), ours.as_str());
});
