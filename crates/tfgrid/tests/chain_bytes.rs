//! Calls, storage keys and values, to the byte, against what the real runtime took and answered.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/chain/mod.rs"]
mod support;

use support::{bytes, calls, runtime_144, runtime_149};
use tfgrid::Identity;
use tfgrid::chain::{
    Birth, Call, ChainError, Contract, ContractKind, ContractState, ERA, Key, RelayHosts, Runtime,
    Twin,
};
use tfgrid::deployment::{ContractData, DeploymentHash, GatewayName};
use tfgrid::identity::{AccountId, MessagePublicKey, Scheme};

fn alice() -> AccountId {
    identity("//Alice").account()
}

fn identity(secret: &str) -> Identity {
    Identity::new(secret, Scheme::Sr25519).unwrap()
}

fn hash(digits: &str) -> DeploymentHash {
    digits.repeat(16).parse().unwrap()
}

fn name(name: &str) -> GatewayName {
    name.parse().unwrap()
}

fn relay(host: &str) -> RelayHosts {
    RelayHosts::new([host]).unwrap()
}

fn message_key() -> MessagePublicKey {
    let key = identity("//Alice").message_key().public();
    MessagePublicKey::new(key.as_bytes()).unwrap()
}

fn nobodys_twin() -> Twin {
    Twin {
        id: 1,
        account: alice(),
        relay: None,
        key: None,
    }
}

fn data(text: &str) -> ContractData {
    ContractData::new(text).unwrap()
}

/// The calls of `encodedCalls`, under their names there.
fn known_calls() -> Vec<(&'static str, Call)> {
    let node = |ips, provider| Call::create_node(1, &hash("01"), &data("data"), ips, provider);
    let dev = relay("relay.dev.grid.tf");
    let pair = [Call::cancel(7).unwrap(), Call::cancel(8).unwrap()];
    let update = Call::update_twin(&nobodys_twin(), Some(&relay("relay.grid.tf")), None);
    let terms = Call::accept_terms("https://a.b/c", "9021d4dee05a661e2cb6838152c67f25");
    vec![
        ("createNodeContract", node(0, None)),
        ("createNodeContractSp", node(1, Some(5))),
        (
            "updateNodeContract",
            Call::update_node(7, &hash("02"), &data("x")),
        ),
        ("createNameContract", Call::create_name(&name("peertube"))),
        ("cancelContract", Call::cancel(7).unwrap()),
        (
            "createTwin",
            Call::create_twin(Some(&dev), Some(&message_key())),
        ),
        ("createTwinNone", Call::create_twin(Some(&dev), None)),
        ("updateTwin", update),
        ("userAcceptTc", terms.unwrap()),
        ("batchAll", Call::batch(&pair)),
    ]
}

