//! Rules of private networks.

use std::net::SocketAddr;

use super::{Verdict, broken, ensure, wireguard_key};
use crate::deployment::{Cidr, Mycelium, Network, Peer};

pub(super) fn full(network: &Network) -> Verdict {
    wireguard(network)?;
    network.mycelium.as_ref().map_or(Ok(()), mycelium)
}

/// A light node would take less. But what is absent is hashed differently by nodes and clients of
/// different age, so everything is to be there.
pub(super) fn light(network: &Network) -> Verdict {
    let field = match network {
        n if n.ip_range.is_absent() => Some("data.ip_range"),
        n if n.wireguard_private_key.reveal().is_empty() => Some("data.wireguard_private_key"),
        n if n.wireguard_listen_port == 0 => Some("data.wireguard_listen_port"),
        _ => None,
    };
    if let Some(field) = field {
        return broken(
            field,
            "set it also on light nodes: clients and nodes hash its absence differently",
        );
    }
    wireguard(network)?;
    match &network.mycelium {
        Some(one) => mycelium(one),
        None => broken(
            "data.mycelium",
            "light nodes require it; give it a key of 32 random bytes",
        ),
    }
}

fn wireguard(network: &Network) -> Verdict {
    ensure(
        network
            .ip_range
            .v4()
            .is_some_and(|(_, prefix)| prefix == 16)
            && network.ip_range.is_network(),
        "data.ip_range",
        "give an IPv4 network of size /16, like 10.20.0.0/16",
    )?;
    part_of(network.ip_range, network.subnet, "data.subnet")?;
    wireguard_key(
        "data.wireguard_private_key",
        network.wireguard_private_key.reveal(),
    )?;
    ensure(
        network.wireguard_listen_port != 0,
        "data.wireguard_listen_port",
        "take a port that zos.network.list_wg_ports does not list",
    )?;
    for (index, one) in network.peers.iter().enumerate() {
        let field = format!("data.peers[{index}]");
        peer(network, one, &field)?;
        ensure(
            network.peers[..index].iter().all(|other| {
                other.subnet != one.subnet && other.wireguard_public_key != one.wireguard_public_key
            }),
            &field,
            "another peer has the same key or subnet; each needs its own",
        )?;
    }
    Ok(())
}

fn peer(network: &Network, peer: &Peer, field: &str) -> Verdict {
    part_of(network.ip_range, peer.subnet, &format!("{field}.subnet"))?;
    ensure(
        peer.subnet != network.subnet,
        &format!("{field}.subnet"),
        "this is the node's own subnet; each part of the network needs its own",
    )?;
    wireguard_key(
        &format!("{field}.wireguard_public_key"),
        &peer.wireguard_public_key,
    )?;
    ensure(
        !peer.allowed_ips.is_empty() && peer.allowed_ips.iter().all(|ip| !ip.is_absent()),
        &format!("{field}.allowed_ips"),
        "list at least the peer's subnet",
    )?;
    ensure(
        peer.endpoint.is_empty() || endpoint(&peer.endpoint),
        &format!("{field}.endpoint"),
        "write ip:port, or leave it empty for a peer that connects by itself",
    )
}

fn endpoint(text: &str) -> bool {
    text.parse::<SocketAddr>()
        .is_ok_and(|address| address.port() != 0)
}

fn part_of(range: Cidr, subnet: Cidr, field: &str) -> Verdict {
    ensure(
        subnet
            .v4()
            .is_some_and(|(ip, prefix)| prefix == 24 && range.contains(ip))
            && subnet.is_network(),
        field,
        "give a /24 inside the network's range, like 10.20.2.0/24 in 10.20.0.0/16",
    )
}

fn mycelium(mycelium: &Mycelium) -> Verdict {
    ensure(
        mycelium.hex_key.reveal().len() == 32,
        "data.mycelium.hex_key",
        "give 32 random bytes in hex",
    )?;
    ensure(
        mycelium.peers.is_empty(),
        "data.mycelium.peers",
        "leave the list empty: nodes do not support peers of one's own",
    )
}
