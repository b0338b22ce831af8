//! What a node is asked to run: a deployment, its challenge and hash, signatures, and rules.
//!
//! The order of things (zosbase:pkg/gridtypes/deployment.go): fill in everything, [check] it, take
//! the [hash], create the contract with that hash on the chain (this costs money), set
//! [`Deployment::contract_id`] – it is no part of the hash –, [sign], and send the JSON to the node.
//!
//! Reading is as lenient as the node's: a field that is absent or `null` is empty, its name may be
//! written in any case, a field that nobody knows is ignored. What is read prints in the node's
//! canonical form, because the node hashes what it has read, not what was sent.
//!
//! [check]: Deployment::check_new
//! [hash]: Deployment::hash
//! [sign]: Deployment::sign

mod address;
mod contract;
mod gateway;
mod hash;
mod hidden;
mod machine;
mod network;
mod reading;
mod result;
mod rules;
mod signature;
mod workload;

use serde::{Deserialize, Deserializer, Serialize};

use crate::Error;
use crate::json::{Once, read_fields};
use crate::pricing::Resources;

pub use address::{Cidr, Ip};
pub use contract::{ContractData, GatewayName, Solution};
pub use gateway::{FqdnProxy, NameProxy};
pub use hash::DeploymentHash;
pub use hidden::{Hidden, HiddenBytes};
pub use machine::{
    Compute, Interface, LightNetwork, Machine, MachineNetwork, Mount, MyceliumAddress, Zmachine,
    ZmachineLight,
};
pub use network::{Mycelium, Network, Peer};
pub use result::{IpResult, MachineResult, ProxyResult, State, VolumeResult, WorkloadResult};
pub use signature::{Signature, SignatureRequest, SignatureRequirement, Style};
pub use workload::{Kind, PublicIp, Volume, Workload, WorkloadData, Zlogs};

/// All that one contract runs on one node.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Once")]
pub struct Deployment {
    /// 0 when it is created, one more with each update.
    pub version: u32,
    /// The twin that owns it; the one that sends and pays.
    pub twin_id: u32,
    /// The contract on the chain, 0 until there is one. Not part of the hash.
    pub contract_id: u64,
    /// Free text; dashboards look for a [`Solution`] here.
    pub metadata: String,
    /// Free text for people.
    pub description: String,
    /// Unused by nodes, yet hashed: 0.
    pub expiration: i64,
    /// Who must sign, and the signatures.
    pub signature_requirement: SignatureRequirement,
    /// What runs. The order is hashed.
    pub workloads: Vec<Workload>,
}

impl Deployment {
    /// A first version for this twin, to be signed by it alone, as all clients make it.
    #[must_use]
    pub fn new(twin_id: u32, workloads: Vec<Workload>) -> Self {
        Self {
            twin_id,
            signature_requirement: SignatureRequirement::by(twin_id),
            workloads,
            ..Self::default()
        }
    }

    /// Reads JSON. Rules are not checked.
    ///
    /// # Errors
    /// [`Error::Deployment`] with the place and what is wrong there.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        Once::read(text)
            .and_then(|value| Self::try_from(Once(value)))
            .map_err(Error::Deployment)
    }

    /// Checks what a node checks before it takes a deployment, what the published clients forbid,
    /// and what cannot work. To be called before anything is paid: a node that refuses afterwards
    /// leaves a contract that costs.
    ///
    /// # Errors
    /// [`Error::Rule`]: the first rule that is broken, where, and what to do.
    pub fn check(&self) -> Result<(), Error> {
        rules::check(self)
    }

    /// [`Deployment::check`], and that nothing claims to be an update.
    ///
    /// # Errors
    /// [`Error::Rule`].
    pub fn check_new(&self) -> Result<(), Error> {
        rules::check_new(self)
    }

    /// [`Deployment::check`], and that a node which runs `before` would take this in its place, and
    /// would not silently leave a change out.
    ///
    /// # Errors
    /// [`Error::Rule`].
    pub fn check_update(&self, before: &Self) -> Result<(), Error> {
        rules::check_update(self, before)
    }

    /// How many public IPv4 addresses the contract must reserve. An IPv6 address is free and not
    /// counted.
    #[must_use]
    pub fn public_ips(&self) -> u32 {
        self.workloads
            .iter()
            .filter(|w| matches!(&w.data, WorkloadData::Ip(ip) if ip.v4))
            .fold(0, |sum, _| sum + 1)
    }

    /// What it takes of the node, for the price: machines with their root disks, disks, addresses.
    #[must_use]
    pub fn resources(&self) -> Resources {
        let mut sum = Resources {
            public_ips: self.public_ips(),
            ..Resources::default()
        };
        for workload in &self.workloads {
            let (cru, mru, sru) = match &workload.data {
                WorkloadData::Zmachine(m) => (
                    m.compute_capacity.cpu,
                    m.compute_capacity.memory,
                    m.root_size(),
                ),
                WorkloadData::ZmachineLight(m) => (
                    m.compute_capacity.cpu,
                    m.compute_capacity.memory,
                    m.root_size(),
                ),
                WorkloadData::Zmount(v) | WorkloadData::Volume(v) => (0, 0, v.size),
                _ => (0, 0, 0),
            };
            sum.cru = sum.cru.saturating_add(cru.into());
            sum.mru = sum.mru.saturating_add(mru);
            sum.sru = sum.sru.saturating_add(sru);
        }
        sum
    }
}

/// A deployment as it stands in JSON, once names and empty values are a node's.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Raw {
    version: u32,
    twin_id: u32,
    contract_id: u64,
    metadata: String,
    description: String,
    expiration: i64,
    signature_requirement: SignatureRequirement,
    workloads: Vec<Workload>,
}

impl TryFrom<Once> for Deployment {
    type Error = String;

    fn try_from(Once(value): Once) -> Result<Self, String> {
        let raw: Raw = read_fields("", reading::deployment(value)?)?;
        Ok(Self {
            version: raw.version,
            twin_id: raw.twin_id,
            contract_id: raw.contract_id,
            metadata: raw.metadata,
            description: raw.description,
            expiration: raw.expiration,
            signature_requirement: raw.signature_requirement,
            workloads: raw.workloads,
        })
    }
}

/// Go reads `null` as the empty value.
pub(crate) fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}
