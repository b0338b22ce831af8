//! What nodes, chain or reason would refuse is refused before it is paid, with the place and what to
//! do there.

#![allow(clippy::unwrap_used, clippy::expect_used)]

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

#[test]
fn machines() {
    let data = "/workloads/3/data";
    let case = |field: &str, wrong: Value, remedy: &str| {
        refused(
            machine(),
            &format!("{data}/{field}"),
            wrong.clone(),
            "workloads[3] `vm`",
            remedy,
        );
    };
    for wrong in ["", "b.flist", "ftp://a/b", "https://"] {
        case("flist", json!(wrong), "URL");
    }
    case("compute_capacity/cpu", json!(0), "1 to 32");
    case("compute_capacity/cpu", json!(33), "1 to 32");
    case(
        "compute_capacity/memory",
        json!((250_u64 << 20) - 1),
        "250 MiB",
    );
    case(
        "compute_capacity/memory",
        json!((256_u64 << 30) + 1),
        "256 GiB",
    );
    case("size", json!((2_u64 << 30) - 1), "at least 2147483648");
    let interface = json!({ "network": "net", "ip": "10.20.2.5" });
    case("network/interfaces", json!([]), "exactly one");
    case(
        "network/interfaces",
        json!([interface, interface]),
        "exactly one",
    );
    for wrong in ["", "ygg", "pub", "mycelium", "my-net"] {
        case("network/interfaces/0/network", json!(wrong), "name");
        case("network/mycelium/network", json!(wrong), "name");
    }
    for wrong in [
        "",
        "10.20.3.5",
        "10.20.2.0",
        "10.20.2.1",
        "10.20.2.255",
        "2001:db8::5",
    ] {
        case("network/interfaces/0/ip", json!(wrong), "address in the");
    }
    case(
        "network/mycelium/hex_seed",
        json!("0102030405"),
        "6 random bytes",
    );
    case("network/public_ip", json!("disk"), "name an ip workload");
    case("network/public_ip", json!("none"), "name an ip workload");
    case("mounts/0/name", json!("ip"), "name a zmount");
    case("mounts/0/name", json!("none"), "name a zmount");
    for wrong in ["", "data", "/"] {
        case("mounts/0/mountpoint", json!(wrong), "absolute path");
    }
    let mount = json!({ "name": "disk", "mountpoint": "/data" });
    case("mounts", json!([mount, mount]), "use each once");
    case("env", json!({ "": "x" }), "name must not be empty");
    case("env", json!({ "A=B": "x" }), "no `=`");
    for wrong in [
        json!(["0000:28:00.0/1002"]),
        json!(["a/b/"]),
        json!(["a/b/c", "a/b/c"]),
    ] {
        case("gpu", wrong, "slot/vendor/device");
    }

    // A network of another deployment cannot be looked into.
    let mut elsewhere = machine();
    elsewhere["workloads"][3]["data"]["network"]["interfaces"][0] =
        json!({ "network": "elsewhere", "ip": "10.77.9.200" });
    assert_eq!(verdict(&elsewhere), Ok(()));

    let mut second = machine();
    let mut vm = second["workloads"][3].clone();
    vm["name"] = "vm2".into();
    vm["data"]["mounts"] = json!([]);
    second["workloads"].as_array_mut().unwrap().push(vm);
    assert!(verdict(&second).unwrap_err().contains("give each its own"));
}

#[test]
fn a_machine_wants_mycelium_only_where_there_is_some() {
    let mycelium = "/workloads/0/data/mycelium";
    refused(
        machine(),
        mycelium,
        Value::Null,
        "workloads[3]",
        "has no mycelium",
    );
}

#[test]
fn storage_addresses_and_logs() {
    let case = |pointer, wrong, remedy| refused(machine(), pointer, wrong, "workloads[", remedy);
    case("/workloads/1/data/size", json!(0), "100 MiB to 10 TiB");
    case(
        "/workloads/1/data/size",
        json!((100_u64 << 20) - 1),
        "100 MiB to 10 TiB",
    );
    case(
        "/workloads/1/data/size",
        json!((10_u64 << 40) + 1),
        "100 MiB to 10 TiB",
    );
    case("/workloads/2/data", json!({}), "v4, v6 or both");
    case(
        "/workloads/4/data/zmachine",
        json!("disk"),
        "name a zmachine",
    );
    case(
        "/workloads/4/data/output",
        json!("https://a.example"),
        "redis://",
    );
    case("/workloads/4/data/output", json!("redis"), "redis://");
}

