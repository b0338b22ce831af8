//! What the directory answers (tfgrid-sdk-go:grid-proxy/docs/swagger.json). What a deployment does
//! not need is left out; what it needs must be there.

use serde::Deserialize;

use crate::deployment::{DeploymentHash, nullable};

/// Whether a node is there, as far as the directory knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It has told so lately.
    Up,
    /// It has not.
    Down,
    /// Its farm has switched it off, and would switch it on.
    Standby,
    /// A status that came after this client. No filter can ask for it.
    #[serde(other)]
    Unknown,
}

impl Status {
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Status::Up => Some("up"),
            Status::Down => Some("down"),
            Status::Standby => Some("standby"),
            Status::Unknown => None,
        }
    }
}

/// An amount of what nodes have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub struct Capacity {
    /// Processors.
    pub cru: u64,
    /// Memory, bytes.
    pub mru: u64,
    /// SSD, bytes.
    pub sru: u64,
    /// Hard disk, bytes.
    pub hru: u64,
}

/// How the world reaches a gateway. What is not there is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct PublicConfig {
    /// The domain under which names are served.
    #[serde(deserialize_with = "nullable")]
    pub domain: String,
    /// IPv4 with its prefix.
    #[serde(deserialize_with = "nullable")]
    pub ipv4: String,
    /// IPv6 with its prefix.
    #[serde(deserialize_with = "nullable")]
    pub ipv6: String,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawNode")]
pub struct Node {
    /// Its number.
    pub id: u32,
    /// Its twin: where messages to it go.
    pub twin: u32,
    /// Its farm.
    pub farm: u32,
    /// The farm's name.
    pub farm_name: String,
    /// The country's name.
    pub country: String,
    /// The city's name.
    pub city: String,
    /// The region's name; older proxies have none.
    pub region: String,
    /// All there is.
    pub total: Capacity,
    /// What is reserved.
    pub used: Capacity,
    /// How the world reaches it, if it is a gateway.
    pub public: PublicConfig,
    /// Whether it is there.
    pub status: Status,
    /// Its own tests pass.
    pub healthy: bool,
    /// Certified hardware.
    pub certified: bool,
    /// It is, or can be, rented as a whole.
    pub dedicated: bool,
    /// The twin that has rented it as a whole; 0 for nobody.
    pub rented_by: u32,
    /// What its farmer wants beside, thousandths of a USD a month.
    pub extra_fee: u64,
    /// IPv4 addresses that are free in its farm.
    pub farm_free_ips: u64,
    /// What it can: `zmachine`, `network` … Older proxies say nothing.
    pub features: Vec<String>,
}

impl Node {
    /// What is left. Processors are shared, so those of others do not count.
    #[must_use]
    pub fn free(&self) -> Capacity {
        let (total, used) = (&self.total, &self.used);
        Capacity {
            cru: total.cru,
            mru: total.mru.saturating_sub(used.mru),
            sru: total.sru.saturating_sub(used.sru),
            hru: total.hru.saturating_sub(used.hru),
        }
    }
}

/// A list has the capacity at the top, one node has it nested.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawNode {
    node_id: u32,
    twin_id: u32,
    farm_id: u32,
    #[serde(default, deserialize_with = "nullable")]
    farm_name: String,
    #[serde(default, deserialize_with = "nullable")]
    country: String,
    #[serde(default, deserialize_with = "nullable")]
    city: String,
    #[serde(default, deserialize_with = "nullable")]
    region: String,
    #[serde(rename = "total_resources")]
    total: Option<Capacity>,
    #[serde(rename = "used_resources")]
    used: Option<Capacity>,
    capacity: Option<Nested>,
    #[serde(default, deserialize_with = "nullable")]
    public_config: PublicConfig,
    status: Status,
    #[serde(default, deserialize_with = "nullable")]
    healthy: bool,
    #[serde(default, deserialize_with = "nullable")]
    certification_type: String,
    #[serde(default, deserialize_with = "nullable")]
    dedicated: bool,
    #[serde(default, deserialize_with = "nullable")]
    rented_by_twin_id: u32,
    #[serde(default, deserialize_with = "nullable")]
    extra_fee: u64,
    #[serde(default, rename = "farm_free_ips", deserialize_with = "nullable")]
    farm_free_ips: u64,
    #[serde(default, deserialize_with = "nullable")]
    features: Vec<String>,
}

#[derive(Deserialize)]
struct Nested {
    total_resources: Capacity,
    used_resources: Capacity,
}

impl TryFrom<RawNode> for Node {
    type Error = String;

    fn try_from(raw: RawNode) -> Result<Self, String> {
        let (total, used) = match (raw.total, raw.used, raw.capacity) {
            (Some(total), Some(used), _) => (total, used),
            (_, _, Some(nested)) => (nested.total_resources, nested.used_resources),
            _ => {
                return Err(format!(
                    "node {} has neither `total_resources` and `used_resources` nor `capacity`",
                    raw.node_id
                ));
            }
        };
        if raw.node_id == 0 || raw.twin_id == 0 {
            return Err("a node or twin of number 0".into());
        }
        Ok(Self {
            id: raw.node_id,
            twin: raw.twin_id,
            farm: raw.farm_id,
            farm_name: raw.farm_name,
            country: raw.country,
            city: raw.city,
            region: raw.region,
            total,
            used,
            public: raw.public_config,
            status: raw.status,
            healthy: raw.healthy,
            certified: is_certified(&raw.certification_type),
            dedicated: raw.dedicated,
            rented_by: raw.rented_by_twin_id,
            extra_fee: raw.extra_fee,
            farm_free_ips: raw.farm_free_ips,
            features: raw.features,
        })
    }
}

