//! What nodes, chain or reason would refuse is refused before it is paid, with the place and what to
//! do there.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod gateway;
mod machine;
mod network;
mod update;

use serde_json::{Value, json};
use tfgrid::deployment::Deployment;

const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
const OTHER_KEY: &str = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=";

/// A machine with all that belongs to it, as the plan makes it.
fn machine() -> Value {
    json!({
        "version": 0, "twin_id": 143, "expiration": 0,
        "signature_requirement": {
            "requests": [{ "twin_id": 143, "required": false, "weight": 1 }],
            "weight_required": 1, "signatures": [], "signature_style": "",
        },
        "workloads": [
            { "name": "net", "type": "network", "data": {
                "ip_range": "10.20.0.0/16", "subnet": "10.20.2.0/24",
                "wireguard_private_key": KEY, "wireguard_listen_port": 20000,
                "mycelium": { "hex_key": "0a".repeat(32), "peers": [] },
                "peers": [{ "subnet": "10.20.3.0/24", "wireguard_public_key": OTHER_KEY,
                    "allowed_ips": ["10.20.3.0/24", "100.64.20.3/32"], "endpoint": "1.2.3.4:20001" }],
            }},
            { "name": "disk", "type": "zmount", "data": { "size": 100_u64 << 30 } },
            { "name": "ip", "type": "ip", "data": { "v4": false, "v6": true } },
            { "name": "vm", "type": "zmachine", "data": {
                "flist": "https://hub.grid.tf/a/b.flist", "size": 0,
                "network": {
                    "public_ip": "ip", "planetary": false,
                    "interfaces": [{ "network": "net", "ip": "10.20.2.5" }],
                    "mycelium": { "network": "net", "hex_seed": "010203040506" },
                },
                "compute_capacity": { "cpu": 2, "memory": 4_u64 << 30 },
                "mounts": [{ "name": "disk", "mountpoint": "/data" }],
                "entrypoint": "/sbin/zinit init", "env": { "SSH_KEY": "ssh-ed25519 AAAA" },
            }},
            { "name": "logs", "type": "zlogs", "data": { "zmachine": "vm", "output": "wss://a.example/logs" } },
        ],
    })
}

/// The same on a light node.
fn light() -> Value {
    let mut deployment = machine();
    for at in [0, 3] {
        let kind = deployment["workloads"][at]["type"]
            .as_str()
            .unwrap()
            .to_owned()
            + "-light";
        deployment["workloads"][at]["type"] = kind.into();
    }
    deployment["workloads"].as_array_mut().unwrap().remove(4);
    deployment["workloads"].as_array_mut().unwrap().remove(2);
    deployment
}

fn gateway(kind: &str, data: Value) -> Value {
    let mut deployment = machine();
    deployment["workloads"] = json!([{ "name": "gw", "type": kind, "data": data }]);
    deployment
}

fn by_name(name: &str, passthrough: bool, backend: &str, network: Value) -> Value {
    let data = json!({
        "name": name, "tls_passthrough": passthrough, "backends": [backend], "network": network,
    });
    gateway("gateway-name-proxy", data)
}

fn by_fqdn(fqdn: &str) -> Value {
    let data = json!({ "fqdn": fqdn, "backends": ["http://[2001:db8::5]:80"] });
    gateway("gateway-fqdn-proxy", data)
}

fn read(value: &Value) -> Deployment {
    Deployment::from_json(&value.to_string()).unwrap()
}

fn verdict(value: &Value) -> Result<(), String> {
    read(value).check_new().map_err(|error| error.to_string())
}

/// Changes one place of a good deployment, and expects a complaint about it.
#[track_caller]
fn refused(mut deployment: Value, pointer: &str, wrong: Value, place: &str, remedy: &str) {
    assert_eq!(verdict(&deployment), Ok(()), "good before the change");
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = deployment.pointer_mut(parent).expect("the place exists");
    match parent {
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = wrong.clone(),
        parent => parent[key] = wrong.clone(),
    }
    let why = verdict(&deployment).expect_err(&format!("{pointer} = {wrong} passed"));
    assert!(
        why.contains(place) && why.contains(remedy),
        "{pointer} = {wrong}: {why}"
    );
}

