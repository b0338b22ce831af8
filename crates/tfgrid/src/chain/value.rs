//! What stands on the chain, read.

use crate::identity::AccountId;

/// An account's presence on the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// Its number.
    pub id: u32,
    /// Whose it is.
    pub account: AccountId,
    /// Its relays, hosts joined by `_`.
    pub relay: Option<String>,
    /// Its message key, as it stands there: compressed secp256k1 if its owner did it right.
    pub key: Option<Vec<u8>>,
}

/// A node, as far as a deployment needs it. The rest is in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its number.
    pub id: u32,
    /// Its farm.
    pub farm: u32,
    /// Its twin: where messages to it go.
    pub twin: u32,
    /// Processors.
    pub cru: u64,
    /// Memory, bytes.
    pub mru: u64,
    /// SSD, bytes.
    pub sru: u64,
    /// Hard disk, bytes.
    pub hru: u64,
    /// ISO 3166 name of the country, as the farmer wrote it.
    pub country: String,
    /// City.
    pub city: String,
    /// The gateway's domain, when it has one.
    pub domain: Option<String>,
    /// The public IPv4 address with its prefix, when it has one.
    pub ipv4: Option<String>,
    /// The public IPv6 address with its prefix, when it has one.
    pub ipv6: Option<String>,
}

/// A contract: who pays for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Its number; never 0.
    pub id: u64,
    /// Who pays.
    pub twin: u32,
    /// Whether it lives.
    pub state: ContractState,
    /// What for.
    pub kind: ContractKind,
}

/// Whether a contract lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContractState {
    /// It does.
    Created,
    /// It does, but is not paid for since this block: its workloads are paused, and after 14 days it
    /// is deleted.
    GracePeriod(u64),
    /// It does not; the chain removes it.
    Deleted,
}

/// What a contract is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContractKind {
    /// Capacity on a node.
    Node {
        /// The node.
        node: u32,
        /// The deployment's hash, 32 hex digits.
        hash: String,
        /// The marker.
        data: String,
        /// How many IPv4 addresses are paid for.
        public_ips: u32,
    },
    /// A name.
    Name(String),
    /// A whole node.
    Rent {
        /// The node.
        node: u32,
    },
}
