//! What a relay may hand over: it is read or refused, and what was read can be written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tfgrid::rmb::{Envelope, Token};

fuzz_target!(|frame: &[u8]| {
    if let Ok(envelope) = Envelope::decode(frame) {
        let _ = envelope.challenge();
        let _ = envelope.is_expired(1_800_000_000);
        let again = Envelope::decode(&envelope.encode()).expect("what was read can be written");
        assert_eq!(again.hash(), envelope.hash());
    }
    if let Ok(text) = std::str::from_utf8(frame) {
        let _ = Token::claimed_twin(text);
    }
});
