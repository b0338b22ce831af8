//! Machines, and what they mount, listen on and log to.

use serde_json::{Value, json};

use crate::{machine, refused, verdict};

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
    for wrong in ["fd00::1", "10.77.9.1", "10.77.9.255"] {
        refused(
            elsewhere.clone(),
            "/workloads/3/data/network/interfaces/0/ip",
            json!(wrong),
            "interfaces[0].ip",
            "the node's",
        );
    }

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
