//! Our twin: what has to stand on the chain before anything can be deployed.

use std::sync::Arc;
use std::time::Duration;

use md5::{Digest as _, Md5};

use crate::Identity;
use crate::chain::{Call, Chain, ChainError, RelayHosts};

/// The text that ThreeFold's own programs have people accept (npm `@threefold/grid_client`).
/// Where ThreeFold's terms stand.
pub const TERMS: &str = "https://library.threefold.me/info/legal/#/";

/// ThreeFold's terms and conditions, as they are to be accepted on the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Where they stand.
    pub link: String,
    /// MD5 of what stands there, 32 hex digits.
    pub hash: String,
}

/// What was done; all of it was seen in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// The terms were accepted.
    AcceptedTerms,
    /// The twin was made: its number.
    Created(u32),
    /// The twin had another relay or another key, or none.
    Updated(u32),
    /// Nothing had to be done.
    WasGood(u32),
}

/// Why there is no twin.
#[derive(Debug, thiserror::Error)]
pub enum TwinError {
    /// The chain.
    #[error("{0}")]
    Chain(#[from] ChainError),
    /// Nobody may be made to accept anything.
    #[error(
        "the account has not accepted ThreeFold's terms: read {TERMS} and say so with the command"
    )]
    TermsNotAccepted,
    /// A relay's name.
    #[error("{0}")]
    Relay(#[from] crate::Error),
    /// It is in a block and failed.
    #[error("the chain refuses to {what}: {why}")]
    Refused {
        /// What was tried.
        what: &'static str,
        /// The error's name on the chain.
        why: String,
    },
    /// No block took it before it was void.
    #[error(
        "no block took the transaction to {0}: has the account TFT for the fee? Send some, or try again"
    )]
    NotIncluded(&'static str),
    /// The terms.
    #[error("the terms cannot be read ({0}): try again")]
    TermsUnread(String),
}

impl Terms {
    /// Reads them as they stand now at this address, such as [`TERMS`].
    ///
    /// # Errors
    /// [`TwinError::TermsUnread`].
    pub async fn fetch(link: &str) -> Result<Self, TwinError> {
        let unread = |error: reqwest::Error| TwinError::TermsUnread(error.to_string());
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .build()
            .map_err(unread)?;
        let answer = client.get(link).send().await.map_err(unread)?;
        let text = answer.error_for_status().map_err(unread)?.bytes();
        Ok(Self {
            link: link.to_owned(),
            hash: hex::encode(Md5::digest(text.await.map_err(unread)?)),
        })
    }
}

/// Sees to it that the account has a twin with this relay and its own key for messages. Both are
/// always written together: the chain takes a missing one for none.
///
/// Does nothing that stands already; `terms` are accepted only where they were not yet.
///
/// # Errors
/// [`TwinError`]; what was done before it stays done.
pub async fn set_up_twin(
    chain: &Chain,
    identity: &Arc<Identity>,
    relay: &str,
    terms: Option<&Terms>,
) -> Result<Vec<Done>, TwinError> {
    let hosts = RelayHosts::new([relay])?;
    let key = identity.message_key().public();
    let account = identity.account();
    let mut done = Vec::new();
    let block = chain.finalized().await?;
    let twin = block.twin_of(&account).await?;
    if twin.is_none() && !block.has_accepted_terms(&account).await? {
        let terms = terms.ok_or(TwinError::TermsNotAccepted)?;
        let call = Call::accept_terms(&terms.link, &terms.hash)?;
        include(chain, identity, &call, "accept the terms").await?;
        done.push(Done::AcceptedTerms);
    }
    let Some(twin) = twin else {
        let call = Call::create_twin(Some(&hosts), Some(&key));
        include(chain, identity, &call, "create the twin").await?;
        let twin = chain.best().await?.twin_of(&account).await?;
        let twin = twin.ok_or_else(|| ChainError::NotFound("twin of this account".into()))?;
        done.push(Done::Created(twin.id));
        return Ok(done);
    };
    let good = twin.relay.as_deref() == Some(hosts.as_str())
        && twin.key.as_deref() == Some(key.as_bytes().as_slice());
    if good {
        return Ok(vec![Done::WasGood(twin.id)]);
    }
    let call = Call::update_twin(&twin, Some(&hosts), Some(&key));
    include(chain, identity, &call, "update the twin").await?;
    done.push(Done::Updated(twin.id));
    Ok(done)
}

/// Signs, hands over, and waits until a block has it or none can have it any more.
async fn include(
    chain: &Chain,
    identity: &Arc<Identity>,
    call: &Call,
    what: &'static str,
) -> Result<(), TwinError> {
    let nonce = chain.next_nonce(identity).await?;
    let batch = chain.sign(call, identity, nonce).await?;
    let account = identity.account();
    loop {
        let head = chain.head().await?;
        if let Some(included) = chain.included(&batch, &account).await? {
            return match included.result {
                Ok(_) => Ok(()),
                Err(why) => Err(TwinError::Refused { what, why }),
            };
        }
        if head.finalized >= batch.era_end {
            return Err(TwinError::NotIncluded(what));
        }
        // Not taken may mean that it is in the newest block: the next look says.
        if let Err(error) = chain.submit(&batch.bytes).await
            && !matches!(error, ChainError::NotTaken { .. })
        {
            tracing::warn!(%error, what, "handing over again");
        }
        chain.next_block(head.best).await?;
    }
}
