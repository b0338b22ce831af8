//! Rules of virtual machines.

use std::net::{IpAddr, Ipv4Addr};

use super::{Verdict, broken, ensure, find, network_name};
use crate::deployment::{
    Deployment, Interface, Kind, Machine, MyceliumAddress, Network, WorkloadData, Zmachine,
    ZmachineLight,
};

/// The node's (zosbase:pkg/gridtypes/zos/zmachine.go).
const LEAST_MEMORY: u64 = 250 << 20;

/// The published clients' (npm `@threefold/grid_client`).
const MOST_MEMORY: u64 = 256 << 30;
const MOST_CPU: u8 = 32;

pub(super) fn full(deployment: &Deployment, machine: &Zmachine) -> Verdict {
    let network = &machine.network;
    connection(deployment, &network.interfaces, network.mycelium.as_ref())?;
    public_ip(deployment, &network.public_ip)?;
    body(deployment, machine)
}

pub(super) fn light(deployment: &Deployment, machine: &ZmachineLight) -> Verdict {
    let network = &machine.network;
    connection(deployment, &network.interfaces, network.mycelium.as_ref())?;
    body(deployment, machine)
}

fn connection(
    deployment: &Deployment,
    interfaces: &[Interface],
    mycelium: Option<&MyceliumAddress>,
) -> Verdict {
    let [interface] = interfaces else {
        return broken(
            "data.network.interfaces",
            "connect it to exactly one private network",
        );
    };
    network_name("data.network.interfaces[0].network", &interface.network)?;
    let field = "data.network.interfaces[0].ip";
    let Some(ip) = interface.ip.0 else {
        return broken(
            field,
            "give an address in the node's subnet of the private network",
        );
    };
    let network = private_network(deployment, &interface.network);
    let inside = match ip.to_canonical() {
        IpAddr::V4(ip) => !reserved(ip) && network.is_none_or(|n| n.subnet.contains(ip)),
        IpAddr::V6(_) => false,
    };
    ensure(
        inside,
        field,
        "take an address in the network's subnet, but not .0, .1 (the node's) or .255",
    )?;
    if let Some(mycelium) = mycelium {
        network_name("data.network.mycelium.network", &mycelium.network)?;
        ensure(
            mycelium.hex_seed.reveal().len() == 6,
            "data.network.mycelium.hex_seed",
            "give 6 random bytes in hex",
        )?;
        if let Some(network) = private_network(deployment, &mycelium.network) {
            ensure(
                network.mycelium.is_some(),
                "data.network.mycelium",
                "the network it names has no mycelium; give the network a key or leave this out",
            )?;
        }
    }
    Ok(())
}

/// The network, when it is part of the same deployment.
fn private_network<'a>(deployment: &'a Deployment, name: &str) -> Option<&'a Network> {
    match &find(deployment, name)?.data {
        WorkloadData::Network(network) | WorkloadData::NetworkLight(network) => Some(network),
        _ => None,
    }
}

fn reserved(ip: Ipv4Addr) -> bool {
    matches!(ip.octets()[3], 0 | 1 | 255)
}

fn public_ip(deployment: &Deployment, name: &str) -> Verdict {
    let field = "data.network.public_ip";
    if name.is_empty() {
        return Ok(());
    }
    ensure(
        find(deployment, name).is_some_and(|w| w.data.kind() == Kind::Ip),
        field,
        "name an ip workload of the same deployment, or leave it empty",
    )?;
    let users = deployment
        .workloads
        .iter()
        .filter(|w| matches!(&w.data, WorkloadData::Zmachine(m) if m.network.public_ip == name));
    ensure(
        users.count() == 1,
        field,
        "another machine has this ip workload; give each its own",
    )
}

fn body<N>(deployment: &Deployment, machine: &Machine<N>) -> Verdict {
    ensure(
        ["https://", "http://"].iter().any(|scheme| {
            machine
                .flist
                .strip_prefix(scheme)
                .is_some_and(|rest| !rest.is_empty())
        }),
        "data.flist",
        "give the URL of the image's flist, like https://hub.grid.tf/…/image.flist",
    )?;
    let compute = &machine.compute_capacity;
    ensure(
        (1..=MOST_CPU).contains(&compute.cpu),
        "data.compute_capacity.cpu",
        "take 1 to 32 processors",
    )?;
    ensure(
        (LEAST_MEMORY..=MOST_MEMORY).contains(&compute.memory),
        "data.compute_capacity.memory",
        "take 250 MiB to 256 GiB, in bytes",
    )?;
    if machine.size != 0 && machine.size < machine.least_root_size() {
        let least = machine.least_root_size();
        return broken(
            "data.size",
            format!("the root disk must have at least {least} bytes here; 0 takes the least"),
        );
    }
    mounts(deployment, machine)?;
    for key in machine.env.keys() {
        ensure(
            !key.is_empty() && !key.contains(['=', '\0']),
            "data.env",
            "a variable's name must not be empty and has no `=` in it; rename it",
        )?;
    }
    for (index, gpu) in machine.gpu.iter().enumerate() {
        ensure(
            gpu.split('/').filter(|part| !part.is_empty()).count() == 3
                && gpu.split('/').count() == 3
                && !machine.gpu[..index].contains(gpu),
            "data.gpu",
            "write each card once, as slot/vendor/device, like zos.gpu.list does",
        )?;
    }
    Ok(())
}

fn mounts<N>(deployment: &Deployment, machine: &Machine<N>) -> Verdict {
    for (index, mount) in machine.mounts.iter().enumerate() {
        let field = format!("data.mounts[{index}]");
        let kind = find(deployment, &mount.name).map(|w| w.data.kind());
        ensure(
            matches!(kind, Some(Kind::Zmount | Kind::Volume)),
            &field,
            "name a zmount or volume of the same deployment",
        )?;
        ensure(
            mount.mountpoint.starts_with('/') && mount.mountpoint != "/",
            &field,
            "give an absolute path as mountpoint, like /data",
        )?;
        ensure(
            machine.mounts[..index]
                .iter()
                .all(|other| other.name != mount.name && other.mountpoint != mount.mountpoint),
            &field,
            "another mount has the same disk or mountpoint; use each once",
        )?;
    }
    Ok(())
}
