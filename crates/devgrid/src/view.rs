//! The ledger as anybody may read it: for tests and the curious.

use grid::{ContractId, NodeId};
use serde::Serialize;

use crate::{
    DevGridConfig,
    ledger::{Entry, Ledger, Subject},
};

/// The ledger at its newest block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerView {
    /// The newest block.
    pub block: u64,
    /// The newest block that cannot be undone.
    pub finalized: u64,
    /// What our account has, units of 10⁻⁷ TFT.
    pub balance: u64,
    /// Our account's next nonce.
    pub nonce: u64,
    /// The live contracts, of every twin, in the order of creation.
    pub contracts: Vec<ContractView>,
}

/// A contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContractView {
    /// Its number.
    pub id: ContractId,
    /// Who pays.
    pub twin: u32,
    /// `name` or `node`.
    pub kind: &'static str,
    /// The reserved name.
    pub name: Option<String>,
    /// The node.
    pub node: Option<NodeId>,
    /// The marker; empty for names.
    pub data: String,
    /// The block it is there from.
    pub created: u64,
    /// The block it is gone from.
    pub cancelled: Option<u64>,
}

impl LedgerView {
    pub(crate) fn new(ledger: &Ledger, config: &DevGridConfig) -> Self {
        Self {
            block: ledger.block,
            finalized: ledger.finalized(config),
            balance: ledger.balance,
            nonce: ledger.nonce(ledger.block),
            contracts: ledger
                .all_live(ledger.block)
                .map(|(id, entry)| ContractView::new(id, entry))
                .collect(),
        }
    }
}

impl ContractView {
    pub(crate) fn new(id: ContractId, entry: &Entry) -> Self {
        let (kind, name, node, data) = match &entry.subject {
            Subject::Name(name) => ("name", Some(name.clone()), None, String::new()),
            Subject::Node { node, data, .. } => ("node", None, Some(*node), data.clone()),
        };
        Self {
            id,
            twin: entry.twin,
            kind,
            name,
            node,
            data,
            created: entry.created,
            cancelled: entry.cancelled,
        }
    }
}
