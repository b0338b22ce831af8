//! The chain: contracts, the pool's checks, and what can be asked at a block.

mod blocks;

use std::collections::BTreeMap;

use grid::{ContractId, GridError, NodeId};
use serde::{Deserialize, Serialize};

use crate::{DevGridConfig, Faults, batch::Extrinsic};

/// The chain's state. The pool is not kept: losing it is what a pool may do.
///
/// An account that has run out of money is refused new batches; the real chain's grace period, and
/// the end of its contracts after that, are left out.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ledger {
    /// The newest block.
    pub(crate) block: u64,
    /// When it was made, the grid's own milliseconds.
    block_time: u64,
    /// What the account has, units.
    pub(crate) balance: u64,
    /// What it owes on top, below one unit: units × milliseconds of an hour.
    owed: u64,
    next_contract: ContractId,
    contracts: BTreeMap<ContractId, Entry>,
    included: Vec<Included>,
    /// How many included batches are no longer in `included`.
    forgotten: u64,
    #[serde(skip)]
    pool: BTreeMap<u64, Pooled>,
}

/// A contract, live or ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) twin: u32,
    pub(crate) subject: Subject,
    /// The block it is there from.
    pub(crate) created: u64,
    /// The block it is gone from.
    pub(crate) cancelled: Option<u64>,
}

/// What a contract is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Subject {
    Name(String),
    Node {
        node: NodeId,
        hash: String,
        data: String,
    },
}

/// A batch in a block.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Included {
    pub(crate) hash: String,
    pub(crate) block: u64,
    /// The chain's name of the error; nothing of the batch happened then.
    pub(crate) error: Option<String>,
}

#[derive(Debug)]
struct Pooled {
    hash: String,
    extrinsic: Extrinsic,
}

/// What does not change with a block.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) config: &'a DevGridConfig,
    pub(crate) faults: &'a Faults,
}

impl Ledger {
    /// The first block, with other people's names in it.
    pub(crate) fn genesis(config: &DevGridConfig) -> Self {
        let mut ledger = Self {
            block: 1,
            block_time: 0,
            balance: config.balance,
            owed: 0,
            next_contract: 1,
            contracts: BTreeMap::new(),
            included: Vec::new(),
            forgotten: 0,
            pool: BTreeMap::new(),
        };
        for name in &config.taken_names {
            ledger.add(stranger(config), Subject::Name(name.clone()), 1);
        }
        ledger
    }

    /// The newest block that cannot be undone.
    pub(crate) fn finalized(&self, config: &DevGridConfig) -> u64 {
        self.block.saturating_sub(config.finality_lag)
    }

    /// The account's next nonce at a block.
    pub(crate) fn nonce(&self, block: u64) -> u64 {
        let known = self.included.iter().filter(|i| i.block <= block).count();
        self.forgotten + known as u64
    }

    /// The account's next nonce, counting what waits in the pool.
    pub(crate) fn next_nonce(&self) -> u64 {
        let mut nonce = self.nonce(self.block);
        while self.pool.contains_key(&nonce) {
            nonce += 1;
        }
        nonce
    }

    /// How a batch went, if it is in a block.
    pub(crate) fn inclusion(&self, hash: &str) -> Option<&Included> {
        self.included.iter().find(|i| i.hash == hash)
    }

    /// Whether a batch is in the pool or in a block.
    pub(crate) fn has(&self, hash: &str) -> bool {
        self.inclusion(hash).is_some() || self.pool.values().any(|p| p.hash == hash)
    }

