//! The client: blocks, bytes handed over, blocks waited for.

use std::sync::{Arc, Mutex, PoisonError};

use grid::{Head, SignedBatch};
use serde::Deserialize;
use subxt::utils::H256;
use tokio::time::timeout;

use super::block::{hexed, unhexed};
use super::link::{Feed, Link, Patience, Said, params};
use super::{Block, Call, ChainError, Runtime, encode};
use crate::Identity;

/// A client of the chain. Clones share the connection, which is made when it is first needed, and
/// anew, to the next endpoint, when the one at hand fails.
///
/// An endpoint is believed: who runs it can hide a block, or invent one. Use several of people whom
/// you trust, or your own, and `wss://` wherever the way is long.
#[derive(Clone)]
pub struct Chain {
    pub(super) link: Arc<Link>,
    runtimes: Arc<Mutex<Met>>,
}

impl Chain {
    /// Endpoints like `wss://tfchain.grid.tf/ws`, the best first. They must be of one chain.
    pub fn new(endpoints: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::with_patience(endpoints, Patience::default())
    }

    /// The same with other deadlines.
    pub fn with_patience(
        endpoints: impl IntoIterator<Item = impl Into<String>>,
        patience: Patience,
    ) -> Self {
        let endpoints = endpoints.into_iter().map(Into::into);
        Self {
            link: Arc::new(Link::new(endpoints, patience)),
            runtimes: Arc::default(),
        }
    }

    /// The newest block that cannot be undone.
    ///
    /// # Errors
    /// As [`Block`] says; so the next ones.
    pub async fn finalized(&self) -> Result<Block, ChainError> {
        let hash = self.link.ask("chain_getFinalizedHead", params![]).await?;
        self.at(hash).await
    }

    /// The newest block, which may still be undone.
    ///
    /// # Errors
    /// See [`Chain::finalized`].
    pub async fn best(&self) -> Result<Block, ChainError> {
        let hash = self.link.ask("chain_getBlockHash", params![]).await?;
        self.at(hash).await
    }

    /// The block of this number, on the branch of the newest one; `None` when there is none yet.
    ///
    /// # Errors
    /// See [`Chain::finalized`].
    pub async fn block(&self, number: u64) -> Result<Option<Block>, ChainError> {
        let asked = self.link.ask("chain_getBlockHash", params![number]).await?;
        match asked {
            Some(hash) => self.at(hash).await.map(Some),
            None => Ok(None),
        }
    }

    /// The newest blocks, by number.
    ///
    /// # Errors
    /// See [`Chain::finalized`].
    pub async fn head(&self) -> Result<Head, ChainError> {
        let best = async {
            let header: Header = self.link.ask("chain_getHeader", params![]).await?;
            header.number()
        };
        let finalized = async {
            let hash: H256 = self.link.ask("chain_getFinalizedHead", params![]).await?;
            self.header(hash).await?.number()
        };
        let (best, finalized) = tokio::try_join!(best, finalized)?;
        Ok(Head {
            best: best.max(finalized),
            finalized,
        })
    }

