//! npm `@threefold/grid_client` makes of our plans the hashes that we make: of what we send, and of
//! the same order built anew by its own makers.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/npm.rs"]
mod npm;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tfgrid::deployment::{
    Compute, Deployment, FqdnProxy, Interface, MachineNetwork, Mount, Mycelium, MyceliumAddress,
    NameProxy, Network, Peer, PublicIp, Solution, Volume, Workload, WorkloadData, Zmachine,
};

const GIB: u64 = 1 << 30;
const TWIN: u32 = 143;
const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHO/5qR7hgwcFWXkLz+Rr4jTBZkQ ünï@host";

/// Processors, memory and disk in GiB.
const SIZES: [(u8, u64, u64); 3] = [(2, 4, 50), (4, 8, 250), (8, 16, 1000)];

/// What is ordered, in people's units.
fn order(number: u8, (cpu, memory, disk): (u8, u64, u64), ssh: bool, fqdn: bool) -> Value {
    // WireGuard's keys are 32 bytes in base64: 43 digits, the last with two bits less, and a sign.
    let key = |letter: char| format!("{}A=", letter.to_string().repeat(42));
    let end = |part: u8, letter, endpoint: &str| {
        json!({
            "subnet": format!("10.20.{part}.0/24"), "ip": format!("10.20.{part}.2"),
            "tunnel": format!("100.64.20.{part}/32"), "port": 20000 + u16::from(number),
            "private_key": key(letter), "public_key": key(letter.to_ascii_uppercase()),
            "endpoint": endpoint,
        })
    };
    let mut gateway = end(3, 'g', "185.206.122.33:20077");
    gateway["fqdn"] = fqdn.into();
    json!({
        "twin": TWIN, "name": format!("pt_{number}"), "project": format!("my-club{number}"),
        "host": format!("my-club{number}.tf9.io"), "password": format!("aÄ\"\\☃{number}"),
        "ssh_key": ssh.then_some(KEY),
        "size": { "cpu": cpu, "memory_gib": memory, "disk_gib": disk, "root_gib": 10 },
        "flist": "https://hub.grid.tf/tf-official-apps/base:latest.flist",
        "entrypoint": "/sbin/zinit init",
        "net": {
            "name": format!("net_{number}"), "range": "10.20.0.0/16",
            "mycelium_key": "0aff".repeat(16), "mycelium_seed": "00ff10203040",
        },
        "machine": end(2, 'm', ""), "gateway": gateway,
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn network(order: &Value, us: &str, other: &str) -> Workload {
    let (net, us, other) = (&order["net"], &order[us], &order[other]);
    let subnet = text(&other["subnet"]).parse().unwrap();
    let network = Network {
        ip_range: text(&net["range"]).parse().unwrap(),
        subnet: text(&us["subnet"]).parse().unwrap(),
        wireguard_private_key: text(&us["private_key"]).into(),
        wireguard_listen_port: us["port"].as_u64().unwrap().try_into().unwrap(),
        peers: vec![Peer {
            subnet,
            wireguard_public_key: text(&other["public_key"]),
            allowed_ips: vec![subnet, text(&other["tunnel"]).parse().unwrap()],
            endpoint: text(&other["endpoint"]),
        }],
        mycelium: us["fqdn"].is_null().then(|| Mycelium {
            hex_key: hex::decode(text(&net["mycelium_key"])).unwrap().into(),
            peers: Vec::new(),
        }),
    };
    Workload::new(text(&net["name"]), WorkloadData::Network(network))
}

fn deployment(order: &Value, kind: &str, name: &str, workloads: Vec<Workload>) -> Deployment {
    let solution = Solution {
        version: 3,
        kind: kind.into(),
        name: text(&order[name]),
        project: format!("peertube/{}", text(&order["project"])),
    };
    let mut deployment = Deployment::new(TWIN, workloads);
    deployment.metadata = solution.to_json();
    deployment.check_new().unwrap();
    deployment
}

/// The machine's deployment and the gateway's.
fn plan(order: &Value) -> [Deployment; 2] {
    let (name, net) = (text(&order["name"]), text(&order["net"]["name"]));
    let (ip, data) = (format!("{name}_ip"), format!("{name}_data"));
    let size = |key: &str| order["size"][key].as_u64().unwrap();
    let mut env = BTreeMap::from([
        (
            "PT_INITIAL_ROOT_PASSWORD".to_owned(),
            text(&order["password"]).into(),
        ),
        (
            "PEERTUBE_WEBSERVER_HOSTNAME".to_owned(),
            text(&order["host"]).into(),
        ),
    ]);
    if let Some(key) = order["ssh_key"].as_str() {
        env.insert("SSH_KEY".to_owned(), key.into());
    }
    let machine = Zmachine {
        flist: text(&order["flist"]),
        network: MachineNetwork {
            public_ip: ip.clone(),
            planetary: false,
            interfaces: vec![Interface {
                network: net.clone(),
                ip: text(&order["machine"]["ip"]).parse().unwrap(),
            }],
            mycelium: Some(MyceliumAddress {
                network: net.clone(),
                hex_seed: hex::decode(text(&order["net"]["mycelium_seed"]))
                    .unwrap()
                    .into(),
            }),
        },
        size: size("root_gib") * GIB,
        compute_capacity: Compute {
            cpu: size("cpu").try_into().unwrap(),
            memory: size("memory_gib") * GIB,
        },
        mounts: vec![Mount {
            name: data.clone(),
            mountpoint: "/data".into(),
        }],
        entrypoint: text(&order["entrypoint"]),
        env,
        ..Zmachine::default()
    };
    let v6 = PublicIp {
        v4: false,
        v6: true,
    };
    let disk = Volume {
        size: size("disk_gib") * GIB,
    };
    let backends = vec![format!("http://{}:9000", text(&order["machine"]["ip"]))];
    let proxy = if order["gateway"]["fqdn"] == true {
        WorkloadData::GatewayFqdn(FqdnProxy {
            fqdn: text(&order["host"]),
            tls_passthrough: false,
            backends,
            network: Some(net),
        })
    } else {
        WorkloadData::GatewayName(NameProxy {
            name: text(&order["project"]),
            tls_passthrough: false,
            backends,
            network: Some(net),
        })
    };
    let machine = vec![
        network(order, "machine", "gateway"),
        Workload::new(ip, WorkloadData::Ip(v6)),
        Workload::new(data, WorkloadData::Zmount(disk)),
        Workload::new(&name, WorkloadData::Zmachine(machine)),
    ];
    let gateway = vec![
        network(order, "gateway", "machine"),
        Workload::new(name, proxy),
    ];
    [
        deployment(order, "vm", "name", machine),
        deployment(order, "gateway", "project", gateway),
    ]
}

#[test]
fn it_hashes_every_plan_as_we_do() {
    let Some(clients) = npm::clients() else {
        return;
    };
    let mut orders = Vec::new();
    for size in SIZES {
        for (ssh, fqdn) in [(false, false), (false, true), (true, false), (true, true)] {
            orders.push(order(orders.len().try_into().unwrap(), size, ssh, fqdn));
        }
    }
    let plans: Vec<_> = orders.iter().map(plan).collect();
    let given = orders.iter().zip(&plans);
    let given: Vec<_> = given
        .map(|(order, plan)| json!({ "order": order, "sent": plan }))
        .collect();
    let made = clients.run("hash.mjs", &json!(given));

    let mut hashes = BTreeSet::new();
    for ((order, plan), made) in orders.iter().zip(&plans).zip(made.as_array().unwrap()) {
        for (part, ours) in plan.iter().enumerate() {
            for theirs in [&made["read"][part], &made["built"][part]] {
                assert_eq!(theirs["challenge"], **ours.challenge(), "{order}");
                assert_eq!(theirs["md5"], ours.hash().to_string(), "{order}");
            }
            hashes.insert(ours.hash().to_string());
        }
    }
    assert_eq!(hashes.len(), 24, "two for each of twelve orders");
}
