//! No text is a token but one that was signed.
#![no_main]

use api::access::token::{Token, sign};
use libfuzzer_sys::fuzz_target;

const SECRET: &[u8] = b"thirty-two characters of secret.";
const NOW: u64 = 1_800_000_000;

fuzz_target!(|text: &str| {
    let read = |text: &str| Token::read(text, "club", &[SECRET], NOW);
    // Who cannot sign gets nothing.
    assert!(read(text).is_err(), "{text:?}");
    // A site's server may sign what it likes: what is taken is within bounds.
    let mut parts = text.splitn(4, '\n');
    let mut part = || parts.next().unwrap_or_default();
    let expiry = part().parse().unwrap_or(NOW + 60);
    let signed = sign(SECRET, "club", part(), expiry, part(), part());
    if let Ok(token) = read(&signed) {
        assert!(token.expiry <= NOW + 305 && token.expiry + 5 >= NOW);
        assert!((1..=64).contains(&token.subject.len()) && (16..=64).contains(&token.nonce.len()));
        assert!(token.subject.is_ascii() && token.nonce.is_ascii());
    }
});
