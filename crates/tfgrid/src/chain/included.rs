//! How a transaction went: which block it is in, and what it did there.

use grid::{Inclusion, SignedBatch};
use serde::Deserialize;
use subxt::error::DispatchError;
use subxt::events::Phase;

use super::block::hexed;
use super::link::params;
use super::{Block, Chain, ChainError, Contract, ContractKind, ERA, Key, Runtime, wire};
use crate::deployment::{DeploymentHash, GatewayName};
use crate::identity::AccountId;

/// A transaction in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Included {
    /// The block's number.
    pub block: u64,
    /// The contracts that it created; or the chain's own name of the error, such as `NameExists`, by
    /// the metadata of that block. When it failed, nothing of it happened, but the nonce is used up
    /// and the fee is paid.
    pub result: Result<Vec<Contract>, String>,
}

impl Included {
    /// The number of the contract that it created for this name.
    #[must_use]
    pub fn name(&self, name: &GatewayName) -> Option<u64> {
        self.created(|kind| matches!(kind, ContractKind::Name(of) if of == name.as_str()))
    }

    /// The number of the contract that it created on this node for this hash.
    #[must_use]
    pub fn node(&self, on: u32, of: &DeploymentHash) -> Option<u64> {
        let text = of.to_string();
        self.created(
            |kind| matches!(kind, ContractKind::Node { node, hash, .. } if *node == on && *hash == text),
        )
    }

    fn created(&self, is: impl Fn(&ContractKind) -> bool) -> Option<u64> {
        let contracts = self.result.as_ref().ok()?;
        let found = contracts.iter().find(|contract| is(&contract.kind));
        found.map(|contract| contract.id)
    }
}

impl From<Included> for Inclusion {
    fn from(included: Included) -> Self {
        Inclusion {
            block: included.block,
            result: included.result.map(|_| ()),
        }
    }
}

impl Chain {
    /// How a batch of this account went, if it is in a block of the newest branch that the endpoints
    /// still remember.
    ///
    /// Nobody needs to have watched: the block is the one in which the account's nonce passed the
    /// batch's, found by halving its era. `None` proves nothing; see [`grid::Found::rules_out`].
    ///
    /// # Errors
    /// [`ChainError::Unreachable`] and [`ChainError::NotUnderstood`].
    pub async fn included(
        &self,
        batch: &SignedBatch,
        by: &AccountId,
    ) -> Result<Option<Included>, ChainError> {
        match self.look_for(batch, by).await {
            Err(ChainError::Unknown { why }) => {
                tracing::debug!(why, "the blocks of a transaction are forgotten");
                Ok(None)
            }
            other => other,
        }
    }

    async fn look_for(
        &self,
        batch: &SignedBatch,
        by: &AccountId,
    ) -> Result<Option<Included>, ChainError> {
        let best = self.best().await?;
        // Both have the nonce passed, or nothing is there.
        let (mut from, mut to) = (batch.era_end.saturating_sub(ERA - 1) + 1, best);
        if to.number > batch.era_end {
            match self.block(batch.era_end).await? {
                Some(last) => to = last,
                None => return Ok(None),
            }
        }
        if to.number < from || !passed(&to, batch, by).await? {
            return Ok(None);
        }
        while from < to.number {
            let Some(middle) = self.block(from + (to.number - from) / 2).await? else {
                return Ok(None);
            };
            if passed(&middle, batch, by).await? {
                to = middle;
            } else {
                from = middle.number + 1;
            }
        }
        to.outcome(&batch.bytes).await
    }
}

async fn passed(block: &Block, batch: &SignedBatch, by: &AccountId) -> Result<bool, ChainError> {
    Ok(block.balance(by).await?.nonce > batch.nonce)
}

impl Block {
    /// How the transaction of these bytes went, if it is in this block.
    ///
    /// # Errors
    /// As [`Block`] says.
    pub async fn outcome(&self, bytes: &[u8]) -> Result<Option<Included>, ChainError> {
        let asked = self.link.ask("chain_getBlock", params![self.hash]);
        let signed: Option<SignedBlock> = asked.await?;
        let Some(signed) = signed else {
            let why = format!("the body of block {} is forgotten", self.number);
            return Err(ChainError::Unknown { why });
        };
        let ours = hexed(bytes);
        let mut all = signed.block.extrinsics.iter();
        let Some(index) = all.position(|extrinsic| *extrinsic == ours) else {
            return Ok(None);
        };
        let [events] = self.read(&[Key::Events]).await?;
        Ok(Some(Included {
            block: self.number,
            result: outcome(&self.runtime, events.unwrap_or_default(), index)?,
        }))
    }
}

/// What the events of a block say about its transaction of this index.
fn outcome(
    runtime: &Runtime,
    events: Vec<u8>,
    index: usize,
) -> Result<Result<Vec<Contract>, String>, ChainError> {
    let metadata = runtime.0.metadata();
    let events = runtime.0.events().from_bytes(events);
    let mut created = Vec::new();
    for event in events.iter() {
        let event = event.map_err(ChainError::not_understood)?;
        if !matches!(event.phase(), Phase::ApplyExtrinsic(at) if at as usize == index) {
            continue;
        }
        match (event.pallet_name(), event.event_name()) {
            ("SmartContractModule", "ContractCreated") => {
                let (contract,): (wire::WireContract,) = event
                    .decode_fields_unchecked_as()
                    .map_err(ChainError::not_understood)?;
                created.push(Contract::from(contract));
            }
            ("System", "ExtrinsicSuccess") => return Ok(Ok(created)),
            ("System", "ExtrinsicFailed") => {
                let error = DispatchError::decode_from(event.field_bytes(), metadata.clone())
                    .map_err(ChainError::not_understood)?;
                return Ok(Err(name_of(&error)));
            }
            _ => {}
        }
    }
    let why = "a block's events do not say how a transaction went".to_owned();
    Err(ChainError::NotUnderstood(why))
}

/// The variant's name alone: pallets do not share the names that matter.
fn name_of(error: &DispatchError) -> String {
    match error {
        DispatchError::Module(error) => match error.details() {
            Ok(details) => details.variant.name.clone(),
            Err(_) => error.to_string(),
        },
        // `Token(FundsUnavailable)`, `BadOrigin`.
        other => format!("{other:?}"),
    }
}

#[derive(Deserialize)]
struct SignedBlock {
    block: Body,
}

#[derive(Deserialize)]
struct Body {
    extrinsics: Vec<String>,
}
