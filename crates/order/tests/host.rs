//! The widget's side of the protocol, against pages that know it and pages that mean harm.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use order::{
    Field, GitOrigin,
    host::{Ask, Config, Gate, Prefill, Tell, Value},
};
use serde_json::{Value as Json, json};

#[derive(Clone)]
struct Message(Json);

impl Value for Message {
    fn member(&self, name: &str) -> Option<Self> {
        self.0.get(name).cloned().map(Self)
    }

    fn text(&self) -> Option<String> {
        self.0.as_str().map(str::to_owned)
    }

    fn number(&self) -> Option<f64> {
        self.0.as_f64()
    }
}

const PAGE: &str = "https://club.example";

fn gate() -> Gate {
    Gate::new("0a1b".into(), &format!("{PAGE} http://127.0.0.1:8080"))
}

fn ack() -> Json {
    json!({ "ns": "peertube-deploy", "type": "ack", "v": 1, "id": "0a1b" })
}

fn ask(message: Json) -> Option<Ask> {
    Ask::read(&Message(message), &[])
}

fn prefill(prefill: Json) -> Prefill {
    match ask(json!({ "type": "config", "prefill": prefill })) {
        Some(Ask::Config(config)) => config.prefill,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_page_may_fill_in_the_operators_own_forge() {
    let own = GitOrigin::parse("https://10.0.0.7:3000").unwrap();
    let url = "https://10.0.0.7:3000/club/settings";
    let config = json!({ "type": "config", "prefill": { "git_url": url } });
    let filled = |git: &[GitOrigin]| match Ask::read(&Message(config.clone()), git) {
        Some(Ask::Config(config)) => config.prefill.fields,
        other => panic!("{other:?}"),
    };
    assert_eq!(filled(&[own]), [(Field::GitUrl, url.to_owned())]);
    assert_eq!(filled(&[]), []);
}

#[test]
fn the_parent_comes_in_once() {
    let mut gate = gate();
    let syn = json!({ "ns": "peertube-deploy", "type": "syn", "v": [1, 1], "id": "0a1b" });
    assert_eq!(gate.syn().parse::<Json>().unwrap(), syn);
    assert!(gate.ack(true, PAGE, &Message(ack())));
    assert!(!gate.ack(true, PAGE, &Message(ack())));
}

#[test]
fn s17_nobody_else_comes_in() {
    assert!(!gate().ack(false, PAGE, &Message(ack())), "a sibling");
    for origin in [
        "https://evil.example",
        "https://club.example.evil.example",
        "null",
        "",
    ] {
        assert!(!gate().ack(true, origin, &Message(ack())), "{origin}");
    }
    let nobody = Gate::new("0a1b".into(), "").ack(true, PAGE, &Message(ack()));
    assert!(!nobody, "a site that names no page");
}

#[test]
fn s17_an_ack_is_whole_and_of_this_syn() {
    for (name, value) in [
        ("ns", json!("other")),
        ("type", json!("syn")),
        ("id", json!("ffff")),
        ("id", json!(null)),
        ("v", json!(2)),
        ("v", json!("1")),
        ("v", json!([1, 1])),
    ] {
        let mut message = ack();
        message[name] = value.clone();
        assert!(!gate().ack(true, PAGE, &Message(message)), "{name} {value}");
    }
    let mut message = ack();
    message["more"] = json!({ "later": "versions" });
    assert!(gate().ack(true, PAGE, &Message(message)));
}

#[test]
fn a_page_asks_for_three_things() {
    assert_eq!(ask(json!({ "type": "focus" })), Some(Ask::Focus));
    assert_eq!(ask(json!({ "type": "reset" })), Some(Ask::Reset));
    let config = json!({ "type": "config", "grant": "v1.x", "theme": "dark" });
    let expected = Config {
        grant: Some("v1.x".into()),
        ..Config::default()
    };
    assert_eq!(ask(config), Some(Ask::Config(expected)));
    for other in [
        "submit", "confirm", "order", "deploy", "delete", "reveal", "", "Config",
    ] {
        assert_eq!(ask(json!({ "type": other })), None, "{other}");
    }
}

#[test]
fn what_is_filled_in_passed_the_field_s_own_parser() {
    let filled = prefill(json!({
        "name": " myclub ", "git_url": "https://codeberg.org/club/settings.git", "size": "mid",
        "location": "vienna", "domain": "ava.tf",
    }));
    let expected = Prefill {
        fields: vec![
            (Field::Size, "mid".into()),
            (Field::Location, "vienna".into()),
            (Field::Name, "myclub".into()),
            (Field::Domain, "ava.tf".into()),
            (
                Field::GitUrl,
                "https://codeberg.org/club/settings.git".into(),
            ),
        ],
    };
    assert_eq!(filled, expected);
}

#[test]
fn what_no_parser_takes_is_not_filled_in() {
    for name in [
        "<script>alert(1)</script>",
        "myсlub",
        "my club",
        "-a",
        "",
        "a\u{202e}b",
    ] {
        assert_eq!(
            prefill(json!({ "name": name })),
            Prefill::default(),
            "{name}"
        );
    }
    for url in [
        "javascript:alert(1)",
        "https://127.0.0.1/x.git",
        "file:///etc/passwd",
        "ssh://a/b",
    ] {
        assert_eq!(
            prefill(json!({ "git_url": url })),
            Prefill::default(),
            "{url}"
        );
    }
    let wrong = json!({ "name": 3, "private": true, "size": ["mid"], "domain": {} });
    assert_eq!(prefill(wrong), Prefill::default());
    assert_eq!(
        prefill(json!({ "size": "x".repeat(5000) })),
        Prefill::default()
    );
}

#[test]
fn nobody_but_the_visitor_chooses_who_owns_it() {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl a";
    assert!(key.parse::<order::SshPublicKey>().is_ok());
    let filled = prefill(json!({ "ssh_key": key, "admin_email": "page@club.example" }));
    assert_eq!(filled, Prefill::default());
}

#[test]
fn what_is_told_has_these_members() {
    let tells = [
        (Tell::Ready, json!({ "type": "ready", "version": 1 })),
        (
            Tell::Resize(640),
            json!({ "type": "resize", "height": 640 }),
        ),
        (
            Tell::Change {
                valid: true,
                complete: false,
            },
            json!({ "type": "change", "valid": true, "complete": false }),
        ),
        (
            Tell::Submit("01a".into()),
            json!({ "type": "submit", "id": "01a" }),
        ),
        (
            Tell::Progress {
                step: 2,
                of: 5,
                name: "machine",
            },
            json!({ "type": "progress", "step": 2, "of": 5, "name": "machine" }),
        ),
        (
            Tell::Success {
                id: "01a".into(),
                url: "https://a.ava.tf".into(),
            },
            json!({ "type": "success", "id": "01a", "url": "https://a.ava.tf" }),
        ),
        (
            Tell::Error("no_room"),
            json!({ "type": "error", "code": "no_room" }),
        ),
        (
            Tell::FocusExit { forward: false },
            json!({ "type": "focus-exit", "direction": "backward" }),
        ),
    ];
    for (tell, expected) in tells {
        let written: Json = tell.to_json().parse().unwrap();
        assert_eq!(written, expected);
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod anything {
    use proptest::prelude::*;

    use super::*;

    /// Values of any shape, whose members are often named as those of the protocol.
    fn any_value() -> impl Strategy<Value = Json> {
        let word = || {
            prop::sample::select(vec![
                "ns",
                "type",
                "v",
                "id",
                "config",
                "focus",
                "reset",
                "submit",
                "ack",
                "prefill",
                "name",
                "git_url",
                "ssh_key",
                "peertube-deploy",
                "0a1b",
                "lang",
                "grant",
                "private",
            ])
            .prop_map(str::to_owned)
        };
        let text = move || prop_oneof![word(), ".{0,40}"];
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<f64>().prop_map(Json::from),
            text().prop_map(Json::from),
        ];
        leaf.prop_recursive(12, 64, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
                prop::collection::vec((text(), inner), 0..6)
                    .prop_map(|members| Json::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn s17_opens_nothing_and_fills_in_only_what_parses(value in any_value(), origin in ".{0,30}") {
            let message = Message(value.clone());
            prop_assert!(!gate().ack(true, &origin, &message));
            let exact = ["ns", "type", "id"].iter().all(|m| value.get(m) == ack().get(m));
            let welcome = gate().ack(true, PAGE, &message);
            prop_assert!(!welcome || exact);
            if let Some(Ask::Config(config)) = Ask::read(&message, &[]) {
                for (field, text) in config.prefill.fields {
                    prop_assert!(field != Field::SshKey && field != Field::AdminEmail);
                    if field == Field::Name {
                        prop_assert!(text.parse::<order::InstanceName>().is_ok());
                    }
                }
            }
        }
    }
}
