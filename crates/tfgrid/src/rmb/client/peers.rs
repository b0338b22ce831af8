//! The keys of the other ends.

use async_trait::async_trait;

use crate::chain::{Chain, Twin};
use crate::identity::{AccountId, MessagePublicKey};

/// A twin, as one has to know it to believe its messages and to write to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// What its messages are signed with.
    pub account: AccountId,
    /// What messages to it are encrypted with; they go in the clear when there is none.
    pub key: Option<MessagePublicKey>,
}

/// Where the keys come from: the chain.
#[async_trait]
pub trait Peers: Send + Sync + 'static {
    /// The twin of that number, as it stands now. It is asked for each question, so an
    /// implementation may remember for a while.
    ///
    /// # Errors
    /// Why it is not known, in words for a person.
    async fn peer(&self, twin: u32) -> Result<Peer, String>;
}

impl TryFrom<&Twin> for Peer {
    type Error = crate::Error;

    /// # Errors
    /// [`crate::Error::MessageKey`]: a twin whose key is no key cannot read anything.
    fn try_from(twin: &Twin) -> Result<Self, crate::Error> {
        let key = twin.key.as_deref().filter(|key| !key.is_empty());
        Ok(Self {
            account: twin.account,
            key: key.map(MessagePublicKey::new).transpose()?,
        })
    }
}

#[async_trait]
impl Peers for Chain {
    async fn peer(&self, twin: u32) -> Result<Peer, String> {
        let finalized = self.finalized().await.map_err(|error| error.to_string())?;
        let found = finalized
            .twin(twin)
            .await
            .map_err(|error| error.to_string())?;
        let found = found.ok_or_else(|| format!("the chain knows no twin {twin}"))?;
        Peer::try_from(&found).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{Identity, Scheme};

    #[test]
    fn a_twin_of_the_chain_is_a_peer_unless_its_key_is_none() {
        let alice = Identity::new("//Alice", Scheme::Sr25519).unwrap();
        let key = alice.message_key().public();
        let peer = |key: Option<&[u8]>| {
            Peer::try_from(&Twin {
                id: 1,
                account: alice.account(),
                relay: None,
                key: key.map(<[u8]>::to_vec),
            })
        };
        assert_eq!(peer(Some(key.as_bytes())).unwrap().key, Some(key));
        assert_eq!(peer(Some(&[])).unwrap().key, None);
        assert_eq!(peer(None).unwrap().key, None);
        assert_eq!(peer(Some(&[2; 32])), Err(crate::Error::MessageKey));
    }
}
