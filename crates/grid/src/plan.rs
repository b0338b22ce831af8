//! What is wanted, where it goes, and the plan made of both.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A node's number.
pub type NodeId = u32;

/// What a deployment needs of a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Want {
    /// Virtual processors.
    pub vcpu: u16,
    /// Memory, bytes.
    pub memory: u64,
    /// Disk at `/data`, bytes.
    pub disk: u64,
    /// Where.
    pub location: LocationFilter,
    /// The instance's name, the prefix of the domain.
    pub name: String,
    /// The domain.
    pub domain: String,
    /// How the domain is served.
    pub domain_kind: DomainKind,
    /// How long the account must be able to pay, hours.
    pub hours: u32,
}

/// A location, as grid filters. Empty parts do not filter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LocationFilter {
    /// ISO 3166 alpha-2.
    pub country: String,
    /// City.
    pub city: String,
    /// Farm numbers.
    pub farms: Vec<u32>,
}

/// How a domain is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DomainKind {
    /// The gateway node's own domain is this domain; a name contract reserves the prefix.
    GatewayName,
    /// The operator's wildcard DNS record points to the gateway node; no name contract.
    GatewayFqdn,
}

/// Where a deployment goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// The node of the machine.
    pub node: NodeId,
    /// The node of the web gateway.
    pub gateway: NodeId,
}

/// All that is decided before anything is paid, free of any grid's wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blueprint {
    /// What is needed.
    pub want: Want,
    /// What the contracts carry in the open: our marker, 512 bytes at most.
    pub marker: String,
    /// The machine image.
    pub flist: String,
    /// The image's first program.
    pub entrypoint: String,
    /// The machine's environment; holds the admin password, so a plan is stored sealed.
    pub env: BTreeMap<String, String>,
}

/// Everything that the grid will hash, fixed before anything is paid.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The name to reserve, when the domain needs a name contract.
    pub name: Option<String>,
    /// The machine's deployment: network, public IPv6, disk, machine.
    pub machine: NodeDeployment,
    /// The gateway's deployment: network, proxy.
    pub gateway: NodeDeployment,
    /// What the contracts carry in the open, so that they can be told from others.
    pub marker: String,
}

/// One node's part of a plan.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeDeployment {
    /// The node.
    pub node: NodeId,
    /// 32 lower-case hex digits.
    pub hash: String,
    /// What the node is sent, less the contract's number. Holds secrets.
    pub body: String,
    /// What its contract carries in the open, with the plan's marker in it, 512 bytes at most. Empty:
    /// the marker alone.
    #[serde(default)]
    pub data: String,
}

impl Plan {
    /// The calls that pay for it, one atomic batch.
    pub fn calls(&self) -> Vec<crate::Call> {
        let node = |d: &NodeDeployment| crate::Call::CreateNode {
            node: d.node,
            hash: d.hash.clone(),
            data: match d.data.as_str() {
                "" => self.marker.clone(),
                data => data.to_owned(),
            },
        };
        let name = self
            .name
            .clone()
            .map(|name| crate::Call::CreateName { name });
        name.into_iter()
            .chain([node(&self.machine), node(&self.gateway)])
            .collect()
    }
}

// A plan holds keys and a password: it says what it is, never what is in it.
impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan")
            .field("name", &self.name)
            .field("machine", &self.machine)
            .field("gateway", &self.gateway)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for NodeDeployment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NodeDeployment")
            .field("node", &self.node)
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}
