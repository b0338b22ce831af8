//! Private networks, on full nodes and light ones.

use serde_json::{Value, json};

use crate::{KEY, light, machine, refused, verdict};

#[test]
fn private_networks() {
    let case = |field: &str, wrong: Value, remedy: &str| {
        for good in [machine(), light()] {
            let pointer = format!("/workloads/0/data/{field}");
            refused(good, &pointer, wrong.clone(), "workloads[0] `net`", remedy);
        }
    };
    for wrong in [
        "",
        "10.20.0.0/15",
        "10.20.0.0/24",
        "10.20.1.0/16",
        "2001:db8::/16",
    ] {
        case(
            "ip_range",
            json!(wrong),
            if wrong.is_empty() { "" } else { "/16" },
        );
    }
    for wrong in [
        "",
        "10.21.2.0/24",
        "10.20.2.0/25",
        "10.20.2.7/24",
        "2001:db8::/24",
    ] {
        case("subnet", json!(wrong), "a /24 inside");
        case("peers/0/subnet", json!(wrong), "a /24 inside");
    }
    case("peers/0/subnet", json!("10.20.2.0/24"), "own subnet");
    for wrong in [
        "",
        "abc",
        &KEY[1..],
        "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH",
    ] {
        case(
            "wireguard_private_key",
            json!(wrong),
            if wrong.is_empty() { "" } else { "wg genkey" },
        );
        case(
            "peers/0/wireguard_public_key",
            json!(wrong),
            "32 bytes in base64",
        );
    }
    case("wireguard_listen_port", json!(0), "");
    case(
        "peers/0/allowed_ips",
        json!([]),
        "at least the peer's subnet",
    );
    case(
        "peers/0/allowed_ips",
        json!([""]),
        "at least the peer's subnet",
    );
    for wrong in ["1.2.3.4", "example.org:5", "1.2.3.4:0", "2001:db8::1"] {
        case("peers/0/endpoint", json!(wrong), "ip:port");
    }
    let peer = machine()["workloads"][0]["data"]["peers"][0].clone();
    case("peers", json!([peer.clone(), peer]), "needs its own");
    case(
        "mycelium/hex_key",
        json!("0a".repeat(31)),
        "32 random bytes",
    );
    case(
        "mycelium/peers",
        json!(["tcp://1.2.3.4:5"]),
        "leave the list empty",
    );
    refused(
        light(),
        "/workloads/0/data/mycelium",
        Value::Null,
        "mycelium",
        "light nodes require it",
    );
}

#[test]
fn light_and_full_nodes_are_not_mixed() {
    let mut mixed = light();
    let ip = machine()["workloads"][2].clone();
    mixed["workloads"].as_array_mut().unwrap().push(ip);
    let why = verdict(&mixed).unwrap_err();
    assert!(why.contains("no public addresses"), "{why}");
}