#[test]
fn what_the_plan_makes_passes() {
    let no_ip = json!(null);
    for good in [
        machine(),
        light(),
        by_name("my-club", false, "http://[2001:db8::5]:80", no_ip.clone()),
        by_name("myclub", false, "http://10.20.2.5:9000", json!("net")),
        by_name("myclub", false, "http://185.206.122.33", no_ip.clone()),
        by_name("myclub", false, "http://[300:1::2]", no_ip.clone()),
        by_name("myclub", true, "[2001:db8::5]:443", no_ip.clone()),
        by_name("myclub", true, "10.20.2.5:443", json!("net")),
        by_fqdn("videos.example.org"),
        by_fqdn("a_b.Example.x1"),
    ] {
        assert_eq!(verdict(&good), Ok(()), "{good}");
    }
}

#[test]
fn the_deployment_itself() {
    let case = |pointer: &str, wrong, place: &str, remedy: &str| {
        refused(machine(), pointer, wrong, place, remedy);
    };
    case("/version", json!(1), "version", "version 0");
    case("/twin_id", json!(0), "twin_id", "set the number");
    case("/expiration", json!(5), "expiration", "set it to 0");
    case("/workloads", json!([]), "workloads", "at least one");
    let requirement = "/signature_requirement";
    case(
        &format!("{requirement}/requests/0/twin_id"),
        json!(9),
        "requests",
        "must be among",
    );
    case(
        &format!("{requirement}/requests"),
        json!([]),
        "requests",
        "must be among",
    );
    case(
        &format!("{requirement}/weight_required"),
        json!(2),
        "weight_required",
        "lower it",
    );
    case(
        &format!("{requirement}/signature_style"),
        json!("pgp"),
        "signature_style",
        "leave it empty",
    );
    let signature = |kind: &str, hex: &str| json!([{ "twin_id": 143, "signature": hex, "signature_type": kind }]);
    for (kind, hex) in [
        ("sr", &*"00".repeat(64)),
        ("sr25519", &*"00".repeat(65)),
        ("ed25519", &*format!("0x{}", "00".repeat(64))),
        ("ed25519", ""),
    ] {
        let at = format!("{requirement}/signatures");
        case(&at, signature(kind, hex), "signatures", "signature");
    }
}

#[test]
fn names_and_versions_of_workloads() {
    let case = |pointer: &str, wrong, remedy: &str| {
        refused(machine(), pointer, wrong, "workloads[1]", remedy);
    };
    for (wrong, remedy) in [
        ("", "give it a name"),
        ("my-disk", "no dashes"),
        ("dïsk", "no dashes"),
        ("a b", "no dashes"),
        (&"a".repeat(37), "at most 36"),
        ("ygg", "reserved"),
        ("net", "another workload"),
    ] {
        case("/workloads/1/name", json!(wrong), remedy);
    }
    case("/workloads/1/version", json!(1), "cannot be higher");
    let mut longest = machine();
    longest["workloads"][1]["name"] = "a".repeat(36).into();
    longest["workloads"][3]["data"]["mounts"][0]["name"] = "a".repeat(36).into();
    assert_eq!(verdict(&longest), Ok(()));
}

#[test]
fn a_complaint_never_repeats_a_key_or_password() {
    let mut deployment = machine();
    deployment["workloads"][0]["data"]["wireguard_private_key"] = "TOPSECRET".into();
    assert!(!verdict(&deployment).unwrap_err().contains("TOPSECRET"));
    let mut deployment = machine();
    deployment["workloads"][3]["data"]["network"]["mycelium"]["hex_seed"] = "5ec7e7".into();
    assert!(!verdict(&deployment).unwrap_err().contains("5ec7e7"));

    // Nor does one about the JSON's shape.
    for (env, expected) in [
        (json!("5ec7e7, expected"), "string (hidden), expected a map"),
        (
            json!({ "PASSWORD": 5_777_777 }),
            "integer (hidden), expected a string",
        ),
    ] {
        let mut deployment = machine();
        deployment["workloads"][3]["data"]["env"] = env;
        let why = Deployment::from_json(&deployment.to_string()).unwrap_err();
        let why = why.to_string();
        assert!(why.contains(expected) && why.contains("zmachine"), "{why}");
        assert!(!why.contains("5ec7e7") && !why.contains("5777777"), "{why}");
    }
}
