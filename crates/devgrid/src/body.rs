//! What a node is sent: our own shape of a deployment. The real grid's is `tfgrid`'s business.

use std::collections::BTreeMap;

use grid::{DomainKind, WorkloadKind};
use serde::{Deserialize, Serialize};

/// A deployment, as its node parses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    pub(crate) version: u32,
    pub(crate) twin: u32,
    pub(crate) metadata: String,
    pub(crate) workloads: Vec<Spec>,
}

/// A workload, as ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Spec {
    /// A node's part of the private network.
    Network {
        name: String,
        ip_range: String,
        subnet: String,
        private_key: String,
        listen_port: u16,
        peers: Vec<Peer>,
    },
    /// The public address.
    Ip { name: String, v6: bool },
    /// The disk.
    Disk { name: String, size: u64 },
    /// The machine.
    Machine(Machine),
    /// The web gateway's proxy.
    Gateway(Gateway),
}

/// The other end of the private network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Peer {
    pub(crate) subnet: String,
    pub(crate) public_key: String,
}

/// A machine, as ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Machine {
    pub(crate) name: String,
    /// The instance's name: what PeerTube says of itself.
    pub(crate) instance: String,
    pub(crate) flist: String,
    pub(crate) entrypoint: String,
    pub(crate) vcpu: u16,
    pub(crate) memory: u64,
    pub(crate) network: String,
    pub(crate) ip: String,
    /// The name of the [`Spec::Ip`].
    pub(crate) public_ip: String,
    /// Disk's name to mount point.
    pub(crate) mounts: BTreeMap<String, String>,
    pub(crate) env: BTreeMap<String, String>,
}

/// A gateway's proxy, as ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gateway {
    pub(crate) name: String,
    pub(crate) kind: DomainKind,
    pub(crate) prefix: String,
    pub(crate) domain: String,
    pub(crate) network: String,
    pub(crate) backend: String,
}

impl Body {
    /// The machine, in a machine's deployment.
    pub(crate) fn machine(&self) -> Option<&Machine> {
        self.workloads.iter().find_map(|spec| match spec {
            Spec::Machine(machine) => Some(machine),
            _ => None,
        })
    }

    /// The proxy, in a gateway's deployment.
    pub(crate) fn gateway(&self) -> Option<&Gateway> {
        self.workloads.iter().find_map(|spec| match spec {
            Spec::Gateway(gateway) => Some(gateway),
            _ => None,
        })
    }

    /// Memory and disk that it takes, bytes.
    pub(crate) fn takes(&self) -> (u64, u64) {
        let memory = self.machine().map_or(0, |machine| machine.memory);
        let disk = self.workloads.iter().map(|spec| match spec {
            Spec::Disk { size, .. } => *size,
            _ => 0,
        });
        (memory, disk.sum())
    }

    /// The same without keys and without the environment's values: a node's own records are no place
    /// for a password.
    pub(crate) fn without_secrets(mut self) -> Self {
        for spec in &mut self.workloads {
            match spec {
                Spec::Network { private_key, .. } => private_key.clear(),
                Spec::Machine(machine) => machine.env.values_mut().for_each(String::clear),
                _ => {}
            }
        }
        self
    }
}

impl Spec {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Network { name, .. } | Self::Ip { name, .. } | Self::Disk { name, .. } => name,
            Self::Machine(machine) => &machine.name,
            Self::Gateway(gateway) => &gateway.name,
        }
    }

    pub(crate) fn kind(&self) -> WorkloadKind {
        match self {
            Self::Network { .. } => WorkloadKind::Network,
            Self::Ip { .. } => WorkloadKind::Ip,
            Self::Disk { .. } => WorkloadKind::Disk,
            Self::Machine(_) => WorkloadKind::Machine,
            Self::Gateway(_) => WorkloadKind::Gateway,
        }
    }
}

impl Gateway {
    /// The host name it serves.
    pub(crate) fn address(&self) -> String {
        format!("{}.{}", self.prefix, self.domain)
    }
}
