//! Deployments hash to the byte as nodes and the published client hash them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::{bytes, own, shared, text};
use tfgrid::deployment::{
    Deployment, Hidden, Ip, Network, PublicIp, Style, Volume, Workload, WorkloadData, Zmachine,
};
use tfgrid::identity::{AccountId, Identity, Scheme};

fn read(value: &Value) -> Deployment {
    Deployment::from_json(&value.to_string()).unwrap()
}

/// The challenge of one workload of this kind, what stands around it left out.
fn challenge(kind: &str, data: Value) -> String {
    let deployment = json!({ "workloads": [{ "type": kind, "data": data }] });
    let whole = read(&deployment).challenge().to_string();
    // version, twin, expiration, the workload's version and type; the weight at the end.
    let inner = whole.strip_prefix(&format!("0000{kind}")).unwrap();
    inner.strip_suffix('0').unwrap().to_owned()
}

#[test]
fn own_vectors_are_reproduced() {
    let vectors = own("deployments.json");
    let vectors = vectors["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 15);
    for vector in vectors {
        let deployment = read(&vector["deployment"]);
        let name = text(vector, "name");
        assert_eq!(*deployment.challenge(), text(vector, "challenge"), "{name}");
        assert_eq!(deployment.hash().to_string(), text(vector, "md5"), "{name}");
        // What we send hashes the same at its other end.
        let sent = read(&serde_json::to_value(&deployment).unwrap());
        assert_eq!(sent, deployment, "{name}");
    }
}

#[test]
fn shared_vectors_are_reproduced_with_their_signatures() {
    for (name, vector) in shared("deployment-") {
        let mut deployment = read(&vector["deployment"]);
        assert_eq!(
            *deployment.challenge(),
            text(&vector, "challenge"),
            "{name}"
        );
        let md5 = text(&vector, "challenge_md5_hex");
        assert_eq!(deployment.hash().to_string(), md5);
        assert_eq!(deployment.hash().on_chain(), md5.as_bytes());
        for scheme in [Scheme::Sr25519, Scheme::Ed25519] {
            let expected = &vector[format!("signature_{}", scheme.name())];
            let account = AccountId::new(bytes(expected, "public_key_hex").try_into().unwrap());
            let signature = bytes(expected, "signature_hex");
            let message = deployment.signed_message();
            assert_eq!(
                scheme.verify(&account, &message, &signature),
                Ok(()),
                "{name}"
            );

            let identity = Identity::new(text(expected, "mnemonic"), scheme).unwrap();
            assert_eq!(identity.account(), account);
            deployment.sign(143, &identity);
            assert_eq!(deployment.verify(|_| Some(account)), Ok(()));
            if expected["deterministic"] == true {
                let ours = &deployment.signature_requirement.signatures[0].signature;
                assert_eq!(*ours, text(expected, "signature_hex"), "{name}");
            }
        }
        assert_eq!(deployment.signature_requirement.signatures.len(), 1);
    }
}

#[test]
fn nothing_but_what_a_node_hashes_is_hashed() {
    let vector = &own("deployments.json")["vectors"][10];
    let before = read(&vector["deployment"]);
    let mut after = before.clone();
    after.contract_id = 77;
    after.workloads[0].result = Some(tfgrid::deployment::WorkloadResult::default());
    for workload in &mut after.workloads {
        if let WorkloadData::Zmachine(machine) = &mut workload.data {
            machine.corex = !machine.corex;
        }
    }
    after.sign(143, &Identity::new("//Alice", Scheme::Sr25519).unwrap());
    assert_ne!(after, before);
    assert_eq!(after.hash(), before.hash());
    after.workloads.swap(0, 1);
    assert_ne!(after.hash(), before.hash());
}

#[test]
fn absent_null_and_empty_are_the_same() {
    let empty = read(&json!({}));
    assert_eq!(*empty.challenge(), "0000");
    let null = json!({
        "version": null, "twin_id": null, "contract_id": null, "metadata": null,
        "description": null, "expiration": null, "signature_requirement": null, "workloads": null,
    });
    assert_eq!(read(&null), empty);
    let null = json!({ "signature_requirement": {
        "requests": null, "weight_required": null, "signatures": null, "signature_style": null,
    }});
    assert_eq!(read(&null), empty);

    let kinds = [
        ("network", "<nil><nil>0"),
        ("network-light", "<nil><nil>0"),
        ("zmachine", "false000"),
        ("zmachine-light", "000"),
        ("zmount", "0"),
        ("volume", "0"),
        ("ip", "falsefalse"),
        ("gateway-name-proxy", "false"),
        ("gateway-fqdn-proxy", "false"),
        ("zlogs", ""),
    ];
    for (kind, expected) in kinds {
        assert_eq!(challenge(kind, json!({})), expected, "{kind}");
        assert_eq!(challenge(kind, Value::Null), expected, "{kind}");
        let nulls = json!({
            "ip_range": null, "peers": null, "mycelium": null, "flist": null, "network": null,
            "env": null, "gpu": null, "mounts": null, "size": null, "v4": null, "backends": null,
            "zmachine": null, "unknown": null,
        });
        assert_eq!(challenge(kind, nulls), expected, "{kind}");
    }
}

/// Go's map keeps the key, with the empty text.
#[test]
fn a_variable_that_is_null_is_there_and_empty() {
    let env = json!({ "env": { "B": "1", "A": null } });
    assert_eq!(challenge("zmachine", env.clone()), "false000A=B=1");
    assert_eq!(challenge("zmachine-light", env), "000A=B=1");
}

/// zosbase since 2025-09-10 (d32dcb7e); the published client writes nothing instead.
#[test]
fn a_light_network_without_wireguard_hashes_as_new_nodes_hash_it() {
    let key = "0B".repeat(32);
    let data = json!({ "subnet": "10.21.2.0/24", "mycelium": { "hex_key": key, "peers": [] } });
    let expected = format!("<nil>10.21.2.0/240{}", "0b".repeat(32));
    assert_eq!(challenge("network-light", data.clone()), expected);
    let mut data = data;
    data["ip_range"] = "".into();
    data["wireguard_private_key"] = "".into();
    data["wireguard_listen_port"] = 0.into();
    data["peers"] = json!([]);
    assert_eq!(challenge("network-light", data), expected);
}

#[test]
fn addresses_and_bytes_are_hashed_in_the_nodes_form() {
    let machine = |ip: &str| {
        let interfaces = json!([{ "network": "n", "ip": ip }]);
        challenge(
            "zmachine-light",
            json!({ "network": { "interfaces": interfaces } }),
        )
    };
    assert_eq!(machine("2001:0DB8:0:0::0005"), "n2001:db8::5000");
    assert_eq!(machine("::ffff:10.1.2.3"), "n10.1.2.3000");
    assert_eq!(machine(""), "n<nil>000");

    let peer = json!({
        "subnet": "10.1.3.7/24", "wireguard_public_key": "K", "endpoint": "[2001:DB8::1]:5",
        "allowed_ips": ["10.1.3.7/24", "2001:DB8::/032"],
    });
    let network = json!({ "ip_range": "10.1.2.3/16", "subnet": "", "peers": [peer] });
    assert_eq!(
        challenge("network", network),
        // The endpoint is a text to the node: as it was sent.
        "10.1.2.3/16<nil>0K[2001:DB8::1]:510.1.3.7/2410.1.3.7/242001:db8::/32"
    );
    let mycelium = json!({ "Network": "n", "hex_seed": "AABBCCDDEEFF" });
    let network = json!({ "interfaces": [], "mycelium": mycelium });
    assert_eq!(
        challenge("zmachine", json!({ "network": network })),
        "falsenaabbccddeeff000"
    );
    assert_eq!(
        challenge("gateway-name-proxy", json!({ "network": "" })),
        "false"
    );
}

#[test]
fn numbers_keep_their_full_range() {
    assert_eq!(
        challenge("zmount", json!({ "size": u64::MAX })),
        u64::MAX.to_string()
    );
    let deployment = read(&json!({
        "version": u32::MAX, "twin_id": u32::MAX, "expiration": i64::MIN,
        "signature_requirement": {
            "requests": [{ "twin_id": 1, "required": true, "weight": u64::MAX }, { "twin_id": 2 }],
            "weight_required": u64::MAX, "signature_style": "polka-wallet",
        },
    }));
    assert_eq!(
        *deployment.challenge(),
        "42949672954294967295-9223372036854775808\
         1true184467440737095516152false018446744073709551615polka-wallet"
    );
    for wrong in [
        r#"{"version":1.5}"#,
        r#"{"version":-1}"#,
        r#"{"twin_id":4294967296}"#,
        r#"{"twin_id":"1"}"#,
        r#"{"workloads":[{"type":"zdb","data":{}}]}"#,
        r#"{"workloads":[{"type":"","data":{}}]}"#,
        r#"{"workloads":[{"type":"zmachine","data":{"compute_capacity":{"cpu":256}}}]}"#,
        r#"{"workloads":[{"type":"zmachine","data":{"env":{"A":1}}}]}"#,
        r#"{"workloads":[{"type":"zmount","data":[5]}]}"#,
        r#"{"workloads":[{"type":"network","data":{"ip_range":"10.20.0.0"}}]}"#,
        r#"{"workloads":[{"type":"network","data":{"mycelium":{"hex_key":"abc"}}}]}"#,
        "[]",
        "",
    ] {
        assert!(Deployment::from_json(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_wallets_signature_is_over_the_wrapped_hash() {
    let mut deployment = Deployment::new(7, Vec::new());
    deployment.signature_requirement.signature_style = Style::PolkaWallet;
    let message = format!("<Bytes>{}</Bytes>", deployment.hash());
    assert_eq!(deployment.signed_message(), message.as_bytes());
    assert!(deployment.challenge().ends_with("1polka-wallet"));
    let alice = Identity::new("//Alice", Scheme::Sr25519).unwrap();
    deployment.sign(7, &alice);
    assert_eq!(deployment.verify(|_| Some(alice.account())), Ok(()));
}

#[test]
fn signatures_are_checked_as_a_node_checks_them() {
    let alice = Identity::new("//Alice", Scheme::Sr25519).unwrap();
    let bob = Identity::new("//Bob", Scheme::Ed25519).unwrap();
    let key = |twin| match twin {
        1 => Some(alice.account()),
        2 => Some(bob.account()),
        _ => None,
    };
    let mut deployment = Deployment::new(1, Vec::new());
    let why = |deployment: &Deployment| deployment.verify(key).unwrap_err().to_string();
    assert!(why(&deployment).contains("twin 1 has not signed"));
    deployment.sign(1, &bob);
    assert!(why(&deployment).contains("is not by the ed25519 key"));
    deployment.sign(1, &alice);
    assert_eq!(deployment.verify(key), Ok(()));

    let mut changed = deployment.clone();
    changed.metadata.push('x');
    assert!(why(&changed).contains("is not by the sr25519 key"));

    let mut two = deployment.clone();
    two.signature_requirement
        .requests
        .push(tfgrid::deployment::SignatureRequest {
            twin_id: 2,
            required: false,
            weight: 1,
        });
    two.signature_requirement.weight_required = 2;
    two.sign(1, &alice);
    assert!(
        why(&two).contains("twin 2 has not signed"),
        "asked is asked, required or not"
    );
    two.sign(2, &bob);
    assert_eq!(two.verify(key), Ok(()));
    two.signature_requirement.weight_required = 3;
    two.sign(1, &alice);
    two.sign(2, &bob);
    assert!(why(&two).contains("weigh 2, but 3 is required"));

    let mut foreign = deployment.clone();
    foreign.twin_id = 2;
    foreign.sign(1, &alice);
    assert!(why(&foreign).contains("the owner, twin 2"));
    let mut broken = deployment;
    broken.signature_requirement.signatures[0].signature = "xyz".into();
    assert!(why(&broken).contains("not hex"));
}

#[test]
fn only_ipv4_is_counted_and_paid() {
    let ip = |v4, v6| WorkloadData::Ip(PublicIp { v4, v6 });
    let workloads = vec![
        Workload::new("a", ip(true, false)),
        Workload::new("b", ip(true, true)),
        Workload::new("c", ip(false, true)),
        Workload::new("d", WorkloadData::Zmount(Volume { size: 5 })),
        Workload::new("e", WorkloadData::Zmachine(Zmachine::default())),
    ];
    let deployment = Deployment::new(1, workloads);
    assert_eq!(deployment.public_ips(), 2);
    let resources = deployment.resources();
    assert_eq!(resources.public_ips, 2);
    assert_eq!(resources.sru, 5 + (500 << 20));
}

#[test]
fn what_is_sent_has_all_fields_and_no_result() {
    let mut machine = Zmachine::default();
    machine.env.insert("A".into(), Hidden::from("secret"));
    let sent = serde_json::to_value(Workload::new("vm", WorkloadData::Zmachine(machine))).unwrap();
    let expected = json!({
        "version": 0, "name": "vm", "type": "zmachine", "metadata": "", "description": "",
        "data": {
            "flist": "", "size": 0, "compute_capacity": { "cpu": 0, "memory": 0 }, "mounts": [],
            "network": { "public_ip": "", "planetary": false, "interfaces": [] },
            "entrypoint": "", "env": { "A": "secret" }, "corex": false,
        },
    });
    assert_eq!(sent, expected);
}

#[test]
fn debug_output_has_no_secrets() {
    let mut network = Network {
        wireguard_private_key: "WGKEY".into(),
        ..Network::default()
    };
    network.mycelium = Some(tfgrid::deployment::Mycelium {
        hex_key: b"MYKEY".to_vec().into(),
        peers: Vec::new(),
    });
    let mut machine = Zmachine::default();
    machine.env.insert("PASSWORD".into(), "hunter2".into());
    machine
        .network
        .interfaces
        .push(tfgrid::deployment::Interface {
            network: "net".into(),
            ip: Ip::from([10, 20, 2, 5]),
        });
    let deployment = Deployment::new(
        1,
        vec![
            Workload::new("net", WorkloadData::Network(network)),
            Workload::new("vm", WorkloadData::Zmachine(machine)),
        ],
    );
    let shown = format!("{deployment:?} {deployment:#?}");
    assert!(shown.contains("PASSWORD") && shown.contains("(hidden)"));
    for secret in [
        "WGKEY",
        "MYKEY",
        &format!("{:?}", b"MYKEY"),
        "77, 89, 75",
        "hunter2",
    ] {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert!(deployment.challenge().contains("hunter2"));
}
