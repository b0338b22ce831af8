//! The chain's description of itself, held without a connection.

use grid::SignedBatch;
use subxt::client::{OfflineClient, OfflineClientAtBlock};
use subxt::metadata::Metadata;

use super::config::GridConfig;
use super::{Call, ChainError, Contract, ERA, Key, Node, Twin, encode, wire};
use crate::Identity;

/// One version of the chain's runtime: enough to encode calls and keys, and to sign.
pub struct Runtime(pub(super) OfflineClientAtBlock<GridConfig>);

/// The block that a signature's era starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Birth {
    /// Its number.
    pub block: u64,
    /// Its hash. Take a finalized block's: on another branch the signature is not valid.
    pub hash: [u8; 32],
}

impl Birth {
    /// The last block that what is signed can be in; past it, finalized, it can never happen.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.block + ERA - 1
    }
}

impl Runtime {
    /// From the bytes that `state_getMetadata` answers, the two numbers of `state_getRuntimeVersion`,
    /// and the hash of block 0.
    ///
    /// # Errors
    /// [`ChainError::NotUnderstood`] when the bytes are no metadata.
    pub fn new(
        metadata: &[u8],
        spec_version: u32,
        transaction_version: u32,
        genesis: [u8; 32],
    ) -> Result<Self, ChainError> {
        let metadata = Metadata::decode_from(metadata).map_err(ChainError::not_understood)?;
        let config = GridConfig::offline(metadata, spec_version, transaction_version, genesis);
        OfflineClient::new_with_config(config)
            .at_block(0u64)
            .map(Self)
            .map_err(ChainError::not_understood)
    }

    /// The call's bytes, as in an extrinsic.
    ///
    /// # Errors
    /// [`ChainError::NotUnderstood`] when this runtime has no such call, or other arguments.
    pub fn encode(&self, call: &Call) -> Result<Vec<u8>, ChainError> {
        encode::call(&self.0, call)
    }

    /// The key in the chain's storage.
    ///
    /// # Errors
    /// [`ChainError::NotUnderstood`] when this runtime has no such entry.
    pub fn key(&self, key: &Key) -> Result<Vec<u8>, ChainError> {
        encode::key(&self.0, key)
    }

    /// Signs, to bytes. sr25519 is not deterministic: signing again gives other bytes with another
    /// hash, so keep these before they are sent.
    ///
    /// # Errors
    /// [`ChainError::NotUnderstood`], as [`Runtime::encode`].
    pub fn sign(
        &self,
        call: &Call,
        who: &Identity,
        nonce: u64,
        birth: Birth,
    ) -> Result<SignedBatch, ChainError> {
        encode::sign(&self.0, call, who, nonce, birth)
    }

    /// A value of [`Key::Twin`].
    ///
    /// # Errors
    /// [`ChainError::NotUnderstood`] when it has another shape; so the next ones.
    pub fn twin(&self, bytes: &[u8]) -> Result<Twin, ChainError> {
        wire::decode::<wire::WireTwin, _>(&self.0, &Key::Twin(0), bytes).map(Twin::from)
    }

    /// A value of [`Key::Node`].
    ///
    /// # Errors
    /// See [`Runtime::twin`].
    pub fn node(&self, bytes: &[u8]) -> Result<Node, ChainError> {
        wire::decode::<wire::WireNode, _>(&self.0, &Key::Node(0), bytes).map(Node::from)
    }

    /// A value of [`Key::Contract`].
    ///
    /// # Errors
    /// See [`Runtime::twin`].
    pub fn contract(&self, bytes: &[u8]) -> Result<Contract, ChainError> {
        wire::decode::<wire::WireContract, _>(&self.0, &Key::Contract(0), bytes).map(Contract::from)
    }
}
