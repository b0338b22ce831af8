//! The plan: the same for the same arguments, good by every rule, listed by dashboards.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use grid::{Blueprint, Call, DomainKind, LocationFilter, Placement, Plan, Want};
use tfgrid::deployment::{Deployment, Kind, Network, Solution, WorkloadData};
use tfgrid::port::{Ground, plan};

const SEED: [u8; 32] = [7; 32];

fn blueprint(domain_kind: DomainKind) -> Blueprint {
    Blueprint {
        want: Want {
            vcpu: 2,
            memory: 4 << 30,
            disk: 50 << 30,
            location: LocationFilter::default(),
            name: "my-club".into(),
            domain: "ava.tf".into(),
            domain_kind,
            hours: 72,
        },
        marker: "gridtube/1/0123456789abcdef/0123456789abcdef".into(),
        flist: "https://hub.grid.tf/gridtube/peertube.flist".into(),
        entrypoint: "/sbin/gridtube-instance".into(),
        env: BTreeMap::from([("SSH_KEY".to_owned(), "ssh-ed25519 AAAA".to_owned())]),
    }
}

fn ground() -> Ground {
    Ground {
        gateway: [185, 206, 122, 33].into(),
        machine_ports: vec![],
        gateway_ports: vec![],
    }
}

const PLACEMENT: Placement = Placement {
    node: 11,
    gateway: 31,
};

fn planned(kind: DomainKind) -> Plan {
    plan(9, &blueprint(kind), &PLACEMENT, &ground(), &SEED).unwrap()
}

fn read(deployment: &grid::NodeDeployment) -> Deployment {
    let read = Deployment::from_json(&deployment.body).unwrap();
    assert_eq!(
        read.hash().to_string(),
        deployment.hash,
        "hashed as it is read"
    );
    read.check_new().unwrap();
    read
}

fn network(deployment: &Deployment) -> &Network {
    let found = deployment.workloads.iter().find_map(|w| match &w.data {
        WorkloadData::Network(network) => Some(network),
        _ => None,
    });
    found.expect("a network")
}

#[test]
fn the_same_arguments_give_the_same_plan_and_another_seed_other_keys() {
    let first = planned(DomainKind::GatewayName);
    assert_eq!(first, planned(DomainKind::GatewayName));
    let blueprint = blueprint(DomainKind::GatewayName);
    let other = plan(9, &blueprint, &PLACEMENT, &ground(), &[8; 32]).unwrap();
    assert_ne!(first.machine.hash, other.machine.hash);
    assert_ne!(first.gateway.hash, other.gateway.hash);
}

#[test]
fn the_two_ends_of_the_network_fit() {
    let plan = planned(DomainKind::GatewayName);
    let (machine, gateway) = (read(&plan.machine), read(&plan.gateway));
    let (ours, theirs) = (network(&machine), network(&gateway));
    assert_eq!(ours.ip_range, theirs.ip_range);
    assert_ne!(ours.subnet, theirs.subnet);
    let ([to_gateway], [to_machine]) = (&ours.peers[..], &theirs.peers[..]) else {
        panic!("one peer each");
    };
    assert_eq!(
        (to_gateway.subnet, to_machine.subnet),
        (theirs.subnet, ours.subnet)
    );
    let port = theirs.wireguard_listen_port;
    assert_eq!(to_gateway.endpoint, format!("185.206.122.33:{port}"));
    assert_eq!(
        to_machine.endpoint, "",
        "there may be no way to the machine's node"
    );
    assert_ne!(
        to_gateway.wireguard_public_key,
        to_machine.wireguard_public_key
    );
    assert!(to_machine.allowed_ips.contains(&ours.subnet));
    assert_eq!(to_machine.allowed_ips.len(), 2);
}

