//! Envelopes and tokens are to the byte what relays, nodes and the published client make of them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::{bytes, own, shared, text};
use tfgrid::Error;
use tfgrid::identity::{Identity, Scheme};
use tfgrid::rmb::{Address, Envelope, FAIL_FAST, Message, Payload, Refusal, Token};

const A: &str = "volume behind cable present pull exchange wish loyal avocado snap film increase";

fn a() -> Identity {
    Identity::new(A, Scheme::Ed25519).unwrap()
}

/// Reads an envelope of the vectors and holds it against what they say of it.
fn reproduce(vector: &Value, signer: &Identity, signature: &str) {
    let name = text(vector, "name");
    let mut envelope = Envelope::from_json(&vector.to_string()).unwrap();
    let md5 = text(vector, "challenge_md5_hex");
    assert_eq!(hex::encode(envelope.hash()), md5, "{name}");
    envelope.sign(signer);
    assert_eq!(
        hex::encode(envelope.signature.as_ref().unwrap()),
        text(vector, signature),
        "{name}"
    );
    assert_eq!(envelope.verify(&signer.account()), Ok(()), "{name}");
    let frame = envelope.encode();
    assert_eq!(hex::encode(&frame), text(vector, "protobuf_hex"), "{name}");
    assert_eq!(Envelope::decode(&frame).unwrap(), envelope, "{name}");
}

#[test]
fn own_vectors_are_reproduced() {
    let vectors = own("envelopes.json");
    let envelopes = vectors["envelopes"].as_array().unwrap();
    assert_eq!(envelopes.len(), 16);
    for vector in envelopes {
        reproduce(vector, &a(), "signature");
        let envelope = Envelope::from_json(&vector.to_string()).unwrap();
        assert_eq!(
            hex::encode(&*envelope.challenge()),
            text(vector, "challenge_hex")
        );
    }
    for vector in vectors["tokens"].as_array().unwrap() {
        let token: Token = serde_json::from_value(vector["claims"].clone()).unwrap();
        let signed = text(vector, "token");
        assert_eq!(token.sign(&a()), signed);
        assert_eq!(
            Token::verify(signed, &a().account(), 0).as_ref(),
            Ok(&token)
        );
        assert_eq!(Token::claimed_twin(signed), Ok(token.twin));
    }
}

#[test]
fn the_published_clients_vectors_are_reproduced() {
    for (_, vectors) in shared("rmb") {
        // A is twin 143, B the node's twin.
        let b = Identity::new(text(&vectors["B"], "mnemonic"), Scheme::Ed25519).unwrap();
        for vector in vectors["envelopes"].as_array().unwrap() {
            if vector["challenge_md5_hex"].is_null() {
                // Only its bytes are known.
                let frame = bytes(vector, "protobuf_hex");
                assert_eq!(Envelope::decode(&frame).unwrap().encode(), frame);
                continue;
            }
            let signer = match vector["source"]["twin"] == 143 {
                true => &a(),
                false => &b,
            };
            reproduce(vector, signer, "ed25519_signature_with_prefix_hex");
        }
        let jwt = &vectors["jwt"];
        let token: Token = serde_json::from_str(text(jwt, "claims")).unwrap();
        assert_eq!(token.sign(&a()), text(jwt, "token"));
        // Their encryption, opened as a message.
        let encryption = &vectors["encryption"];
        let key = b.message_key().shared(&a().message_key().public()).unwrap();
        let envelope = Envelope {
            payload: Some(Payload::Cipher(bytes(encryption, "envelope_cipher_hex"))),
            ..Envelope::default()
        };
        let plain = envelope.open(Some(&key)).unwrap();
        assert_eq!(*plain, text(encryption, "plaintext").as_bytes());
    }
}

#[test]
fn a_question_and_its_answer_are_sealed_signed_verified_and_opened() {
    let (us, node) = (a(), Identity::new("//Bob", Scheme::Sr25519).unwrap());
    let key = |one: &Identity, other: &Identity| {
        let theirs = other.message_key().public();
        one.message_key().shared(&theirs).unwrap()
    };
    let mut question = Envelope::request("u", Address::session(143, "s"), 29, "zos.x");
    question.timestamp = 1_700_000_000;
    question.expiration = 20;
    question.seal(&key(&us, &node), b"secret").unwrap();
    question.sign(&us);
    assert_eq!(question.tags.as_deref(), Some(FAIL_FAST));
    let received = Envelope::decode(&question.encode()).unwrap();
    received.verify(&us.account()).unwrap();
    assert_eq!(*received.open(Some(&key(&node, &us))).unwrap(), b"secret");
    assert_eq!(received.open(None), Err(Error::Cipher));
    assert_eq!(received.open(Some(&key(&node, &node))), Err(Error::Cipher));

    let mut answer = received.response();
    answer.say("null");
    answer.sign(&node);
    assert_eq!(answer.uid, "u");
    assert_eq!(answer.destination, Some(Address::session(143, "s")));
    assert_eq!(answer.source, Some(Address::twin(29)));
    answer.verify(&node.account()).unwrap();
    assert_eq!(*answer.open(None).unwrap(), b"null");
    assert!(*received.failure(0, "x").open(None).unwrap() == b"");

    let expired = |now| question.is_expired(now);
    assert!(!expired(0) && !expired(1_700_000_019));
    assert!(expired(1_700_000_020));
    question.expiration = u64::MAX;
    assert!(!question.is_expired(u64::MAX - 1));
}

