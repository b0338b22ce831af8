//! Private networks (zosbase:pkg/gridtypes/zos/network.go, network_light.go).

use serde::{Deserialize, Serialize};

use super::{Cidr, Hidden, HiddenBytes};

/// A node's part of a private WireGuard network. Every node and every person in the network is a
/// peer of the others, so keys, subnets and ports are all fixed before the first one is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Network {
    /// The whole network, an IPv4 /16.
    pub ip_range: Cidr,
    /// This node's part of it, a /24.
    pub subnet: Cidr,
    /// This node's WireGuard key: 32 bytes in base64.
    pub wireguard_private_key: Hidden,
    /// The UDP port on this node, one that is not in `zos.network.list_wg_ports`.
    pub wireguard_listen_port: u16,
    /// The other parts of the network.
    pub peers: Vec<Peer>,
    /// Lets machines in this network have Mycelium addresses. Required on light nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mycelium: Option<Mycelium>,
}

/// Another part of a private network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Peer {
    /// Its part of the network.
    pub subnet: Cidr,
    /// Its WireGuard public key: 32 bytes in base64.
    pub wireguard_public_key: String,
    /// What is routed to it: at least its subnet, and its WireGuard address 100.64.x.y/32.
    pub allowed_ips: Vec<Cidr>,
    /// Where it listens, `ip:port`; empty when it connects to us.
    pub endpoint: String,
}

/// The Mycelium node of a network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Mycelium {
    /// Its key, 32 random bytes.
    pub hex_key: HiddenBytes,
    /// Must be empty: nodes do not support peers of one's own.
    pub peers: Vec<String>,
}
