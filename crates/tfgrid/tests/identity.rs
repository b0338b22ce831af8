//! Secrets become the same keys as in every other client, and stay secret.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fmt::{Debug, Display};

use serde_json::Value;
use support::{bytes, own, shared, text};
use tfgrid::Identity;
use tfgrid::identity::{AccountId, MessageKey, Scheme, SharedKey, verify_prefixed};
use zeroize::ZeroizeOnDrop;

const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";

fn why(secret: &str, scheme: Scheme) -> String {
    match Identity::new(secret, scheme) {
        Ok(_) => panic!("this is taken for a secret"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn secrets_give_the_keys_that_polkadot_js_makes() {
    let vectors = own("identity.json");
    let vectors = vectors["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 21);
    for vector in vectors {
        let secret = text(vector, "secret");
        for scheme in [Scheme::Sr25519, Scheme::Ed25519] {
            let expected = &vector[scheme.name()];
            match Identity::new(secret, scheme) {
                Ok(identity) => {
                    let account = identity.account();
                    assert_eq!(
                        hex::encode(account.as_bytes()),
                        expected["public_key"],
                        "{secret}"
                    );
                    assert_eq!(account.to_string(), expected["address"]);
                    assert_eq!(text(expected, "address").parse(), Ok(account));
                }
                Err(error) => assert_eq!(*expected, Value::Null, "{secret}: {error}"),
            }
        }
        // A mnemonic is the same account as its seed.
        if let Some(seed) = vector["seed"].as_str() {
            let by_seed = Identity::new(&format!("0x{seed}"), Scheme::Sr25519).unwrap();
            let by_words = Identity::new(secret, Scheme::Sr25519).unwrap();
            assert_eq!(by_seed.account(), by_words.account());
            assert_eq!(
                by_seed.message_key().public(),
                by_words.message_key().public()
            );
        }
    }
}

#[test]
fn the_shared_vectors_of_both_accounts_hold() {
    for (_, rmb) in shared("rmb") {
        for name in ["A", "B"] {
            let account = &rmb[name];
            let sr = Identity::new(text(account, "mnemonic"), Scheme::Sr25519).unwrap();
            let ed = Identity::new(text(account, "mnemonic"), Scheme::Ed25519).unwrap();
            assert_eq!(
                sr.account().as_bytes(),
                &*bytes(account, "sr25519_public_hex")
            );
            assert_eq!(sr.account().to_string(), account["sr25519_ss58"]);
            assert_eq!(
                ed.account().as_bytes(),
                &*bytes(account, "ed25519_public_hex")
            );
            assert_eq!(ed.account().to_string(), account["ed25519_ss58"]);
            let key = bytes(account, "e2e_secp256k1_pubkey_compressed");
            assert_eq!(sr.message_key().public().as_bytes(), &*key);
            assert_eq!(ed.message_key().public().as_bytes(), &*key);
            let seed = format!("0x{}", text(account, "substrate_mini_secret_hex"));
            let by_seed = Identity::new(&seed, Scheme::Sr25519).unwrap();
            assert_eq!(by_seed.account(), sr.account());
        }
    }
}

#[test]
fn a_file_with_line_ends_and_loose_spaces_is_the_same_secret() {
    let plain = Identity::new(WORDS, Scheme::Sr25519).unwrap();
    let loose = format!("  {}\r\n", WORDS.replace(' ', "  "));
    let loose = Identity::new(&loose, Scheme::Sr25519).unwrap();
    assert_eq!(plain.account(), loose.account());
}

#[test]
fn the_message_key_follows_hard_steps() {
    let alice = Identity::new("//Alice", Scheme::Sr25519).unwrap();
    let bob = Identity::new("//Bob", Scheme::Sr25519).unwrap();
    assert_ne!(alice.message_key().public(), bob.message_key().public());
    // Alice's seed, as `subkey inspect //Alice` prints it.
    let seed = "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a";
    let by_seed = Identity::new(seed, Scheme::Sr25519).unwrap();
    assert_eq!(by_seed.account(), alice.account());
    assert_eq!(by_seed.message_key().public(), alice.message_key().public());
    let soft = Identity::new("//Alice/soft", Scheme::Sr25519).unwrap();
    assert_eq!(soft.message_key().public(), alice.message_key().public());
    assert_ne!(soft.account(), alice.account());
}

#[test]
fn a_wrong_secret_is_refused_with_the_place_and_without_the_words() {
    let cases = [
        ("", "it is empty"),
        ("\n", "it is empty"),
        ("legal winner thank", "12, 15, 18, 21 or 24 words, not 3"),
        (&WORDS.replace("sausage", "sausagge"), "word 6 is not"),
        (
            &WORDS.replace("Legal", "legal").to_uppercase(),
            "word 1 is not",
        ),
        (&WORDS.replace("yellow", "year"), "checksum"),
        ("0x1234", "64 hex digits"),
        (&format!("0x{}", "zz".repeat(32)), "64 hex digits"),
        (&format!("0x{}", "00".repeat(33)), "64 hex digits"),
        (
            &format!("0x{}", "00".repeat(32)),
            "cannot be a key for messages",
        ),
        (
            &format!("0x{}", "ff".repeat(32)),
            "cannot be a key for messages",
        ),
        ("//Alice/", "is empty"),
        ("//Alice//", "is empty"),
        ("//", "is empty"),
    ];
    for (secret, reason) in cases {
        let why = why(secret, Scheme::Sr25519);
        assert!(why.contains(reason), "{secret}: {why}");
        for word in [
            "legal", "winner", "sausag", "yellow", "LEGAL", "zz", "Alice",
        ] {
            assert!(!why.contains(word), "{why}");
        }
    }
    assert!(why("//Alice/soft", Scheme::Ed25519).contains("no soft derivation"));
}

#[test]
fn signatures_are_checked_by_key_message_and_scheme() {
    for scheme in [Scheme::Sr25519, Scheme::Ed25519] {
        let alice = Identity::new("//Alice", scheme).unwrap();
        let bob = Identity::new("//Bob", scheme).unwrap();
        let signature = alice.sign(b"message");
        let verify = |key: AccountId, message: &[u8], signature: &[u8]| {
            scheme.verify(&key, message, signature).is_ok()
        };
        assert!(verify(alice.account(), b"message", &signature));
        assert!(!verify(alice.account(), b"massage", &signature));
        assert!(!verify(bob.account(), b"message", &signature));
        assert!(!verify(alice.account(), b"message", &signature[1..]));
        assert!(!verify(alice.account(), b"message", &[0; 64]));
        assert!(!verify(AccountId::new([0xff; 32]), b"message", &signature));
        for at in [0, 31, 32, 63] {
            let mut changed = signature;
            changed[at] ^= 1;
            assert!(!verify(alice.account(), b"message", &changed), "{at}");
        }

        let prefixed = alice.sign_prefixed(b"message");
        assert_eq!(prefixed.len(), 65);
        assert_eq!(prefixed[0], scheme.prefix());
        assert_eq!(
            verify_prefixed(&alice.account(), b"message", &prefixed),
            Ok(())
        );
        for broken in [&[][..], &prefixed[1..], &prefixed[..1], b"x"] {
            assert!(verify_prefixed(&alice.account(), b"message", broken).is_err());
        }
        let mut other = prefixed;
        other[0] ^= b's' ^ b'e';
        assert!(verify_prefixed(&alice.account(), b"message", &other).is_err());
    }
}

/// Compiles only while the type does not implement the trait: with it, `_` could be either.
macro_rules! is_not {
    ($type:ty: $($trait:path),+) => {{
        trait Ambiguous<A> { fn check() {} }
        impl<T: ?Sized> Ambiguous<()> for T {}
        $({
            #[allow(dead_code)]
            struct Has;
            impl<T: ?Sized + $trait> Ambiguous<Has> for T {}
        })+
        <$type as Ambiguous<_>>::check();
    }};
}

#[test]
fn secrets_cannot_be_printed_copied_or_stored_and_are_wiped() {
    is_not!(Identity: Debug, Display, Clone, serde::Serialize);
    is_not!(MessageKey: Debug, Display, Clone, serde::Serialize);
    is_not!(SharedKey: Debug, Display, Clone, serde::Serialize);
    fn wiped<T: ZeroizeOnDrop>() {}
    wiped::<Identity>();
    wiped::<MessageKey>();
    wiped::<SharedKey>();
    // Of what Identity is made of:
    wiped::<ed25519_dalek::SigningKey>();
    wiped::<k256::SecretKey>();
}