/// Each field is under the signature; only the signature itself is not.
#[test]
fn whatever_is_changed_breaks_the_signature() {
    let mut good = Envelope::request("u", Address::session(143, "s"), 29, "zos.x");
    good.federation = Some("f".into());
    good.relays = vec!["r".into()];
    good.say("p");
    good.sign(&a());
    let account = a().account();
    assert_eq!(good.verify(&account), Ok(()));
    let changes: [fn(&mut Envelope); 13] = [
        |e| e.uid.push('x'),
        |e| e.tags = None,
        |e| e.timestamp = 1,
        |e| e.expiration = 1,
        |e| e.source.as_mut().unwrap().twin = 144,
        |e| e.source.as_mut().unwrap().connection = None,
        |e| e.destination.as_mut().unwrap().twin = 30,
        |e| e.destination.as_mut().unwrap().connection = Some("d".into()),
        |e| e.message = e.response().message,
        |e| e.schema = None,
        |e| e.federation = None,
        |e| e.payload = None,
        |e| e.relays.clear(),
    ];
    for (at, change) in changes.iter().enumerate() {
        let mut changed = good.clone();
        change(&mut changed);
        assert!(changed.verify(&account).is_err(), "change {at}");
    }
    for signature in [None, Some(vec![]), Some(vec![b's'; 65]), Some(vec![0; 65])] {
        let signature = Envelope {
            signature,
            ..good.clone()
        };
        assert!(signature.verify(&account).is_err());
    }
    let other = Identity::new(A, Scheme::Sr25519).unwrap();
    assert!(good.verify(&other.account()).is_err());
}

#[test]
fn broken_frames_are_no_envelopes() {
    for wrong in [&[0x0a, 0x05, b'a'][..], &[0xff], &[0x0a, 0x01, 0xff]] {
        assert!(matches!(Envelope::decode(wrong), Err(Error::Envelope(_))));
    }
    // What came after this client is left out.
    let mut frame = Envelope::request("u", Address::twin(1), 2, "c").encode();
    let known = Envelope::decode(&frame).unwrap();
    frame.extend([0xa2, 0x06, 0x01, b'x']);
    assert_eq!(Envelope::decode(&frame), Ok(known));
    for wrong in [
        "",
        "[1]",
        r#"{"plain":"x","cipher":"00"}"#,
        r#"{"cipher":"0"}"#,
        r#"{"kind":"what"}"#,
        r#"{"timestamp":-1}"#,
        r#"{"source":[1,"s"]}"#,
        r#"{"payload":{"plain":"x"}}"#,
        r#"{"message":{"command":"c"}}"#,
        r#"{"Uid":"u","command":"c"}"#,
    ] {
        let read = Envelope::from_json(wrong);
        assert!(matches!(read, Err(Error::Envelope(_))), "{wrong}");
    }
}

#[test]
fn a_written_envelope_needs_no_kind() {
    let read = |json: Value| Envelope::from_json(&json.to_string()).unwrap();
    let message = |json| read(json).message.unwrap();
    assert!(matches!(message(json!({})), Message::Response(_)));
    assert!(matches!(message(json!({"command": "c"})), Message::Request(r) if r.command == "c"));
    assert!(
        matches!(message(json!({"error": {"message": "m"}})), Message::Error(e) if e.code == 0)
    );
    assert!(matches!(message(json!({"kind": "ping"})), Message::Ping(_)));
    assert!(
        matches!(message(json!({"request": {"command": "c"}})), Message::Request(r) if r.command == "c")
    );
    assert!(matches!(
        message(json!({"response": {}})),
        Message::Response(_)
    ));
    assert!(matches!(message(json!({"ping": {}})), Message::Ping(_)));
    assert!(matches!(message(json!({"pong": {}})), Message::Pong(_)));
    assert_eq!(
        read(json!({
            "uid": null, "timestamp": null, "expiration": null, "source": { "twin": null },
            "error": { "code": null, "message": null }, "relays": null,
        })),
        read(json!({ "source": {}, "error": {} }))
    );
    // The published client's ping.
    let ping = read(json!({
        "uid": "u5", "kind": "ping", "timestamp": 1_700_000_004, "expiration": 40,
        "source": { "twin": 143, "connection": "sess1" }, "destination": {},
        "schema": "application/json",
    }));
    assert_eq!(
        hex::encode(ping.encode()),
        "0a02753512001884e2cfaa0620282a0a088f011205736573733132007a004a0052106170706c69636174696f\
         6e2f6a736f6e"
    );
    // What it leaves empty, and what is not there.
    let (empty, none) = (
        read(json!({ "command": "c" })),
        read(json!({ "command": "c", "tags": null, "signature": null })),
    );
    assert_eq!(empty.tags.as_deref(), Some(""));
    assert_eq!(empty.signature.as_deref(), Some(&[][..]));
    assert_eq!((&none.tags, &none.signature), (&None, &None));
    assert_eq!(empty.hash(), none.hash());
}

