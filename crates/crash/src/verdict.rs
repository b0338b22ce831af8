//! What must be true once everything has come to rest.

use std::collections::{BTreeMap, BTreeSet};

use api::store::{Record, Store};
use devgrid::ContractView;
use order::api::State;

use crate::{World, world::BY_FULL_NAME};

/// How long the grid remembers what is over, blocks.
const REMEMBERED: u64 = 20_000;

/// Something that should not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In one word.
    pub kind: Kind,
    /// In some.
    pub what: String,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A contract is paid for that no live deployment has.
    Orphan,
    /// Something was made twice.
    Double,
    /// A deployment does not end, or keeps others from it.
    Stuck,
    /// What a visitor is told is not so.
    Untrue,
    /// Something gave up.
    Panic,
}

impl Finding {
    /// Of a kind.
    pub fn new(kind: Kind, what: impl Into<String>) -> Self {
        let what = what.into();
        Self { kind, what }
    }
}

/// Holds the ledger against the store.
///
/// # Errors
/// The first thing that does not fit.
pub async fn judge(world: &World) -> Result<(), Finding> {
    let store = world.disk.store();
    let records = store.list(100).await.unwrap_or_default();
    let live = world.contracts();
    let history = world.history();
    nothing_is_left_behind(&records, &live)?;
    nothing_is_made_twice(&records, &history)?;
    let forgotten = world.grid.ledger().block > REMEMBERED;
    for record in &records {
        is_settled(record)?;
        let paid = history.iter().any(|c| is_of(c, record));
        if let Some(failure) = &record.failure
            && failure.paid != paid
            && !forgotten
        {
            return untrue(record, format!("paid: {paid}, and it says {failure:?}"));
        }
        if record.state == State::Ready {
            let answers = world.grid.answers(&record.address);
            if answers.is_none_or(|i| i.name != record.order.name) {
                return untrue(record, "it is ready and does not answer".into());
            }
        }
        let events = store.events(&record.id, 0).await.unwrap_or_default();
        if events.last().map(|(_, e)| e.state) != Some(record.state) {
            return untrue(record, format!("its last event is {:?}", events.last()));
        }
    }
    Ok(())
}

/// For the very end.
///
/// # Errors
/// When anything is left.
pub fn judge_emptiness(world: &World) -> Result<(), Finding> {
    match world.contracts() {
        left if left.is_empty() => Ok(()),
        left => Err(Finding::new(
            Kind::Orphan,
            format!("after the end: {left:?}"),
        )),
    }
}

fn nothing_is_left_behind(records: &[Record], live: &[ContractView]) -> Result<(), Finding> {
    let mut owned = BTreeSet::new();
    for record in records.iter().filter(|r| r.state == State::Ready) {
        let own = record.contracts;
        let needs_name = record.order.domain != BY_FULL_NAME;
        if own.machine.is_none() || own.gateway.is_none() || own.name.is_some() != needs_name {
            return untrue(record, format!("it is ready with {own:?}"));
        }
        for id in [own.name, own.machine, own.gateway].into_iter().flatten() {
            if !live.iter().any(|c| c.id == id) {
                return untrue(record, format!("it is ready, and contract {id} is gone"));
            }
            if !owned.insert(id) {
                let what = format!("contract {id} belongs to two deployments");
                return Err(Finding::new(Kind::Double, what));
            }
        }
    }
    match live.iter().find(|c| !owned.contains(&c.id)) {
        Some(orphan) => Err(Finding::new(Kind::Orphan, format!("{orphan:?}"))),
        None => Ok(()),
    }
}

fn nothing_is_made_twice(records: &[Record], history: &[ContractView]) -> Result<(), Finding> {
    let double = |what| Err(Finding::new(Kind::Double, what));
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for record in records {
        let of = || history.iter().filter(|c| is_of(c, record));
        match of().count() {
            0 => {}
            2 if record.order.domain == BY_FULL_NAME => {}
            2 => *names.entry(&record.order.name).or_default() += 1,
            n => return double(format!("{} was given {n} contracts on nodes", record.id)),
        }
    }
    for (name, paid) in names {
        let made = history.iter().filter(|c| c.name.as_deref() == Some(name));
        match made.count() {
            made if made > paid => {
                return double(format!(
                    "{name} was reserved {made} times for {paid} payments"
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_settled(record: &Record) -> Result<(), Finding> {
    let stuck = |what: &str| Err(Finding::new(Kind::Stuck, format!("{}: {what}", record.id)));
    match record.state {
        State::Ready if record.cancel => stuck("it was cancelled and is ready"),
        State::Ready if record.plan.is_none() => stuck("without its plan it can never end"),
        State::Ready | State::Failed | State::Deleted if !record.intents.is_empty() => {
            stuck("it keeps the signer")
        }
        State::Ready | State::Failed | State::Deleted => Ok(()),
        other => stuck(&format!("it rests in {other:?}")),
    }
}

fn is_of(contract: &ContractView, record: &Record) -> bool {
    let id = contract.data.rsplit_once('/').map(|(_, id)| id);
    id == Some(record.id.as_str())
}

fn untrue(record: &Record, what: String) -> Result<(), Finding> {
    Err(Finding::new(Kind::Untrue, format!("{}: {what}", record.id)))
}