#[test]
fn gateways() {
    let good = || by_name("myclub", false, "http://185.206.122.33:9000", Value::Null);
    for wrong in [
        "",
        "ab",
        "MyClub",
        "my_club",
        "-club",
        "club-",
        "my.club",
        &"a".repeat(64),
    ] {
        refused(
            good(),
            "/workloads/0/data/name",
            json!(wrong),
            "data.name",
            "",
        );
    }
    for wrong in [
        "",
        "185.206.122.33",
        "185.206.122.33:80",
        "https://185.206.122.33",
        "http://example.org",
        "http://2001:db8::5",
        "http://[2001:db8::5",
        "http://1.2.3.4/",
        "http://1.2.3.4:0",
        "http://1.2.3.4:65536",
        "http://user@1.2.3.4",
        "HTTP://1.2.3.4",
        "http://[fe80::1%1]:80",
    ] {
        refused(
            good(),
            "/workloads/0/data/backends/0",
            json!(wrong),
            "backends[0]",
            "write http://",
        );
    }
    let backend = "/workloads/0/data/backends/0";
    for wrong in [
        "http://127.0.0.1:80",
        "http://[::1]",
        "http://0.0.0.0",
        "http://[::ffff:127.0.0.1]:80",
    ] {
        refused(
            good(),
            backend,
            json!(wrong),
            "backends[0]",
            "the gateway itself",
        );
    }
    for wrong in [
        "http://10.20.2.5:80",
        "http://192.168.0.2",
        "http://[::ffff:10.20.2.5]",
    ] {
        refused(
            good(),
            backend,
            json!(wrong),
            "backends[0]",
            "only through its network",
        );
    }
    for wrong in [json!([]), json!(["http://1.2.3.4", "http://1.2.3.5"])] {
        refused(
            good(),
            "/workloads/0/data/backends",
            wrong,
            "data.backends",
            "exactly one",
        );
    }
    let inside = || by_name("myclub", true, "10.20.2.5:443", json!("net"));
    for wrong in [
        "http://10.20.2.5:443",
        "10.20.2.5",
        "10.20.2.5:0",
        "2001:db8::5:443",
    ] {
        refused(inside(), backend, json!(wrong), "backends[0]", "ip:port");
    }
    refused(
        inside(),
        backend,
        json!("[2001:db8::5]:443"),
        "backends[0]",
        "in the network",
    );
    for wrong in ["", "my-net", "pub"] {
        refused(
            inside(),
            "/workloads/0/data/network",
            json!(wrong),
            "data.network",
            "",
        );
    }
    let mut with_network = inside();
    let network = machine()["workloads"][0].clone();
    with_network["workloads"]
        .as_array_mut()
        .unwrap()
        .push(network);
    assert_eq!(verdict(&with_network), Ok(()));
    refused(
        with_network,
        backend,
        json!("10.21.2.5:443"),
        "backends[0]",
        "in the network",
    );

    for wrong in [
        "",
        "example",
        "example.org.",
        ".example.org",
        "a..b",
        "vidéos.example.org",
        "a.b",
        "*.example.org",
        "a b.example.org",
        &format!("{}.org", "a".repeat(64)),
        &format!("{}org", "abcdefg.".repeat(32)),
    ] {
        refused(
            by_fqdn("a.example"),
            "/workloads/0/data/fqdn",
            json!(wrong),
            "data.fqdn",
            "host name",
        );
    }
}

#[test]
fn updates() {
    let before = machine();
    let update = |change: &dyn Fn(&mut Value)| {
        let mut after = before.clone();
        after["version"] = 1.into();
        change(&mut after);
        read(&after)
            .check_update(&read(&before))
            .map_err(|error| error.to_string())
    };
    let touch = |w: &mut Value| w["version"] = 1.into();
    assert_eq!(update(&|_| {}), Ok(()), "nothing changed");
    assert_eq!(
        update(&|d| {
            touch(&mut d["workloads"][1]);
            d["workloads"][1]["data"]["size"] = json!(200_u64 << 30);
            touch(&mut d["workloads"][0]);
            d["workloads"][0]["data"]["peers"] = json!([]);
            let data = json!({ "size": 1_u64 << 30 });
            let new = json!({ "name": "more", "type": "zmount", "version": 1, "data": data });
            d["workloads"][4] = new;
        }),
        Ok(())
    );
    let refused = |change: &dyn Fn(&mut Value), remedy: &str| {
        let why = update(change).unwrap_err();
        assert!(why.contains(remedy), "{why}");
    };
    refused(&|d| d["version"] = 2.into(), "plus one");
    refused(&|d| d["version"] = 0.into(), "plus one");
    refused(&|d| d["contract_id"] = 9.into(), "twin or contract");
    refused(
        &|d| d["workloads"][1]["data"]["size"] = json!(200_u64 << 30),
        "leave the change out",
    );
    refused(
        &|d| d["workloads"][1]["description"] = "x".into(),
        "leave the change out",
    );
    refused(
        &|d| {
            touch(&mut d["workloads"][1]);
            d["workloads"][1]["data"]["size"] = json!(50_u64 << 30);
        },
        "only grow",
    );
    refused(
        &|d| {
            touch(&mut d["workloads"][3]);
            d["workloads"][3]["data"]["env"] = json!({});
        },
        "cannot update workloads of this type",
    );
    refused(
        &|d| d["workloads"][1]["type"] = "volume".into(),
        "cannot change it",
    );
    refused(
        &|d| d["workloads"][4]["name"] = "logs2".into(),
        "has the deployment's version",
    );
    refused(
        &|d| {
            let data = json!({ "v4": true, "v6": true });
            let ip = json!({ "name": "ip4", "type": "ip", "version": 1, "data": data });
            d["workloads"].as_array_mut().unwrap().push(ip);
        },
        "number of public IPv4",
    );
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
