//! Farms, and the whole grid (tfgrid-sdk-go:grid-proxy/docs/swagger.json, `types.Farm`,
//! `types.Stats`).

use serde::Deserialize;

use crate::deployment::nullable;

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
    /// `NotCertified` or `Gold`, as the chain has it.
    pub certification: String,
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
            certification: raw.certification_type,
            dedicated: raw.dedicated,
            public_ips: raw.public_ips,
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
