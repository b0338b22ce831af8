//! Contracts (tfgrid-sdk-go:grid-proxy/docs/swagger.json, `types.Contract`).

use serde::Deserialize;

use crate::deployment::{DeploymentHash, nullable};

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