    /// Waits until there is a block newer than this one. An endpoint that has none in time is left
    /// for the next one, as it may have lost its peers.
    ///
    /// # Errors
    /// [`ChainError::Unreachable`] when no endpoint has one.
    pub async fn next_block(&self, after: u64) -> Result<Head, ChainError> {
        let mut last = None;
        for _ in 0..=self.link.endpoints() {
            match self.watch(after).await {
                Ok(()) => return self.head().await,
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or(ChainError::Unreachable {
            why: "no endpoint is configured".into(),
        }))
    }

    /// Signs, to bytes, for the runtime that the next block is made with. The era starts at the
    /// newest finalized block, so that no other branch can make the signature worthless. Sends
    /// nothing.
    ///
    /// # Errors
    /// See [`Chain::finalized`].
    pub async fn sign(
        &self,
        call: &Call,
        who: &Identity,
        nonce: u64,
    ) -> Result<SignedBatch, ChainError> {
        let next = async {
            let best: H256 = self.link.ask("chain_getBlockHash", params![]).await?;
            self.runtime_in(best).await
        };
        let (next, finalized) = tokio::try_join!(next, self.finalized())?;
        encode::sign(&next.0, call, who, nonce, finalized.birth())
    }

    /// The nonce for the next transaction: of the newest block, so one whose inclusion has been
    /// seen counts. What only waits in a pool does not; let one wait at a time.
    ///
    /// # Errors
    /// See [`Chain::finalized`].
    pub async fn next_nonce(&self, who: &Identity) -> Result<u64, ChainError> {
        let balance = self.best().await?.balance(&who.account()).await?;
        Ok(balance.nonce)
    }

    /// Hands signed bytes over. `Ok` when the endpoint has them, now or already; whether they get
    /// into a block is another matter. The same bytes can be handed over as often as one likes.
    ///
    /// # Errors
    /// [`ChainError::NotTaken`] when the pool says no, from which nothing follows: the bytes may be
    /// in a block already. [`ChainError::Unreachable`] when nobody answered.
    pub async fn submit(&self, bytes: &[u8]) -> Result<(), ChainError> {
        let params = params![hexed(bytes)];
        let said: Said<H256> = self.link.say("author_submitExtrinsic", params).await?;
        match said {
            Said::Answer(_) => Ok(()),
            Said::Pool(error) if error.code == ALREADY_THERE => Ok(()),
            Said::Pool(error) => {
                let data = error.data.as_deref().map_or("", |data| data.get());
                Err(ChainError::NotTaken {
                    why: format!("{error} {data}").trim_end().to_owned(),
                })
            }
        }
    }

    /// The block of this hash.
    pub(super) async fn at(&self, hash: H256) -> Result<Block, ChainError> {
        let header = self.header(hash).await?;
        let number = header.number()?;
        // Code that a block puts in place runs from the next one on.
        let maker = if number == 0 { hash } else { header.parent };
        Ok(Block {
            link: Arc::clone(&self.link),
            number,
            hash,
            runtime: self.runtime_in(maker).await?,
        })
    }

    /// Waits for a block newer than this one, at one endpoint.
    async fn watch(&self, after: u64) -> Result<(), ChainError> {
        let names = ("chain_subscribeNewHeads", "chain_unsubscribeNewHeads");
        let mut feed: Feed<Header> = self.link.feed(names.0, names.1).await?;
        // The first one is the newest that there is.
        let newer = async {
            while let Some(header) = feed.items.next().await {
                match header.map(|header| header.number()) {
                    Ok(Ok(number)) if number > after => return Ok(()),
                    Ok(Ok(_)) => {}
                    Ok(Err(error)) => return Err(error.to_string()),
                    Err(error) => return Err(error.to_string()),
                }
            }
            Err("the connection ended".to_owned())
        };
        let why = match timeout(self.link.patience.block, newer).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(why)) => why,
            Err(_) => format!("no block after {after} in time"),
        };
        Err(self.link.leave_feed(feed, &why).await)
    }

    async fn header(&self, hash: H256) -> Result<Header, ChainError> {
        let header: Option<Header> = self.link.ask("chain_getHeader", params![hash]).await?;
        header.ok_or_else(|| ChainError::Unknown {
            why: format!("there is no block {hash:?}"),
        })
    }

    /// The runtime that stands in this block, and makes its children.
    async fn runtime_in(&self, hash: H256) -> Result<Arc<Runtime>, ChainError> {
        let asked = self.link.ask("state_getRuntimeVersion", params![hash]);
        let version: Option<Version> = asked.await?;
        let Some(version) = version else {
            let why = format!("the runtime of block {hash:?} is forgotten");
            return Err(ChainError::Unknown { why });
        };
        let known = |list: &Met| {
            let found = list.iter().find(|(known, _)| *known == version);
            found.map(|(_, runtime)| Arc::clone(runtime))
        };
        if let Some(runtime) = known(&self.met()) {
            return Ok(runtime);
        }
        let metadata: String = self.link.ask("state_getMetadata", params![hash]).await?;
        let genesis = self.link.genesis().unwrap_or_default();
        let (spec, transaction) = (version.spec, version.transaction);
        tracing::debug!(spec, transaction, "read the chain's metadata");
        let runtime = Runtime::new(&unhexed(&metadata)?, spec, transaction, genesis.0)?;
        let runtime = Arc::new(runtime);
        let mut met = self.met();
        if met.len() == MOST_RUNTIMES {
            met.remove(0);
        }
        met.push((version, Arc::clone(&runtime)));
        Ok(runtime)
    }

    fn met(&self) -> std::sync::MutexGuard<'_, Met> {
        self.runtimes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The runtimes that were met, newest last.
type Met = Vec<(Version, Arc<Runtime>)>;

/// Before and after an upgrade, and some to spare.
const MOST_RUNTIMES: usize = 4;

/// `AlreadyImported` (substrate:client/rpc-api/src/author/error.rs).
const ALREADY_THERE: i32 = 1013;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
struct Version {
    #[serde(rename = "specVersion")]
    spec: u32,
    #[serde(rename = "transactionVersion")]
    transaction: u32,
}

#[derive(Debug, Deserialize)]
struct Header {
    /// `0x1f`.
    number: String,
    #[serde(rename = "parentHash")]
    parent: H256,
}

impl Header {
    fn number(&self) -> Result<u64, ChainError> {
        let digits = self.number.strip_prefix("0x").unwrap_or(&self.number);
        u64::from_str_radix(digits, 16).map_err(ChainError::not_understood)
    }
}
