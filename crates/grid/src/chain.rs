//! The ledger's side of the port: contracts, batches, blocks.

use serde::{Deserialize, Serialize};

use crate::NodeId;

/// A contract's number; never 0.
pub type ContractId = u64;

/// Where a question about the ledger is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The newest block: may still be undone.
    Best,
    /// The newest block that cannot be undone.
    Finalized,
}

/// The newest blocks, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The newest.
    pub best: u64,
    /// The newest that cannot be undone.
    pub finalized: u64,
}

/// One call in a batch. The batch is atomic: one refused call undoes all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Reserve a name.
    CreateName {
        /// The prefix of the gateway's domain.
        name: String,
    },
    /// Reserve capacity on a node.
    CreateNode {
        /// The node.
        node: NodeId,
        /// 32 lower-case hex digits: what the deployment's text hashes to.
        hash: String,
        /// The marker, 512 bytes at most, readable by everybody.
        data: String,
    },
    /// End a contract; billing stops in the same block.
    Cancel {
        /// Which; never 0.
        contract: ContractId,
    },
}

/// A batch, signed and not necessarily sent: the intent that is journaled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedBatch {
    /// What is sent.
    pub bytes: Vec<u8>,
    /// Its hash on the chain, hex.
    pub hash: String,
    /// The account's nonce it uses up.
    pub nonce: u64,
    /// The last block it can be in. Past it, finalized, it can never happen.
    pub era_end: u64,
}

/// How an included batch went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// The block it is in.
    pub block: u64,
    /// `Err` holds the chain's own name of the error, such as `NameExists`.
    pub result: Result<(), String>,
}

/// Which of a plan's contracts exist at one block. Only our twin's count: a name reserved by another
/// twin is `None` here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The block asked.
    pub block: u64,
    /// The account's next nonce at that block.
    pub nonce: u64,
    /// The name contract.
    pub name: Option<ContractId>,
    /// The contract on the machine's node.
    pub machine: Option<ContractId>,
    /// The contract on the gateway's node.
    pub gateway: Option<ContractId>,
}

/// A live contract of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// Its number.
    pub id: ContractId,
    /// Who pays.
    pub twin: u32,
    /// The marker; empty for name contracts, which carry none.
    pub data: String,
    /// The name, for name contracts.
    pub name: Option<String>,
}

impl Found {
    /// The contracts that exist.
    pub fn ids(&self) -> Vec<ContractId> {
        [self.name, self.machine, self.gateway]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Whether none exists.
    pub fn is_empty(&self) -> bool {
        self.ids().is_empty()
    }

    /// Whether the batch can no longer happen, seen from this *finalized* block: its nonce is used
    /// up or its era is over. With [`Found::is_empty`], the proof that nothing was paid.
    pub fn rules_out(&self, batch: &SignedBatch) -> bool {
        self.nonce > batch.nonce || self.block >= batch.era_end
    }
}
