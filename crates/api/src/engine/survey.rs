//! Whose each contract of our twin is, by the ledger and the store; nothing is changed by looking.
//!
//! The store is asked after the ledger: a row is written before anything is paid for it, so a contract
//! whose deployment is not in the store afterwards was made by a store that knew more than this one.

use std::collections::BTreeMap;

use grid::{Contract, ContractId, Grid};

use super::EngineError;
use crate::store::{Record, Store};

/// The beginning of every marker of ours: program and version of the form.
const FORM: &str = "gridtube/1";

/// What contracts carry in the open. With the database's id, so that another database never claims
/// them.
pub(super) fn marker(database: &str, deployment: &str) -> String {
    format!("{FORM}/{database}/{deployment}")
}

/// Whose a contract is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// A deployment that lives.
    Living,
    /// A deployment that lives and has another one for the same.
    Double,
    /// A deployment that is over, and that was seen to have it: it should be gone.
    Leftover,
    /// A deployment of this database that is over, and that was never seen to have it.
    Unrecorded,
    /// A deployment of this database that is not in it.
    Unknown,
    /// Another installation, or a database that was lost.
    OtherDatabase,
    /// It carries no marker of ours.
    Unmarked,
    /// Another twin, or no contract at all.
    NotOurs,
}

impl Owner {
    /// Each of them.
    pub const ALL: [Self; 8] = [
        Self::Living,
        Self::Double,
        Self::Leftover,
        Self::Unrecorded,
        Self::Unknown,
        Self::OtherDatabase,
        Self::Unmarked,
        Self::NotOurs,
    ];

    /// In one word, for metrics and the operator.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Living => "living",
            Self::Double => "double",
            Self::Leftover => "leftover",
            Self::Unrecorded => "unrecorded",
            Self::Unknown => "unknown",
            Self::OtherDatabase => "other_database",
            Self::Unmarked => "unmarked",
            Self::NotOurs => "not_ours",
        }
    }
}

/// A contract and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The contract.
    pub contract: Contract,
    /// Whose.
    pub owner: Owner,
    /// Of which deployment, as far as this database can tell.
    pub deployment: Option<String>,
}

/// All contracts of our twin at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// A finalized block that is not newer than the list.
    pub block: u64,
    /// Every contract.
    pub claims: Vec<Claim>,
}

impl Survey {
    /// Looks at the ledger, and then at the store.
    ///
    /// # Errors
    /// When one of them does not answer.
    pub async fn take(grid: &dyn Grid, store: &dyn Store) -> Result<Self, EngineError> {
        let block = grid.head().await?.finalized;
        let contracts = grid.contracts("").await?;
        let mut records = BTreeMap::new();
        for contract in &contracts {
            if let Mark::Ours(id) = Mark::read(&contract.data, store.database_id())
                && !records.contains_key(id)
            {
                records.insert(id.to_owned(), store.get(id).await?);
            }
        }
        let judge = |contract: Contract| {
            let (owner, deployment) = match contract.twin == grid.twin() && contract.id != 0 {
                true => judge(&contract, store.database_id(), &records),
                false => (Owner::NotOurs, None),
            };
            Claim {
                contract,
                owner,
                deployment,
            }
        };
        Ok(Self {
            block,
            claims: contracts.into_iter().map(judge).collect(),
        })
    }

    /// How many are whose.
    pub fn count(&self, owner: Owner) -> usize {
        self.claims.iter().filter(|c| c.owner == owner).count()
    }

    /// Whether the ledger proves that this database is not the newest that paid from this account: it
    /// was restored from a backup, or it is a copy. Then even what it takes for over may live.
    pub fn is_outdated(&self) -> bool {
        self.count(Owner::Unknown) + self.count(Owner::Unrecorded) > 0
    }

    /// What should be gone, with its deployment.
    pub fn leftovers(&self) -> BTreeMap<ContractId, &str> {
        let left = self.claims.iter().filter(|c| c.owner == Owner::Leftover);
        left.filter_map(|c| Some((c.contract.id, c.deployment.as_deref()?)))
            .collect()
    }
}

/// What a marker says.
enum Mark<'a> {
    /// This deployment of this database.
    Ours(&'a str),
    Others,
    None,
}

impl<'a> Mark<'a> {
    fn read(data: &'a str, database: &str) -> Self {
        let Some(rest) = data.strip_prefix(FORM).and_then(|r| r.strip_prefix('/')) else {
            return Self::None;
        };
        match rest.split_once('/') {
            Some((_, id)) if id.is_empty() || id.contains('/') => Self::None,
            Some((of, id)) if of == database => Self::Ours(id),
            Some(_) => Self::Others,
            None => Self::None,
        }
    }
}

fn judge(
    contract: &Contract,
    database: &str,
    records: &BTreeMap<String, Option<Record>>,
) -> (Owner, Option<String>) {
    if let Some(name) = &contract.name {
        return name_of(contract.id, name, records.values().flatten());
    }
    match Mark::read(&contract.data, database) {
        Mark::None => (Owner::Unmarked, None),
        Mark::Others => (Owner::OtherDatabase, None),
        Mark::Ours(id) => {
            let record = records.get(id).and_then(Option::as_ref);
            let owner = record.map_or(Owner::Unknown, |r| node_of(contract.id, r));
            (owner, Some(id.to_owned()))
        }
    }
}

fn node_of(contract: ContractId, record: &Record) -> Owner {
    let recorded = record.contracts.ids().contains(&contract);
    match (record.state.is_over(), recorded) {
        (true, true) => Owner::Leftover,
        (true, false) => Owner::Unrecorded,
        (false, false) if record.ready_at.is_some() => Owner::Double,
        (false, _) => Owner::Living,
    }
}

/// A name carries no marker: it is known by its number alone, and taken for living by its name.
fn name_of<'a>(
    contract: ContractId,
    name: &str,
    mut records: impl Iterator<Item = &'a Record> + Clone,
) -> (Owner, Option<String>) {
    let living = |r: &&Record| !r.state.is_over() && r.order.name == name;
    if let Some(record) = records.clone().find(living) {
        return (Owner::Living, Some(record.id.clone()));
    }
    match records.find(|r| r.contracts.name == Some(contract)) {
        Some(record) if record.state.is_over() => (Owner::Leftover, Some(record.id.clone())),
        Some(record) => (Owner::Living, Some(record.id.clone())),
        None => (Owner::Unmarked, None),
    }
}
