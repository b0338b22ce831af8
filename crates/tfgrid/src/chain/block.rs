//! One block, and what stands in it.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use subxt::ext::scale_decode::DecodeAsType;
use subxt::utils::H256;

use super::link::{Link, params};
use super::{Birth, ChainError, Contract, Key, Node, Runtime, Twin, wire};
use crate::deployment::{DeploymentHash, GatewayName};
use crate::identity::AccountId;
use crate::pricing::{Policy, Tft, TftPrice};

/// One block of the chain. Whatever is looked up here stood there when it ended, so that several
/// answers fit together; in a finalized block they stay true.
///
/// Every method fails with [`ChainError::Unreachable`] when nobody answers, [`ChainError::Unknown`]
/// when the endpoints have forgotten the block, and [`ChainError::NotUnderstood`] when a value has a
/// shape of which this program knows nothing. None of these says that something is absent.
#[derive(Clone)]
pub struct Block {
    pub(super) link: Arc<Link>,
    pub(super) number: u64,
    pub(super) hash: H256,
    /// The runtime that made this block, and so wrote what stands there: its parent's.
    pub(super) runtime: Arc<Runtime>,
}

/// An account's money and count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// The nonce of its next transaction.
    pub nonce: u64,
    /// What it has, all in all.
    pub free: Tft,
    /// What it can spend: its contracts lock a part until they are billed.
    pub usable: Tft,
}

