//! What is done with an envelope: made, sealed, signed, sent, and the same backwards.

use std::io::Write;

use md5::{Digest, Md5};
use prost::Message as _;
use zeroize::Zeroizing;

use super::{Address, Envelope, Failure, Message, Nothing, Payload, Request};
use crate::Error;
use crate::identity::{self, AccountId, Identity, SharedKey};

/// The schema of every payload: JSON.
pub const SCHEMA: &str = "application/json";

/// The tag that makes a relay answer at once when the other end is offline, instead of keeping the
/// message until it expires (rmb-rs:src/relay/api.rs). Older relays pay no attention to it.
pub const FAIL_FAST: &str = "fail-fast";

impl Envelope {
    /// A question to a twin, tagged [`FAIL_FAST`]. Time, lifetime and payload are still missing.
    /// `uid` is any text that no other open question has.
    #[must_use]
    pub fn request(
        uid: impl Into<String>,
        source: Address,
        twin: u32,
        command: impl Into<String>,
    ) -> Self {
        Self {
            uid: uid.into(),
            tags: Some(FAIL_FAST.into()),
            source: Some(source),
            destination: Some(Address::twin(twin)),
            message: Some(Message::Request(Request {
                command: command.into(),
            })),
            schema: Some(SCHEMA.into()),
            ..Self::default()
        }
    }

    /// The answer to this one: same uid, ends swapped. Time, lifetime and payload are still missing.
    #[must_use]
    pub fn response(&self) -> Self {
        self.answer(Message::Response(Nothing {}))
    }

    /// The answer to this one that there is none. Time and lifetime are still missing.
    #[must_use]
    pub fn failure(&self, code: u32, message: impl Into<String>) -> Self {
        let message = message.into();
        self.answer(Message::Error(Failure { code, message }))
    }

    fn answer(&self, message: Message) -> Self {
        Self {
            uid: self.uid.clone(),
            source: self.destination.clone(),
            destination: self.source.clone(),
            message: Some(message),
            schema: Some(SCHEMA.into()),
            ..Self::default()
        }
    }

    /// Sets the payload as it is, for a twin that has no message key on the chain.
    pub fn say(&mut self, plain: impl Into<Vec<u8>>) {
        self.payload = Some(Payload::Plain(plain.into()));
    }

    /// Sets the payload, encrypted with the key shared with the destination. Before [`Self::sign`]:
    /// what is signed is the cipher.
    ///
    /// # Errors
    /// [`Error::Randomness`].
    pub fn seal(&mut self, key: &SharedKey, plain: &[u8]) -> Result<(), Error> {
        self.payload = Some(Payload::Cipher(key.seal(plain)?));
        Ok(())
    }

    /// The payload in the clear; no payload is an empty one. `key` is the one shared with the source.
    /// Only after [`Self::verify`], which says that the source is who it claims to be.
    ///
    /// # Errors
    /// [`Error::Cipher`] when it is encrypted and there is no key, or not this one.
    pub fn open(&self, key: Option<&SharedKey>) -> Result<Zeroizing<Vec<u8>>, Error> {
        let plain = match &self.payload {
            None => Vec::new(),
            Some(Payload::Plain(bytes)) => bytes.clone(),
            Some(Payload::Cipher(bytes)) => key.ok_or(Error::Cipher)?.open(bytes)?,
        };
        Ok(Zeroizing::new(plain))
    }

    /// The bytes whose MD5 is signed: all fields but the signature, in a fixed order, numbers in
    /// decimal, what is absent left out, an absent address as twin 0 (rmb-rs:src/types).
    #[must_use]
    pub fn challenge(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::new());
        let out: &mut Vec<u8> = &mut bytes;
        out.extend_from_slice(self.uid.as_bytes());
        text(out, self.tags.as_ref());
        number(out, self.timestamp);
        number(out, self.expiration);
        address(out, self.source.as_ref());
        address(out, self.destination.as_ref());
        match &self.message {
            Some(Message::Request(request)) => out.extend_from_slice(request.command.as_bytes()),
            Some(Message::Error(failure)) => {
                number(out, failure.code.into());
                out.extend_from_slice(failure.message.as_bytes());
            }
            Some(Message::Response(_) | Message::Ping(_) | Message::Pong(_)) | None => {}
        }
        text(out, self.schema.as_ref());
        text(out, self.federation.as_ref());
        out.extend_from_slice(self.payload.as_ref().map_or(&[], Payload::bytes));
        for relay in &self.relays {
            out.extend_from_slice(relay.as_bytes());
        }
        bytes
    }

    /// The MD5 of the challenge: the 16 bytes that are signed.
    #[must_use]
    pub fn hash(&self) -> [u8; 16] {
        Md5::digest(&*self.challenge()).into()
    }

    /// Signs. To be called last: any change makes the signature invalid.
    pub fn sign(&mut self, identity: &Identity) {
        self.signature = Some(identity.sign_prefixed(&self.hash()).to_vec());
    }

    /// Checks that it was signed by this account, which must be the one of the source's twin on the
    /// chain.
    ///
    /// # Errors
    /// [`Error::Signature`].
    pub fn verify(&self, account: &AccountId) -> Result<(), Error> {
        let signature = self.signature.as_deref().unwrap_or_default();
        identity::verify_prefixed(account, &self.hash(), signature)
    }

    /// Whether its time is over at `now`, in seconds of Unix time. Judged by the sender's clock.
    #[must_use]
    pub fn is_expired(&self, now: u64) -> bool {
        self.timestamp.saturating_add(self.expiration) <= now
    }

    /// The protobuf, which is one binary frame.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.encode_to_vec()
    }

    /// Reads a frame. Fields that nobody knows are left out.
    ///
    /// # Errors
    /// [`Error::Envelope`].
    pub fn decode(frame: &[u8]) -> Result<Self, Error> {
        prost::Message::decode(frame).map_err(|error| {
            Error::Envelope(format!(
                "{error}; the sender and we speak different protocols"
            ))
        })
    }
}

fn text(out: &mut Vec<u8>, text: Option<&String>) {
    out.extend_from_slice(text.map(String::as_bytes).unwrap_or_default());
}

fn number(out: &mut Vec<u8>, number: u64) {
    // A `Vec` takes everything.
    let _ = write!(out, "{number}");
}

fn address(out: &mut Vec<u8>, address: Option<&Address>) {
    number(out, address.map_or(0, |a| a.twin).into());
    text(out, address.and_then(|a| a.connection.as_ref()));
}