/// Both versions of the runtime at hand.
fn runtimes() -> Vec<Runtime> {
    [Some(runtime_144()), runtime_149()]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn every_known_call_is_encoded_to_the_byte() {
    let Some(known) = calls() else { return };
    let known = &known["encodedCalls"];
    // Their key is no point of the curve, so ours cannot be made of it: it is put in its place.
    let (ours, theirs) = (*message_key().as_bytes(), [&[2][..], &[0x11; 32]].concat());
    for runtime in runtimes() {
        for (key, call) in known_calls() {
            let mut encoded = runtime.encode(&call).unwrap();
            if let Some(at) = encoded.windows(33).position(|window| window == ours) {
                encoded[at..at + 33].copy_from_slice(&theirs);
            }
            assert_eq!(
                hex::encode(encoded),
                hex::encode(bytes(known, key)),
                "{key}"
            );
        }
    }
}

#[test]
fn every_known_storage_key_is_made_to_the_byte() {
    let Some(known) = calls() else { return };
    let keys = [
        ("contract1key", Key::Contract(1)),
        ("nameKey", Key::NameContract(name("peertube1"))),
        ("twin1key", Key::Twin(1)),
        ("twinIdKeyAlice", Key::TwinOf(alice())),
        ("hashKey", Key::NodeContract(1, hash("04"))),
    ];
    for runtime in runtimes() {
        for (which, key) in &keys {
            let made = runtime.key(key).unwrap();
            assert_eq!(
                hex::encode(made),
                hex::encode(bytes(&known, which)),
                "{which}"
            );
        }
    }
}

#[test]
fn known_values_are_read() {
    let Some(known) = calls() else { return };
    let relays: Vec<String> = (1..=5).map(|n| format!("r{n}.dev.grid.tf")).collect();
    for runtime in runtimes() {
        let twin = runtime.twin(&bytes(&known, "twin1raw")).unwrap();
        let relay = Some(relays.join("_"));
        assert_eq!(
            twin,
            Twin {
                relay,
                ..nobodys_twin()
            }
        );

        let contract = runtime.contract(&bytes(&known, "contract1raw")).unwrap();
        let expected = Contract {
            id: 1,
            twin: 1,
            state: ContractState::Created,
            kind: ContractKind::Node {
                node: 1,
                hash: "04".repeat(16),
                data: "{}".into(),
                public_ips: 1,
            },
        };
        assert_eq!(contract, expected);
    }
}

#[test]
fn a_value_of_another_shape_is_refused_not_guessed() {
    let Some(known) = calls() else { return };
    let raw = bytes(&known, "contract1raw");
    let runtime = runtime_144();
    let longer = [raw.as_slice(), &[0]].concat();
    for wrong in [&raw[..raw.len() - 1], &longer, &[], &[0xff; 40]] {
        let error = runtime.contract(wrong).unwrap_err();
        assert!(matches!(error, ChainError::NotUnderstood(_)), "{error}");
    }
}

#[test]
fn every_state_and_kind_of_contract_is_read() {
    // version, state, contract 7, twin 9, kind, no provider.
    let raw = |state: &[u8], kind: &[u8]| {
        let number = [7, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0];
        [&[4, 0, 0, 0], state, &number, kind, &[0]].concat()
    };
    let rent: &[u8] = &[2, 5, 0, 0, 0];
    let name: &[u8] = &[1, 12, b'a', b'b', b'c'];
    let grace: &[u8] = &[2, 33, 0, 0, 0, 0, 0, 0, 0];
    let runtime = runtime_144();
    for (state, kind, expected, what) in [
        (
            &[0][..],
            rent,
            ContractState::Created,
            ContractKind::Rent { node: 5 },
        ),
        (
            grace,
            name,
            ContractState::GracePeriod(33),
            ContractKind::Name("abc".into()),
        ),
        (
            &[1, 0][..],
            name,
            ContractState::Deleted,
            ContractKind::Name("abc".into()),
        ),
        (
            &[1, 1][..],
            rent,
            ContractState::Deleted,
            ContractKind::Rent { node: 5 },
        ),
    ] {
        let contract = runtime.contract(&raw(state, kind)).unwrap();
        let whole = Contract {
            id: 7,
            twin: 9,
            state: expected,
            kind: what,
        };
        assert_eq!(contract, whole);
    }
}

#[test]
fn what_is_not_given_never_erases_what_is_set() {
    let runtime = runtime_144();
    let set = Twin {
        relay: Some("relay.grid.tf".into()),
        key: Some(message_key().as_bytes().to_vec()),
        ..nobodys_twin()
    };
    let encoded = |relays: Option<&str>, key: Option<MessagePublicKey>| {
        let relays = relays.map(relay);
        let call = Call::update_twin(&set, relays.as_ref(), key.as_ref());
        runtime.encode(&call).unwrap()
    };
    let whole = encoded(None, None);
    assert_eq!(whole, encoded(Some("relay.grid.tf"), Some(message_key())));
    assert_eq!(whole, encoded(Some("relay.grid.tf"), None));
    let other = encoded(Some("relay.qa.grid.tf"), None);
    assert_ne!(whole, other);
    assert!(other.ends_with(message_key().as_bytes()));
}

#[test]
fn broken_rules_are_said_before_anything_is_encoded() {
    assert!(Call::cancel(0).is_err());
    for link in ["", "two words", &"a".repeat(2049), "ümlaut"] {
        assert!(Call::accept_terms(link, "ab").is_err(), "{link}");
    }
    for hash in ["", "a.b", &"a".repeat(51)] {
        assert!(Call::accept_terms("https://a.b", hash).is_err(), "{hash}");
    }
    for host in [
        "",
        "wss://relay.grid.tf",
        ".a",
        "a.",
        "a..b",
        "a_b",
        "a/b",
        "a:1",
        &"a".repeat(254),
    ] {
        assert!(RelayHosts::new([host]).is_err(), "{host}");
    }
    assert!(RelayHosts::new([]).is_err());
    assert!(RelayHosts::new(["a", "b", "c", "d", "e"]).is_err());
    assert_eq!(
        RelayHosts::new(["b.x", "a.x", "b.x"]).unwrap().as_str(),
        "a.x_b.x"
    );

    let create = |data: String, hash: &str, name: &str| {
        let node = grid::Call::CreateNode {
            node: 1,
            hash: hash.into(),
            data,
        };
        let name = grid::Call::CreateName { name: name.into() };
        (Call::try_from(&node), Call::try_from(&name))
    };
    let (node, named) = create("a".repeat(512), &"0a".repeat(16), "my-club");
    assert!(node.is_ok() && named.is_ok());
    let (node, named) = create("a".repeat(513), &"0a".repeat(16), "my_club");
    assert!(node.unwrap_err().to_string().contains("513 bytes"));
    assert!(named.is_err());
    let (node, named) = create(String::new(), &"0A".repeat(16), "ab");
    assert!(node.is_err() && named.is_err());
}

#[test]
fn signed_bytes_hold_account_nonce_era_and_call() {
    let runtime = runtime_144();
    let alice = identity("//Alice");
    let call = Call::create_name(&name("peertube"));
    // 1000 is 8 in its period of 32: the era is 4 | 8 << 4, little-endian.
    let birth = Birth {
        block: 1000,
        hash: [7; 32],
    };
    let signed = runtime.sign(&call, &alice, 5, birth).unwrap();

    let account = alice.account();
    let body = &signed.bytes[2..];
    assert_eq!(
        body[..2],
        [0x84, 0],
        "signed, version 4, an account's number follows"
    );
    assert_eq!(body[2..34], *account.as_bytes());
    assert_eq!(body[34], 1, "sr25519");
    let (signature, rest) = body[35..].split_at(64);
    let encoded = runtime.encode(&call).unwrap();
    let extra = [0x84, 0x00, 5 << 2, 0];
    assert_eq!(rest, [&extra[..], &encoded].concat());

    // What is signed: call, era, nonce, tip; spec, transaction version, genesis, the era's block.
    let implicit = [
        &144u32.to_le_bytes()[..],
        &2u32.to_le_bytes(),
        &support::GENESIS,
        &[7; 32],
    ];
    let payload = [&encoded, &extra[..], &implicit.concat()].concat();
    assert!(
        payload.len() <= 256,
        "longer ones are hashed before they are signed"
    );
    Scheme::Sr25519
        .verify(&account, &payload, signature)
        .unwrap();

    assert_eq!(signed.nonce, 5);
    assert_eq!(signed.era_end, 1000 + ERA - 1);
    assert_eq!(signed.hash.len(), 64);
}

#[test]
fn ed25519_signs_the_same_bytes_each_time_and_sr25519_does_not() {
    let runtime = runtime_144();
    let call = Call::cancel(7).unwrap();
    let birth = Birth {
        block: 64,
        hash: [1; 32],
    };
    let twice = |scheme| {
        let who = Identity::new("//Bob", scheme).unwrap();
        let sign = || runtime.sign(&call, &who, 0, birth).unwrap();
        (sign(), sign())
    };
    let (one, other) = twice(Scheme::Ed25519);
    assert_eq!(one, other);
    assert_eq!(one.bytes[2 + 34], 0);
    let (one, other) = twice(Scheme::Sr25519);
    assert_ne!(one.hash, other.hash);
}

#[test]
fn bytes_that_are_no_metadata_are_refused() {
    for bytes in [&b""[..], b"meta", &[0; 100]] {
        assert!(Runtime::new(bytes, 144, 2, [0; 32]).is_err());
    }
}
