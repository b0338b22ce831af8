//! How this chain differs from what subxt takes for granted: in nothing but its addresses.

use std::sync::Arc;

use subxt::ArcMetadata;
use subxt::config::substrate::SpecVersionForRange;
use subxt::config::{
    Config, DefaultExtrinsicParamsBuilder, DefaultTransactionExtensions, HashFor, SubstrateConfig,
};
use subxt::metadata::Metadata;
use subxt::transactions::Signer;
use subxt::utils::{AccountId32, H256, MultiAddress, MultiSignature};

use crate::identity::{Identity, Scheme};

/// A solo chain whose addresses are accounts (tfchain:substrate-node/runtime/src/lib.rs). Clones
/// share the metadata that was read, one for each version of the runtime.
#[derive(Debug, Clone)]
pub(super) struct GridConfig(SubstrateConfig);

pub(super) type ParamsBuilder = DefaultExtrinsicParamsBuilder<GridConfig>;

impl GridConfig {
    /// All that there is to know, for every block.
    pub(super) fn offline(
        metadata: Metadata,
        spec_version: u32,
        transaction_version: u32,
        genesis: [u8; 32],
    ) -> Self {
        let always = SpecVersionForRange {
            block_range: 0..u64::MAX,
            spec_version,
            transaction_version,
        };
        let config = SubstrateConfig::builder()
            .set_genesis_hash(H256(genesis))
            .set_metadata_for_spec_versions([(spec_version, Arc::new(metadata))])
            .set_spec_version_for_block_ranges([always]);
        Self(config.build())
    }
}

impl Config for GridConfig {
    type AccountId = AccountId32;
    type Address = MultiAddress<AccountId32, ()>;
    type Signature = MultiSignature;
    type Header = <SubstrateConfig as Config>::Header;
    type TransactionExtensions = DefaultTransactionExtensions<Self>;
    type AssetId = u32;
    type Hasher = <SubstrateConfig as Config>::Hasher;

    fn genesis_hash(&self) -> Option<HashFor<Self>> {
        self.0.genesis_hash()
    }

    fn spec_and_transaction_version_for_block_number(&self, block: u64) -> Option<(u32, u32)> {
        self.0.spec_and_transaction_version_for_block_number(block)
    }

    fn metadata_for_spec_version(&self, version: u32) -> Option<ArcMetadata> {
        self.0.metadata_for_spec_version(version)
    }

    fn set_metadata_for_spec_version(&self, version: u32, metadata: ArcMetadata) {
        self.0.set_metadata_for_spec_version(version, metadata);
    }
}

/// The crate's own keys sign.
pub(super) struct Signing<'a>(pub(super) &'a Identity);

impl Signer<GridConfig> for Signing<'_> {
    fn account_id(&self) -> AccountId32 {
        AccountId32(*self.0.account().as_bytes())
    }

    fn sign(&self, payload: &[u8]) -> MultiSignature {
        let signature = self.0.sign(payload);
        match self.0.scheme() {
            Scheme::Sr25519 => MultiSignature::Sr25519(signature),
            Scheme::Ed25519 => MultiSignature::Ed25519(signature),
        }
    }
}