/// A farm.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "RawFarm")]
pub struct Farm {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Its farmer's twin.
    pub twin: u32,
    /// Its price list on the chain.
    pub pricing_policy: u32,
    /// Certified.
    pub certified: bool,
    /// Its nodes are for those who rent them as a whole.
    pub dedicated: bool,
    /// Its IPv4 addresses.
    pub public_ips: Vec<PublicIp>,
}

impl Farm {
    /// How many IPv4 addresses are free.
    #[must_use]
    pub fn free_ips(&self) -> usize {
        self.public_ips.iter().filter(|ip| ip.contract == 0).count()
    }
}

/// An IPv4 address of a farm.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PublicIp {
    /// With its prefix.
    pub ip: String,
    /// The router.
    pub gateway: String,
    /// Who has it; 0 when it is free.
    #[serde(rename = "contract_id")]
    pub contract: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawFarm {
    farm_id: u32,
    name: String,
    twin_id: u32,
    #[serde(default, deserialize_with = "nullable")]
    pricing_policy_id: u32,
    #[serde(default, deserialize_with = "nullable")]
    certification_type: String,
    #[serde(default, deserialize_with = "nullable")]
    dedicated: bool,
    #[serde(deserialize_with = "nullable")]
    public_ips: Vec<PublicIp>,
}

impl From<RawFarm> for Farm {
    fn from(raw: RawFarm) -> Self {
        Self {
            id: raw.farm_id,
            name: raw.name,
            twin: raw.twin_id,
            pricing_policy: raw.pricing_policy_id,
            certified: is_certified(&raw.certification_type),
            dedicated: raw.dedicated,
            public_ips: raw.public_ips,
        }
    }
}

/// How a contract stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
pub enum ContractState {
    /// It lives.
    Created,
    /// It cannot be paid, and waits.
    GracePeriod,
    /// It is over.
    Deleted,
    /// A state that came after this client. No filter can ask for it.
    #[serde(other)]
    Unknown,
}

impl ContractState {
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            ContractState::Created => Some("Created"),
            ContractState::GracePeriod => Some("GracePeriod"),
            ContractState::Deleted => Some("Deleted"),
            ContractState::Unknown => None,
        }
    }
}

/// A contract.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "RawContract")]
pub struct Contract {
    /// Its number.
    pub id: u64,
    /// Who pays.
    pub twin: u32,
    /// How it stands.
    pub state: ContractState,
    /// When it was made, seconds of Unix time.
    pub created: u64,
    /// What for.
    pub kind: ContractKind,
}

/// What a contract is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContractKind {
    /// A deployment on a node.
    Node {
        /// Which.
        node: u32,
        /// Free text; see [`crate::deployment::Solution`].
        data: String,
        /// The deployment's hash, if it is one: the chain takes any 32 bytes.
        hash: Option<DeploymentHash>,
        /// How many IPv4 addresses it reserves.
        public_ips: u32,
    },
    /// A name at gateways.
    Name {
        /// Which.
        name: String,
    },
    /// A node as a whole.
    Rent {
        /// Which.
        node: u32,
    },
}

/// The type says which details there are.
#[derive(Deserialize)]
struct RawContract {
    contract_id: u64,
    twin_id: u32,
    state: ContractState,
    created_at: u64,
    #[serde(flatten)]
    kind: RawKind,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "details", rename_all = "lowercase")]
enum RawKind {
    Node {
        #[serde(rename = "nodeId")]
        node: u32,
        #[serde(default, deserialize_with = "nullable")]
        deployment_data: String,
        deployment_hash: String,
        #[serde(default, deserialize_with = "nullable")]
        number_of_public_ips: u32,
    },
    Name {
        name: String,
    },
    Rent {
        #[serde(rename = "nodeId")]
        node: u32,
    },
}

impl From<RawContract> for Contract {
    fn from(raw: RawContract) -> Self {
        Self {
            id: raw.contract_id,
            twin: raw.twin_id,
            state: raw.state,
            created: raw.created_at,
            kind: match raw.kind {
                RawKind::Node {
                    node,
                    deployment_data,
                    deployment_hash,
                    number_of_public_ips,
                } => ContractKind::Node {
                    node,
                    data: deployment_data,
                    hash: deployment_hash.parse().ok(),
                    public_ips: number_of_public_ips,
                },
                RawKind::Name { name } => ContractKind::Name { name },
                RawKind::Rent { node } => ContractKind::Rent { node },
            },
        }
    }
}

/// The whole grid in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Nodes.
    pub nodes: u64,
    /// Farms.
    pub farms: u64,
    /// Countries with nodes.
    pub countries: u64,
    /// Processors.
    pub total_cru: u64,
    /// SSD, bytes.
    pub total_sru: u64,
    /// Memory, bytes.
    pub total_mru: u64,
    /// Hard disk, bytes.
    pub total_hru: u64,
    /// IPv4 addresses of farms.
    pub public_ips: u64,
    /// Gateways that serve names.
    pub gateways: u64,
    /// Twins.
    pub twins: u64,
    /// Contracts that are not over.
    pub contracts: u64,
}

fn is_certified(text: &str) -> bool {
    text.eq_ignore_ascii_case("certified")
}
