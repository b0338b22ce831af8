//! npm `@threefold/rmb_direct_client` verifies and decrypts what we say, and we what it says, with
//! both schemes of signatures; and either refuses what was changed on the way.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/npm.rs"]
mod npm;

use serde_json::{Value, json};
use tfgrid::Error;
use tfgrid::identity::{Identity, Scheme, SharedKey};
use tfgrid::rmb::{Address, Envelope, Message, Payload};

const US: &str = "volume behind cable present pull exchange wish loyal avocado snap film increase";
const THEM: &str = "tackle blouse grain dawn adult loyal tattoo price access tilt chimney silk";

const SAID: &str = r#"{"contract_id":123,"text":"Grüße ☃"}"#;

/// A twin as the chain has it.
fn entry(twin: u32, identity: &Identity) -> Value {
    json!({
        "id": twin, "accountId": identity.account().to_string(), "relay": "relay.example",
        "pk": format!("0x{}", identity.message_key().public()),
    })
}

fn shared(one: &Identity, other: &Identity) -> SharedKey {
    let theirs = other.message_key().public();
    one.message_key().shared(&theirs).unwrap()
}

/// A question of ours that uses every field that the bus knows.
fn question(us: &Identity, them: &Identity) -> Envelope {
    let mut question = Envelope::request(
        "an-uid",
        Address::session(143, "s"),
        29,
        "zos.deployment.get",
    );
    (question.timestamp, question.expiration) = (1_700_000_000, 20);
    question.federation = Some("f".into());
    question.relays = vec!["r".into(), "q".into()];
    question.seal(&shared(us, them), SAID.as_bytes()).unwrap();
    question.sign(us);
    question
}

/// One field after the other, changed by as little as there is.
const CHANGES: [fn(&mut Envelope); 12] = [
    |e| e.uid.push('x'),
    |e| e.tags = Some("fail-fast,".into()),
    |e| e.timestamp += 1,
    |e| e.expiration += 1,
    |e| e.source.as_mut().unwrap().connection = Some("t".into()),
    |e| e.destination.as_mut().unwrap().twin = 30,
    |e| e.destination.as_mut().unwrap().connection = Some("d".into()),
    |e| e.message = e.response().message,
    |e| e.federation = None,
    |e| e.relays.swap(0, 1),
    |e| e.signature.as_mut().unwrap()[40] ^= 1,
    |e| match &mut e.payload {
        Some(Payload::Cipher(bytes)) => bytes[15] ^= 1,
        _ => panic!("not sealed"),
    },
];

#[test]
fn it_and_we_verify_and_decrypt_each_other() {
    let Some(clients) = npm::clients() else {
        return;
    };
    for scheme in [Scheme::Sr25519, Scheme::Ed25519] {
        let us = Identity::new(US, scheme).unwrap();
        let them = Identity::new(THEM, scheme).unwrap();
        let asked = question(&us, &them);
        let mut plain = asked.clone();
        plain.say(SAID);
        plain.sign(&us);
        // Well signed, but sealed for somebody else.
        let mut foreign = asked.clone();
        foreign.seal(&shared(&us, &us), SAID.as_bytes()).unwrap();
        foreign.sign(&us);
        let mut frames = vec![asked.clone(), plain, foreign];
        frames.extend(CHANGES.map(|change| {
            let mut changed = asked.clone();
            change(&mut changed);
            changed
        }));
        let frames = frames.iter().map(|frame| hex::encode(frame.encode()));
        let said = clients.run(
            "envelope.mjs",
            &json!({
                "scheme": scheme.name(), "twin": 29, "mnemonic": THEM, "say": SAID,
                "twins": { "143": entry(143, &us), "29": entry(29, &them) },
                "frames": frames.collect::<Vec<_>>(),
            }),
        );

        let received = said["received"].as_array().unwrap();
        assert_eq!(received[0], json!({ "verified": true, "text": SAID }));
        assert_eq!(received[1], json!({ "verified": true, "text": SAID }));
        assert_eq!(received[2], json!({ "verified": true, "text": null }));
        for (at, refused) in received[3..].iter().enumerate() {
            assert_eq!(refused["verified"], false, "{scheme:?}, change {at}");
        }
        assert_eq!(received.len(), 3 + CHANGES.len());

        let key = shared(&us, &them);
        for name in ["question", "answer"] {
            let frame = hex::decode(said[name].as_str().unwrap()).unwrap();
            let came = Envelope::decode(&frame).unwrap();
            came.verify(&them.account()).unwrap();
            assert_eq!(*came.open(Some(&key)).unwrap(), SAID.as_bytes());
            assert_eq!(came.source, Some(Address::twin(29)));
            match &came.message {
                Some(Message::Request(request)) if name == "question" => {
                    assert_eq!(request.command, "zos.deployment.get");
                }
                Some(Message::Response(_)) if name == "answer" => assert_eq!(came.uid, asked.uid),
                other => panic!("{name}: {other:?}"),
            }
            refuse_changes(&came, &them, &key);
        }
    }
}

/// Every byte of the cipher and of the signature counts, and so does who has signed.
fn refuse_changes(came: &Envelope, them: &Identity, key: &SharedKey) {
    let us = Identity::new(US, them.scheme()).unwrap();
    assert!(came.verify(&us.account()).is_err());
    let Some(Payload::Cipher(cipher)) = &came.payload else {
        panic!("not sealed");
    };
    for at in 0..cipher.len() {
        let mut changed = cipher.clone();
        changed[at] ^= 1;
        let changed = Envelope {
            payload: Some(Payload::Cipher(changed)),
            ..came.clone()
        };
        assert!(changed.verify(&them.account()).is_err(), "byte {at}");
        assert_eq!(changed.open(Some(key)), Err(Error::Cipher), "byte {at}");
    }
    for at in 0..65 {
        let mut changed = came.clone();
        changed.signature.as_mut().unwrap()[at] ^= 1;
        assert!(changed.verify(&them.account()).is_err(), "signature {at}");
    }
}
