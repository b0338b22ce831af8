//! Errors that come over the bus, and what to do about them.

use super::{Envelope, Failure, Message};

/// Why a question has no answer. A relay says so unsigned and without a source; a twin's peer and a
/// node say so signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The relay: our source is not who the token says.
    #[error("the relay takes us for another twin or session; connect again with a new token")]
    WrongSource,
    /// The relay: there is no destination.
    #[error("the message names no twin that it is for; name one")]
    NoDestination,
    /// The relay: the destination is not on the chain.
    #[error("the chain knows no twin of that number; look the node's twin up again")]
    UnknownTwin,
    /// The relay: the destination never said where it can be reached.
    #[error("that twin has set no relay, so nobody can reach it; take another node")]
    NoRelay,
    /// The relay: the destination is not connected.
    #[error("that twin is offline; take another node, or try again later")]
    Offline,
    /// The relay: too much from us.
    #[error(
        "the relay drops our messages because there are too many; wait a minute, ask less often"
    )]
    TooMany,
    /// The relay: another relay does not take it.
    #[error("that twin's relay cannot be reached; try again, then take another node")]
    Unreachable,
    /// The other end cannot believe the signature or read the payload: it knows another key of ours.
    #[error(
        "the other end does not accept our keys: {0}; check that relay and key stored with our twin \
         on the chain are ours, and give the node an hour to forget the old ones"
    )]
    Keys(String),
    /// The message came too late.
    #[error("the other end says that the message is too old; check that the clock is right")]
    Expired,
    /// A deployment of this contract is there already: good news when it was sent again.
    #[error("the node has a deployment of this contract already; ask for it instead")]
    Exists,
    /// There is none (yet).
    #[error("the node has no deployment of this contract; send it, or wait until it is stored")]
    NotFound,
    /// The owner has not proven who he is.
    #[error(
        "the node serves verified users only; verify the twin's account (KYC) in ThreeFold's \
         dashboard, then try again"
    )]
    Unverified,
    /// The node could not ask whether he has.
    #[error(
        "the node cannot look up just now whether the twin's account is verified; it will take the \
         same message later"
    )]
    VerificationUnknown,
    /// Anything else, in the words of who said it.
    #[error("it was refused: {text}; see what it says, or take another node")]
    Other {
        /// 0, or a peer's code.
        code: u32,
        /// The words.
        text: String,
    },
}

impl Refusal {
    /// What an envelope refuses; `None` when it is no error. Whether it can be believed is another
    /// question: an error with a source has to be verified first.
    #[must_use]
    pub fn of(envelope: &Envelope) -> Option<Self> {
        let Some(Message::Error(failure)) = &envelope.message else {
            return None;
        };
        let from_relay = envelope.source.as_ref().is_none_or(|s| s.twin == 0);
        Some(
            if from_relay {
                by_relay(&failure.message)
            } else {
                by_twin(failure)
            }
            .unwrap_or_else(|| Refusal::Other {
                code: failure.code,
                text: failure.message.clone(),
            }),
        )
    }

    /// Whether the same message may be taken later, with nothing changed by us.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Refusal::Offline
                | Refusal::TooMany
                | Refusal::Unreachable
                | Refusal::NotFound
                | Refusal::VerificationUnknown
        )
    }
}

/// rmb-rs:src/relay/api.rs, src/relay/federation.
fn by_relay(text: &str) -> Option<Refusal> {
    let has = |part| text.contains(part);
    Some(match text {
        _ if has("wrong source") => Refusal::WrongSource,
        _ if has("missing destination") => Refusal::NoDestination,
        _ if has("unknown twin") => Refusal::UnknownTwin,
        _ if has("relay info is not set") => Refusal::NoRelay,
        _ if has("destination offline") => Refusal::Offline,
        _ if has("rate limit") => Refusal::TooMany,
        _ if has("failed to route message") || has("not reachable in time") => Refusal::Unreachable,
        _ => return None,
    })
}

/// rmb-rs:src/peer for the codes, zosbase:pkg/provision for the texts, which come with the code 0.
fn by_twin(failure: &Failure) -> Option<Refusal> {
    let text = failure.message.trim();
    Some(match (failure.code, text) {
        (102, _) => Refusal::Expired,
        (103..=106, _) => Refusal::Keys(text.to_owned()),
        // Nothing but that word: a network whose name is taken "exists" too, and is no good news.
        (_, text) if text == "exists" || text.ends_with(": exists") => Refusal::Exists,
        // Looked up, or updated.
        (_, text)
            if text.ends_with("deployment not found")
                || text.ends_with("deployment does not exist") =>
        {
            Refusal::NotFound
        }
        (_, text) if text.contains("is not verified") => Refusal::Unverified,
        // The second is what is left of it when the node's HTTP client has lost patience.
        (_, text)
            if text.contains("twin verification status") || text.contains("giving up after") =>
        {
            Refusal::VerificationUnknown
        }
        (_, text)
            if text.contains("failed to verify signature")
                || text.contains("missing required signature")
                || text.contains("twin id mismatch") =>
        {
            Refusal::Keys(text.to_owned())
        }
        _ => return None,
    })
}
