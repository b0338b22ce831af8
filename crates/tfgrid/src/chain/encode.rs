//! To bytes, by the metadata of one block. The same for a client that asks and one that cannot.

use grid::SignedBatch;
use subxt::client::{ClientAtBlock, OfflineClientAtBlockT};
use subxt::dynamic;
use subxt::ext::scale_value::Composite;
use subxt::storage::DynamicAddress;
use subxt::utils::H256;

use super::config::{GridConfig, ParamsBuilder, Signing};
use super::{Birth, Call, ChainError, ERA, Key};
use crate::Identity;

pub(super) fn call<C>(at: &ClientAtBlock<GridConfig, C>, call: &Call) -> Result<Vec<u8>, ChainError>
where
    C: OfflineClientAtBlockT<GridConfig>,
{
    let payload = dynamic::transaction(call.pallet, call.name, fields(call));
    at.transactions()
        .call_data(&payload)
        .map_err(ChainError::not_understood)
}

pub(super) fn key<C>(at: &ClientAtBlock<GridConfig, C>, key: &Key) -> Result<Vec<u8>, ChainError>
where
    C: OfflineClientAtBlockT<GridConfig>,
{
    let (pallet, entry, parts) = key.parts();
    let address: DynamicAddress = dynamic::storage(pallet, entry);
    let storage = at.storage();
    let entry = storage.entry(address).map_err(ChainError::not_understood)?;
    entry.fetch_key(parts).map_err(ChainError::not_understood)
}

/// Always with a nonce and a mortal era: without them subxt silently takes 0 and for ever.
pub(super) fn sign<C>(
    at: &ClientAtBlock<GridConfig, C>,
    call: &Call,
    who: &Identity,
    nonce: u64,
    birth: Birth,
) -> Result<SignedBatch, ChainError>
where
    C: OfflineClientAtBlockT<GridConfig>,
{
    let payload = dynamic::transaction(call.pallet, call.name, fields(call));
    let params = ParamsBuilder::new()
        .nonce(nonce)
        .mortal_from_unchecked(ERA, birth.block, H256(birth.hash))
        .build();
    let signed = at
        .transactions()
        .create_signable_offline(&payload, params)
        .and_then(|mut signable| signable.sign(&Signing(who)))
        .map_err(ChainError::not_understood)?;
    Ok(SignedBatch {
        hash: hex::encode(signed.hash()),
        nonce,
        era_end: birth.last(),
        bytes: signed.into_encoded(),
    })
}

fn fields(call: &Call) -> Composite<()> {
    let named = call.fields.iter();
    Composite::named(named.map(|(name, value)| (*name, value.clone())))
}
