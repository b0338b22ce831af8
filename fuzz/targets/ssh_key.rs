//! A key that is accepted is one for the `ssh-key` crate too, with the same fingerprint.
#![no_main]

use libfuzzer_sys::fuzz_target;
use order::SshPublicKey;

fuzz_target!(|text: &str| {
    let Ok(ours) = text.parse::<SshPublicKey>() else {
        return;
    };
    let line = ours.to_string();
    assert!(!line.contains(['\n', '\r', '\0']), "{line:?}");
    let theirs = ssh_key::PublicKey::from_openssh(&line).expect("a key");
    let print = theirs.fingerprint(ssh_key::HashAlg::Sha256).to_string();
    assert_eq!(print, ours.fingerprint());
});
