//! Why a question was not answered.

use std::time::Duration;

use crate::Error;
use crate::rmb::Refusal;

/// Why a question to a twin has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BusError {
    /// It never left: no relay was connected before the deadline.
    #[error("no relay can be reached ({why}); check the network, and the relays in the settings")]
    NotConnected {
        /// Each relay and what is wrong with it.
        why: String,
    },
    /// It left, and nothing that can be believed came back in time. It may have been acted upon.
    #[error(
        "twin {twin} did not answer `{command}` within {} s{}; it may have acted nevertheless: look \
         before you ask again, or take another node",
        .after.as_secs(),
        in_brackets(.doubt.as_deref())
    )]
    Silent {
        /// Who was asked.
        twin: u32,
        /// What was asked.
        command: String,
        /// How long was waited.
        after: Duration,
        /// What came instead of an answer, when something did.
        doubt: Option<String>,
    },
    /// The relay or the other end says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The other end's keys cannot be looked up.
    #[error("the keys of twin {twin} are not known ({why}); see whether the chain answers")]
    Peer {
        /// Whose.
        twin: u32,
        /// What the look-up says.
        why: String,
    },
    /// The answer is not what that command answers.
    #[error(
        "twin {twin} answers `{command}` in a way that is not understood ({why}); the node may run \
         another version: take another node, or a newer release of this program"
    )]
    NotUnderstood {
        /// Who was asked.
        twin: u32,
        /// What was asked.
        command: String,
        /// Where the answer differs. No part of it is repeated.
        why: String,
    },
    /// The other end has no message key, and what was to be sent holds secrets. Nothing was sent.
    #[error(
        "twin {twin} has set no key for messages, so relays could read the secrets sent to it; take \
         another node"
    )]
    InTheClear {
        /// Who cannot be written to.
        twin: u32,
    },
    /// The message cannot be made or read.
    #[error(transparent)]
    Message(#[from] Error),
}

impl BusError {
    /// Whether the same question may be answered later, with nothing changed by us.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::NotConnected { .. } | Self::Silent { .. } | Self::Peer { .. } => true,
            Self::Refused(refusal) => refusal.may_pass(),
            Self::NotUnderstood { .. } | Self::InTheClear { .. } | Self::Message(_) => false,
        }
    }
}

fn in_brackets(doubt: Option<&str>) -> String {
    doubt.map(|what| format!(" ({what})")).unwrap_or_default()
}