#[allow(clippy::missing_errors_doc, reason = "said once, above")]
impl Block {
    /// Its number.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Its hash.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        self.hash.0
    }

    /// What a signature's era can start from, when the block is finalized.
    #[must_use]
    pub fn birth(&self) -> Birth {
        Birth {
            block: self.number,
            hash: self.hash.0,
        }
    }

    /// The runtime that made it.
    #[must_use]
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// An account's balance and nonce; nothing and 0 for one that is not there.
    pub async fn balance(&self, of: &AccountId) -> Result<Balance, ChainError> {
        let account: Option<wire::WireAccount> = self.get(Key::Account(*of)).await?;
        Ok(account.map_or_else(Balance::nothing, Balance::from))
    }

    /// Whether an account has accepted the terms; without that it cannot create a twin.
    pub async fn has_accepted_terms(&self, account: &AccountId) -> Result<bool, ChainError> {
        let [terms] = self.read(&[Key::Terms(*account)]).await?;
        Ok(terms.is_some())
    }

    /// A twin, by its number.
    pub async fn twin(&self, id: u32) -> Result<Option<Twin>, ChainError> {
        let twin: Option<wire::WireTwin> = self.get(Key::Twin(id)).await?;
        Ok(twin.map(Twin::from))
    }

    /// An account's twin.
    pub async fn twin_of(&self, account: &AccountId) -> Result<Option<Twin>, ChainError> {
        match self.get(Key::TwinOf(*account)).await? {
            None | Some(0u32) => Ok(None),
            Some(id) => self.twin(id).await,
        }
    }

    /// A node, by its number.
    pub async fn node(&self, id: u32) -> Result<Option<Node>, ChainError> {
        let node: Option<wire::WireNode> = self.get(Key::Node(id)).await?;
        Ok(node.map(Node::from))
    }

    /// A contract of whatever twin, by its number.
    pub async fn contract(&self, id: u64) -> Result<Option<Contract>, ChainError> {
        let contract: Option<wire::WireContract> = self.get(Key::Contract(id)).await?;
        Ok(contract.map(Contract::from))
    }

    /// The number of the contract that reserves a name, whosever it is.
    pub async fn name_contract(&self, name: &GatewayName) -> Result<Option<u64>, ChainError> {
        self.id(Key::NameContract(name.clone())).await
    }

    /// The number of the contract on a node with this hash, whosever it is.
    pub async fn node_contract(
        &self,
        node: u32,
        hash: &DeploymentHash,
    ) -> Result<Option<u64>, ChainError> {
        self.id(Key::NodeContract(node, *hash)).await
    }

    /// The numbers of the live contracts on a node.
    pub async fn contracts_on(&self, node: u32) -> Result<Vec<u64>, ChainError> {
        Ok(self.get(Key::ContractsOn(node)).await?.unwrap_or_default())
    }

    /// The price list that the grid uses.
    pub async fn policy(&self) -> Result<Policy, ChainError> {
        let policy: Option<wire::WirePolicy> = self.get(Key::PricingPolicy(1)).await?;
        match policy {
            Some(policy) => Policy::try_from(policy),
            None => Err(ChainError::NotFound("price list".into())),
        }
    }

    /// The price of a TFT.
    pub async fn tft_price(&self) -> Result<TftPrice, ChainError> {
        let keys = [Key::AverageTftPrice, Key::MinTftPrice, Key::MaxTftPrice];
        let values = self.read(&keys).await?;
        let mut prices = [0; 3];
        for ((price, key), value) in prices.iter_mut().zip(&keys).zip(values) {
            *price = self.decoded(key, value)?.unwrap_or_default();
        }
        let [average, min, max] = prices;
        Ok(TftPrice { average, min, max })
    }

    /// Every contract on the chain, whosever and in whatever state: some ten questions a thousand.
    pub async fn contracts(&self) -> Result<Vec<Contract>, ChainError> {
        const PAGE: usize = 500;
        let first = self.runtime.key(&Key::Contract(0))?;
        // The hashes of pallet and entry, 16 bytes each.
        let prefix = hexed(first.get(..32).unwrap_or_default());
        let mut contracts = Vec::new();
        let mut last: Option<String> = None;
        loop {
            let params = params![&prefix, PAGE, &last, self.hash];
            let keys: Vec<String> = self.link.ask("state_getKeysPaged", params).await?;
            for bytes in self.raw(&keys).await?.into_iter().flatten() {
                contracts.push(self.runtime.contract(&bytes)?);
            }
            if keys.len() < PAGE {
                return Ok(contracts);
            }
            last = keys.into_iter().next_back();
        }
    }

    /// 0 stands for none.
    pub(super) async fn id(&self, key: Key) -> Result<Option<u64>, ChainError> {
        Ok(self.get(key).await?.filter(|id| *id != 0))
    }

    pub(super) async fn get<T: DecodeAsType>(&self, key: Key) -> Result<Option<T>, ChainError> {
        let [value] = self.read(std::array::from_ref(&key)).await?;
        self.decoded(&key, value)
    }

    pub(super) fn decoded<T: DecodeAsType>(
        &self,
        key: &Key,
        value: Option<Vec<u8>>,
    ) -> Result<Option<T>, ChainError> {
        value
            .map(|bytes| wire::decode(&self.runtime.0, key, &bytes))
            .transpose()
    }

    /// The values of these keys, in one question.
    pub(super) async fn read<const N: usize>(
        &self,
        keys: &[Key; N],
    ) -> Result<[Option<Vec<u8>>; N], ChainError> {
        let mut encoded = Vec::with_capacity(N);
        for key in keys {
            encoded.push(hexed(&self.runtime.key(key)?));
        }
        let values = self.raw(&encoded).await?;
        values.try_into().map_err(|_| self.forgotten())
    }

    /// Asked so that the answer names block and keys: `state_getStorage` says the same, nothing, of
    /// a value that is not there and of a block that an endpoint does not know.
    pub(super) async fn raw(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, ChainError> {
        if keys.is_empty() {
            return Ok(vec![]);
        }
        let params = params![keys, self.hash];
        let sets: Vec<ChangeSet> = self.link.ask("state_queryStorageAt", params).await?;
        let mut values: HashMap<String, Option<String>> = sets
            .into_iter()
            .filter(|set| set.block == self.hash)
            .flat_map(|set| set.changes)
            .collect();
        let value = |key| match values.remove(key) {
            Some(Some(value)) => unhexed(&value).map(Some),
            Some(None) => Ok(None),
            None => Err(self.forgotten()),
        };
        keys.iter().map(value).collect()
    }

    fn forgotten(&self) -> ChainError {
        ChainError::Unknown {
            why: format!("nothing is said about block {}", self.number),
        }
    }
}

impl Balance {
    fn nothing() -> Self {
        Self {
            nonce: 0,
            free: Tft(0),
            usable: Tft(0),
        }
    }
}

impl From<wire::WireAccount> for Balance {
    fn from(account: wire::WireAccount) -> Self {
        let amount = |parts: u128| Tft(u64::try_from(parts).unwrap_or(u64::MAX));
        let data = account.data;
        Self {
            nonce: account.nonce,
            free: amount(data.free),
            usable: amount(data.free.saturating_sub(data.frozen)),
        }
    }
}

#[derive(Deserialize)]
struct ChangeSet {
    block: H256,
    changes: Vec<(String, Option<String>)>,
}

pub(super) fn hexed(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

pub(super) fn unhexed(text: &str) -> Result<Vec<u8>, ChainError> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    hex::decode(digits).map_err(ChainError::not_understood)
}