    /// The pool's checks, in the pool's words.
    ///
    /// # Errors
    /// When the batch can never be included.
    pub(crate) fn check(&self, extrinsic: &Extrinsic, rules: Rules<'_>) -> Result<(), GridError> {
        let why = if extrinsic.twin != rules.config.twin {
            "1010 Invalid Transaction: Inability to pay some fees (e.g. account balance too low)"
        } else if extrinsic.nonce < self.nonce(self.block) {
            "1010 Invalid Transaction: Transaction is outdated"
        } else if extrinsic.era_end <= self.block {
            "1010 Invalid Transaction: Transaction has an ancient birth block"
        } else if self.balance < rules.config.fee {
            "1010 Invalid Transaction: Inability to pay some fees (e.g. account balance too low)"
        } else if self.pool.contains_key(&extrinsic.nonce) {
            "1014 Priority is too low: another transaction with this nonce is in the pool"
        } else {
            return Ok(());
        };
        Err(GridError::rejected("the chain", why))
    }

    /// Puts a checked batch into the pool.
    pub(crate) fn pool(&mut self, hash: String, extrinsic: Extrinsic) {
        self.pool
            .insert(extrinsic.nonce, Pooled { hash, extrinsic });
    }

    /// A contract that is live at a block.
    pub(crate) fn live(&self, id: ContractId, block: u64) -> Option<&Entry> {
        self.contracts.get(&id).filter(|c| c.live_at(block))
    }

    /// Whether a contract was there and is gone.
    pub(crate) fn ended(&self, id: ContractId) -> bool {
        let entry = self.contracts.get(&id);
        entry.is_some_and(|entry| entry.cancelled.is_some())
    }

    /// Whether a contract is remembered, or was never made.
    pub(crate) fn remembers(&self, id: ContractId) -> bool {
        self.contracts.contains_key(&id) || id >= self.next_contract
    }

    /// Every contract that is live at a block, in the order of creation.
    pub(crate) fn all_live(&self, block: u64) -> impl Iterator<Item = (ContractId, &Entry)> {
        self.every().filter(move |(_, c)| c.live_at(block))
    }

    /// Every remembered contract, live or ended, in the order of creation.
    pub(crate) fn every(&self) -> impl Iterator<Item = (ContractId, &Entry)> {
        self.contracts.iter().map(|(id, entry)| (*id, entry))
    }

    /// The live contract about this subject's key: a name, or a node and a hash.
    pub(crate) fn about(&self, subject: &Subject, block: u64) -> Option<(ContractId, &Entry)> {
        self.all_live(block)
            .find(|(_, c)| c.subject.collides(subject))
    }

    /// Another twin's name contract, in the next block and before any batch of ours.
    ///
    /// # Errors
    /// When somebody has the name.
    pub(crate) fn strangers_name(
        &mut self,
        name: &str,
        config: &DevGridConfig,
    ) -> Result<(), GridError> {
        let subject = Subject::Name(name.to_owned());
        let next = self.block + 1;
        if self.about(&subject, next).is_some() {
            return Err(GridError::rejected("the chain", "NameExists"));
        }
        self.add(stranger(config), subject, next);
        Ok(())
    }

    /// What the account pays, units an hour.
    pub(crate) fn hourly(&self, config: &DevGridConfig) -> u64 {
        self.all_live(self.block)
            .filter(|(_, c)| c.twin == config.twin)
            .map(|(_, c)| match c.subject {
                Subject::Name(_) => config.name_hour,
                Subject::Node { .. } => config.node_hour,
            })
            .sum()
    }

    fn add(&mut self, twin: u32, subject: Subject, created: u64) {
        let entry = Entry {
            twin,
            subject,
            created,
            cancelled: None,
        };
        self.contracts.insert(self.next_contract, entry);
        self.next_contract += 1;
    }
}

impl Entry {
    fn live_at(&self, block: u64) -> bool {
        self.created <= block && self.cancelled.is_none_or(|at| at > block)
    }
}

impl Subject {
    /// Whether the chain allows only one of the two at a time.
    pub(crate) fn collides(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Name(a), Self::Name(b)) => a == b,
            (
                Self::Node { node, hash, .. },
                Self::Node {
                    node: n, hash: h, ..
                },
            ) => node == n && hash == h,
            _ => false,
        }
    }
}

/// A twin that is not ours.
fn stranger(config: &DevGridConfig) -> u32 {
    config.twin.wrapping_add(1)
}
