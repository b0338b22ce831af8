//! The protobuf messages, as in rmb-rs:proto/types.proto.

use std::fmt;

/// A message of the bus. Its `Debug` does not show the payload, which may hold passwords.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
#[prost(skip_debug)]
pub struct Envelope {
    /// Chosen by who asks; the answer has the same.
    #[prost(string, tag = "1")]
    pub uid: String,
    /// Free text; relays look for [`super::FAIL_FAST`] in it.
    #[prost(string, optional, tag = "2")]
    pub tags: Option<String>,
    /// When it was sent, in seconds of Unix time.
    #[prost(uint64, tag = "3")]
    pub timestamp: u64,
    /// How many seconds after that it is dropped.
    #[prost(uint64, tag = "4")]
    pub expiration: u64,
    /// Who sent it. A relay's own errors have none.
    #[prost(message, optional, tag = "5")]
    pub source: Option<Address>,
    /// Who it is for.
    #[prost(message, optional, tag = "6")]
    pub destination: Option<Address>,
    /// What it is.
    #[prost(oneof = "Message", tags = "7, 8, 12, 15, 16")]
    pub message: Option<Message>,
    /// 65 bytes: which scheme, then the signature over the challenge's hash.
    #[prost(bytes = "vec", optional, tag = "9")]
    pub signature: Option<Vec<u8>>,
    /// What the payload is; nodes take [`super::SCHEMA`] only, and are silent about others.
    #[prost(string, optional, tag = "10")]
    pub schema: Option<String>,
    /// Deprecated and not used by relays, yet hashed.
    #[prost(string, optional, tag = "11")]
    pub federation: Option<String>,
    /// What is said, in the clear or encrypted.
    #[prost(oneof = "Payload", tags = "13, 14")]
    pub payload: Option<Payload>,
    /// The sender's relays. Deprecated, yet hashed.
    #[prost(string, repeated, tag = "17")]
    pub relays: Vec<String>,
}

/// One end: a twin, and which of its connections.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct Address {
    /// The twin's number.
    #[prost(uint32, tag = "1")]
    pub twin: u32,
    /// Its session, the one named in the token; a relay refuses a source with another.
    #[prost(string, optional, tag = "2")]
    pub connection: Option<String>,
}

/// What an envelope is.
#[derive(Clone, PartialEq, Eq, Hash, prost::Oneof)]
pub enum Message {
    /// A question.
    #[prost(message, tag = "7")]
    Request(Request),
    /// An answer; all of it is in the payload.
    #[prost(message, tag = "8")]
    Response(Nothing),
    /// An answer that there is none.
    #[prost(message, tag = "12")]
    Error(Failure),
    /// To a relay: are you there?
    #[prost(message, tag = "15")]
    Ping(Nothing),
    /// From a relay: yes.
    #[prost(message, tag = "16")]
    Pong(Nothing),
}

/// A question.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct Request {
    /// Like `zos.deployment.get`.
    #[prost(string, tag = "1")]
    pub command: String,
}

/// Why there is no answer.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct Failure {
    /// 0 from relays and from nodes of today; older peers have codes of 100 and more.
    #[prost(uint32, tag = "1")]
    pub code: u32,
    /// In the words of who sent it.
    #[prost(string, tag = "2")]
    pub message: String,
}

/// A message without fields.
#[derive(Clone, Copy, PartialEq, Eq, Hash, prost::Message)]
pub struct Nothing {}

/// What is said. Its `Debug` shows the length only.
#[derive(Clone, PartialEq, Eq, Hash, prost::Oneof)]
#[prost(skip_debug)]
pub enum Payload {
    /// In the clear.
    #[prost(bytes = "vec", tag = "13")]
    Plain(Vec<u8>),
    /// Encrypted for the destination: nonce, ciphertext, tag.
    #[prost(bytes = "vec", tag = "14")]
    Cipher(Vec<u8>),
}

impl Address {
    /// A twin, whichever of its connections.
    #[must_use]
    pub fn twin(twin: u32) -> Self {
        Self {
            twin,
            connection: None,
        }
    }

    /// One session of a twin.
    #[must_use]
    pub fn session(twin: u32, connection: impl Into<String>) -> Self {
        Self {
            twin,
            connection: Some(connection.into()),
        }
    }
}

impl Payload {
    /// The bytes as they travel, which are what is hashed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Payload::Plain(bytes) | Payload::Cipher(bytes) => bytes,
        }
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Payload::Plain(_) => "Plain",
            Payload::Cipher(_) => "Cipher",
        };
        write!(f, "{kind}({} bytes)", self.bytes().len())
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("uid", &self.uid)
            .field("tags", &self.tags)
            .field("timestamp", &self.timestamp)
            .field("expiration", &self.expiration)
            .field("source", &self.source)
            .field("destination", &self.destination)
            .field("message", &self.message)
            .field("signed", &self.signature.is_some())
            .field("schema", &self.schema)
            .field("payload", &self.payload)
            .finish_non_exhaustive()
    }
}
