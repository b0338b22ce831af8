//! What a hostile git server may send: nothing panics, and what is shown can be shown.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| api::git_check::read_any(body));