#[test]
fn the_gateway_leads_to_the_machine() {
    let plan = planned(DomainKind::GatewayName);
    assert_eq!(plan.name.as_deref(), Some("my-club"));
    let (machine, gateway) = (read(&plan.machine), read(&plan.gateway));
    let kinds: Vec<Kind> = machine.workloads.iter().map(|w| w.data.kind()).collect();
    assert_eq!(
        kinds,
        [Kind::Network, Kind::Ip, Kind::Zmount, Kind::Zmachine]
    );
    let WorkloadData::Zmachine(vm) = &machine.workloads[3].data else {
        panic!("a machine")
    };
    assert_eq!(
        (vm.mounts[0].mountpoint.as_str(), vm.env.len()),
        ("/data", 1)
    );
    let WorkloadData::GatewayName(proxy) = &gateway.workloads[1].data else {
        panic!("a proxy")
    };
    let ip = &vm.network.interfaces[0].ip;
    assert_eq!(proxy.backends, [format!("http://{ip}:80")]);
    assert_eq!(proxy.network.as_ref(), Some(&gateway.workloads[0].name));
    assert_eq!(machine.public_ips(), 0, "IPv6 alone costs nothing");
}

#[test]
fn a_domain_of_ones_own_needs_no_name_contract() {
    let plan = planned(DomainKind::GatewayFqdn);
    assert_eq!((plan.name.as_ref(), plan.calls().len()), (None, 2));
    let gateway = read(&plan.gateway);
    let WorkloadData::GatewayFqdn(proxy) = &gateway.workloads[1].data else {
        panic!("a proxy")
    };
    assert_eq!(proxy.fqdn, "my-club.ava.tf");
}

#[test]
fn dashboards_list_it_as_peertube() {
    let plan = planned(DomainKind::GatewayName);
    let mut kinds = Vec::new();
    for call in plan.calls() {
        let Call::CreateNode { data, .. } = call else {
            continue;
        };
        let solution = Solution::from_json(&data).unwrap();
        assert_eq!(
            (solution.name.as_str(), solution.project.as_str()),
            ("my-club", "peertube/my-club")
        );
        assert!(data.contains(&plan.marker) && data.len() <= 512);
        kinds.push(solution.kind);
    }
    assert_eq!(kinds, ["vm", "gateway"]);
    assert_eq!(read(&plan.machine).metadata, plan.machine.data);
}

#[test]
fn what_nodes_would_refuse_is_never_paid() {
    let good = blueprint(DomainKind::GatewayName);
    let refused = |blueprint: &Blueprint, placement: &Placement| {
        let error = plan(9, blueprint, placement, &ground(), &SEED).unwrap_err();
        assert!(!error.is_transient());
        error.to_string()
    };
    let flist = Blueprint {
        flist: "devgrid:peertube".into(),
        ..good.clone()
    };
    assert!(refused(&flist, &PLACEMENT).contains("flist"));
    let marker = Blueprint {
        marker: "a".repeat(500),
        ..good.clone()
    };
    assert!(refused(&marker, &PLACEMENT).contains("may have 512"));
    let mut cpu = good.clone();
    cpu.want.vcpu = 300;
    assert!(refused(&cpu, &PLACEMENT).contains("32 processors"));
    let one = Placement {
        node: 31,
        gateway: 31,
    };
    assert!(refused(&good, &one).contains("take two"));
}

#[test]
fn ports_that_are_taken_are_left_out() {
    let free = planned(DomainKind::GatewayName);
    let port = network(&read(&free.gateway)).wireguard_listen_port;
    let taken = Ground {
        gateway_ports: vec![port],
        ..ground()
    };
    let blueprint = blueprint(DomainKind::GatewayName);
    let other = plan(9, &blueprint, &PLACEMENT, &taken, &SEED).unwrap();
    let (machine, gateway) = (read(&other.machine), read(&other.gateway));
    let chosen = network(&gateway).wireguard_listen_port;
    assert_ne!(chosen, port);
    assert!(
        network(&machine).peers[0]
            .endpoint
            .ends_with(&format!(":{chosen}"))
    );
}
