//! Rules of names that a gateway serves.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::{Broken, Verdict, broken, ensure, find, network_name};
use crate::Error;
use crate::deployment::{Deployment, FqdnProxy, GatewayName, NameProxy, WorkloadData};

pub(super) fn name(deployment: &Deployment, proxy: &NameProxy) -> Verdict {
    match proxy.name.parse::<GatewayName>() {
        Ok(_) => {}
        Err(Error::Rule { remedy, .. }) => return broken("data.name", remedy),
        Err(other) => return broken("data.name", other.to_string()),
    }
    backend(
        deployment,
        proxy.tls_passthrough,
        &proxy.backends,
        proxy.network.as_deref(),
    )
}

pub(super) fn fqdn(deployment: &Deployment, proxy: &FqdnProxy) -> Verdict {
    let labels: Vec<&str> = proxy.fqdn.split('.').collect();
    let label = |label: &&str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    ensure(
        labels.len() >= 2
            && labels.iter().all(label)
            && labels.last().is_some_and(|last| last.len() >= 2)
            && proxy.fqdn.len() <= 253,
        "data.fqdn",
        "give a whole host name without a dot at its end, like videos.example.org",
    )?;
    backend(
        deployment,
        proxy.tls_passthrough,
        &proxy.backends,
        proxy.network.as_deref(),
    )
}

fn backend(
    deployment: &Deployment,
    tls_passthrough: bool,
    backends: &[String],
    network: Option<&str>,
) -> Verdict {
    let [backend] = backends else {
        return broken("data.backends", "give exactly one backend");
    };
    let field = "data.backends[0]";
    let ip = match tls_passthrough {
        true => with_port(backend)
            .ok_or_else(|| Broken(field.into(), "write ip:port when TLS is handed on, IPv6 in brackets, no http://".into()))?,
        false => backend
            .strip_prefix("http://")
            .and_then(|rest| with_port(rest).or_else(|| without_port(rest)))
            .ok_or_else(|| Broken(field.into(), "write http://ip or http://ip:port with the number of the address, IPv6 in brackets; the gateway speaks plain http to it".into()))?,
    };
    ensure(
        !ip.is_loopback() && !ip.is_unspecified(),
        field,
        "this address is the gateway itself; give the machine's",
    )?;
    match (network, ip) {
        (Some(name), ip) => {
            network_name("data.network", name)?;
            let range = find(deployment, name).and_then(|w| match &w.data {
                WorkloadData::Network(n) | WorkloadData::NetworkLight(n) => Some(n.ip_range),
                _ => None,
            });
            let inside = match (range, ip) {
                (Some(range), IpAddr::V4(ip)) => range.contains(ip),
                // The network is another deployment's: its range is not known here.
                (None, IpAddr::V4(ip)) => is_private(ip),
                (_, IpAddr::V6(_)) => false,
            };
            ensure(
                inside,
                field,
                "give the machine's address in the network that is named",
            )
        }
        (None, ip) => ensure(
            !is_local(ip),
            field,
            "a gateway reaches public addresses, planetary and Mycelium ones, and a private one only \
             through its network; name it in `network`",
        ),
    }
}

/// Private, or shared by a carrier's customers.
fn is_private(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    ip.is_private() || a == 100 && b & 0xc0 == 64
}

/// Whether the address has a meaning only within some network, or is no single machine's.
fn is_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            is_private(ip) || ip.is_link_local() || ip.is_multicast() || ip.is_broadcast()
        }
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_multicast(),
    }
}

fn with_port(text: &str) -> Option<IpAddr> {
    let address: SocketAddr = text.parse().ok()?;
    (address.port() != 0 && !text.contains('%')).then(|| address.ip().to_canonical())
}

fn without_port(text: &str) -> Option<IpAddr> {
    match text.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?.parse().map(IpAddr::V6).ok(),
        None => text.parse().map(IpAddr::V4).ok(),
    }
    .map(|ip| ip.to_canonical())
}
