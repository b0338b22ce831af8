//! What may be changed of a deployment that runs.

use serde_json::{Value, json};

use crate::{machine, read};

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
