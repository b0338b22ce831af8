//! Nodes and gateways (tfgrid-sdk-go:grid-proxy/docs/swagger.json, `types.Node`,
//! `types.NodeWithNestedCapacity`). What a deployment does not need is left out; what it needs must be
//! there.

use serde::Deserialize;

use crate::deployment::nullable;

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

fn is_certified(text: &str) -> bool {
    text.eq_ignore_ascii_case("certified")
}
