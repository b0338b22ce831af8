//! A deployment is read as a node's Go reads it, or refused with the place.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::{Value, json};
use tfgrid::deployment::{Deployment, Workload};

fn challenge(deployment: &Value) -> String {
    let deployment = Deployment::from_json(&deployment.to_string()).unwrap();
    deployment.challenge().to_string()
}

fn complaint(deployment: &Value) -> String {
    let error = Deployment::from_json(&deployment.to_string()).expect_err("it was read");
    error.to_string()
}

fn with(kind: &str, data: Value) -> Value {
    json!({ "workloads": [{ "name": "w", "type": kind, "data": data }] })
}

#[test]
fn names_may_be_written_in_any_case() {
    let usual = json!({
        "version": 3, "twin_id": 5,
        "signature_requirement": { "requests": [{ "twin_id": 5, "weight": 1 }] },
        "workloads": [{ "name": "vm", "type": "zmachine", "data": {
            "network": { "interfaces": [{ "network": "n", "ip": "10.1.2.3" }],
                "mycelium": { "network": "n", "hex_seed": "0a" } },
            "compute_capacity": { "cpu": 1, "memory": 2 }, "env": { "A": "1", "a": "2" },
        } }],
    });
    let other = json!({
        "Version": 3, "TWIN_ID": 5,
        "Signature_Requirement": { "Requests": [{ "Twin_Id": 5, "WEIGHT": 1 }] },
        "Workloads": [{ "Name": "vm", "Type": "zmachine", "Data": {
            "Network": { "Interfaces": [{ "Network": "n", "IP": "10.1.2.3" }],
                "Mycelium": { "Network": "n", "Hex_Seed": "0A" } },
            // A variable is no field: it keeps its case.
            "Compute_Capacity": { "CPU": 1, "Memory": 2 }, "ENV": { "A": "1", "a": "2" },
        } }],
    });
    assert_eq!(challenge(&other), challenge(&usual));
    assert!(challenge(&usual).contains("A=1a=2"));
    let twice = complaint(&json!({ "version": 1, "Version": 2 }));
    assert!(twice.contains("`version` stands twice"), "{twice}");
}

/// Go merges them, whatever they are.
#[test]
fn no_field_stands_twice() {
    for text in [
        r#"{"version":1,"version":1}"#,
        r#"{"signature_requirement":{"weight_required":1},"signature_requirement":{}}"#,
        r#"{"workloads":[{"type":"zmachine","data":{"env":{"A":"1","A":"2"}}}]}"#,
    ] {
        let why = Deployment::from_json(text).unwrap_err().to_string();
        assert!(why.contains("stands twice"), "{why}");
    }
}

#[test]
fn a_null_is_the_empty_value_at_any_depth() {
    let nothing = json!({});
    for empty in [
        json!({ "version": null, "metadata": null, "signature_requirement": null, "workloads": null }),
        json!({ "signature_requirement": { "requests": null, "signature_style": null } }),
        json!({ "unknown": null, "tags": [[1]], "Extra": { "a": [[]], "A": 1 } }),
        json!({ "note": 1, "Note": 2, "data": [1], "mounts": [1] }),
    ] {
        assert_eq!(challenge(&empty), challenge(&nothing), "{empty}");
    }
    assert_eq!(
        challenge(&with("zmachine", json!(null))),
        challenge(&with(
            "zmachine",
            json!({ "network": { "interfaces": null }, "mounts": null })
        ))
    );
    assert_eq!(
        challenge(&with("zmachine", json!({ "mounts": [null] }))),
        challenge(&with("zmachine", json!({ "mounts": [{}] })))
    );
    for (kind, of) in [
        ("zmachine", |it| json!({ "gpu": it })),
        ("gateway-name-proxy", |it| json!({ "backends": it })),
        ("network", |it| json!({ "peers": [{ "allowed_ips": it }] })),
    ] as [(_, fn(Value) -> Value); 3]
    {
        assert_eq!(
            challenge(&with(kind, of(json!([null])))),
            challenge(&with(kind, of(json!([""])))),
            "{kind}"
        );
    }
    let peer = json!({ "peers": [{ "allowed_ips": [null] }] });
    assert!(challenge(&with("network", peer)).contains("<nil>"));
}

#[test]
fn what_a_workload_got_stays_as_the_node_says_it() {
    let got = json!({ "Id": null, "list": [[1]], "id": 2 });
    let said = json!({
        "name": "w", "type": "zmount", "data": null,
        "Result": { "State": "ok", "created": null, "data": got },
    });
    let workload: Workload = serde_json::from_value(said).unwrap();
    assert_eq!(workload.result.unwrap().data, got);
}

/// serde would take each for the fields in order.
#[test]
fn a_list_is_never_taken_for_fields() {
    let a_list = "a list stands where fields in braces are expected";
    for (wrong, place) in [
        (json!([]), ""),
        (
            json!({ "signature_requirement": [[], 1] }),
            "signature_requirement: ",
        ),
        (
            json!({ "signature_requirement": { "requests": [[1, true, 2]] } }),
            "signature_requirement: requests[0]: ",
        ),
        (
            json!({ "workloads": [[0, "n", "zmount", {}]] }),
            "workloads[0]: ",
        ),
        (with("zmount", json!([5])), "data: "),
        (with("zmachine", json!({ "network": ["n"] })), "network: "),
        (
            with("zmachine", json!({ "compute_capacity": [1, 5] })),
            "compute_capacity: ",
        ),
        (
            with("zmachine", json!({ "mounts": [["a", "/b"]] })),
            "mounts[0]: ",
        ),
        (
            with("network", json!({ "peers": [["10.1.2.0/24"]] })),
            "peers[0]: ",
        ),
        (with("network", json!({ "mycelium": ["0a"] })), "mycelium: "),
    ] {
        let why = complaint(&wrong);
        assert!(why.contains(&format!("{place}{a_list}")), "{wrong}: {why}");
    }
}

#[test]
fn a_complaint_names_the_field() {
    let machine = |data| complaint(&with("zmachine", data));
    for (why, expected) in [
        (
            machine(json!({ "compute_capacity": { "memory": "4294967296" } })),
            "workload `w`, zmachine: data.compute_capacity.memory: invalid type: string (hidden), expected u64",
        ),
        (
            machine(json!({ "env": { "PORT": 9000 } })),
            "data.env.PORT: invalid type",
        ),
        (
            machine(json!({ "network": { "interfaces": [{ "ip": "10.1" }] } })),
            "data.network.interfaces[0].ip: ",
        ),
        (
            complaint(&json!({ "twin_id": "1" })),
            "twin_id: invalid type",
        ),
        (
            complaint(&with("zdb", json!({}))),
            "type `zdb` is none of network, ",
        ),
    ] {
        assert!(why.contains(expected), "{why}");
    }
}