#[test]
fn a_token_is_checked_by_signature_and_time() {
    let token = Token {
        twin: 143,
        issued: 100,
        expires: 160,
        session: None,
    };
    for scheme in [Scheme::Sr25519, Scheme::Ed25519] {
        let identity = Identity::new(A, scheme).unwrap();
        let signed = token.sign(&identity);
        assert!(!signed.contains('='), "no padding");
        let check = |text: &str, now| Token::verify(text, &identity.account(), now);
        assert_eq!(check(&signed, 160).as_ref(), Ok(&token));
        let late = check(&signed, 161).unwrap_err().to_string();
        assert!(late.contains("expired") && late.contains("clock"), "{late}");
        let (front, signature) = signed.rsplit_once('.').unwrap();
        let (header, _) = front.split_once('.').unwrap();
        let forged = Token {
            twin: 1,
            ..token.clone()
        }
        .sign(&identity);
        let forged = forged.split('.').nth(1).unwrap();
        let forged = format!("{header}.{forged}.{signature}");
        assert_eq!(Token::claimed_twin(&forged), Ok(1));
        assert!(matches!(check(&forged, 100), Err(Error::Token(_))));
        for wrong in ["", "a.b", "..", front, &format!("{signed}=")] {
            assert!(matches!(check(wrong, 100), Err(Error::Token(_))), "{wrong}");
        }
    }
}

#[test]
fn errors_are_told_apart_by_who_says_them() {
    let question = Envelope::request("u", Address::session(143, "s"), 29, "c");
    let node = |code, text: &str| Refusal::of(&question.failure(code, text)).unwrap();
    let relay = |text: &str| {
        let mut error = question.failure(0, text);
        error.source = None;
        Refusal::of(&error).unwrap()
    };
    for (text, refusal) in [
        ("message wrong source", Refusal::WrongSource),
        ("message with missing destination", Refusal::NoDestination),
        ("unknown twin destination", Refusal::UnknownTwin),
        ("relay info is not set for this twin", Refusal::NoRelay),
        ("destination offline", Refusal::Offline),
        ("exceeded rate limits, dropping message", Refusal::TooMany),
        ("failed to route message to peer 29", Refusal::Unreachable),
        (
            "relays r.grid.tf was not reachable in time",
            Refusal::Unreachable,
        ),
    ] {
        assert_eq!(relay(text), refusal);
        assert!(
            matches!(node(0, text), Refusal::Other { .. }),
            "not by a node: {text}"
        );
    }
    assert_eq!(node(0, "exists"), Refusal::Exists);
    assert!(matches!(relay("exists"), Refusal::Other { .. }));
    let taken = "global workload with the same name `net` exists";
    assert!(matches!(node(0, taken), Refusal::Other { .. }));
    assert_eq!(node(0, "deployment not found"), Refusal::NotFound);
    assert_eq!(
        node(0, "user with twin id 143 is not verified"),
        Refusal::Unverified
    );
    for text in [
        "failed to get twin verification status: 500",
        "Get \"https://kyc.grid.tf\": giving up after 6 attempt(s)",
    ] {
        assert_eq!(node(0, text), Refusal::VerificationUnknown);
        assert!(node(0, text).may_pass(), "the outage is nobody's here");
    }
    for text in [
        "failed to verify signature",
        "missing required signature of twin 143",
        "twin id mismatch (deployment: 1, message: 143)",
    ] {
        assert_eq!(node(0, text), Refusal::Keys(text.into()));
    }
    assert_eq!(node(102, "too late"), Refusal::Expired);
    assert_eq!(node(104, "bad"), Refusal::Keys("bad".into()));
    let other = node(500, "cannot fulfil required memory size");
    assert!(
        other
            .to_string()
            .contains("cannot fulfil required memory size")
    );
    assert!(relay("destination offline").may_pass() && !other.may_pass());
    assert_eq!(Refusal::of(&question), None);
    assert_eq!(Refusal::of(&question.response()), None);
}

#[test]
fn debug_output_has_no_payload() {
    let mut envelope = Envelope::request("u", Address::twin(1), 2, "zos.deployment.deploy");
    envelope.say("hunter2");
    let shown = format!("{envelope:?} {:?}", envelope.payload);
    assert!(shown.contains("zos.deployment.deploy") && shown.contains("7 bytes"));
    assert!(!shown.contains("hunter2") && !shown.contains("104, 117, 110"));
}
