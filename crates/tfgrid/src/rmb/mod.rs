//! The reliable message bus: envelopes, their signatures, encryption, tokens, and a client.
//!
//! A message is an [`Envelope`] in protobuf, one for each binary frame of a web socket to a relay;
//! the socket is opened with a [`Token`]. The sender signs the envelope's challenge with his
//! account's key; the payload is encrypted for the twin it goes to when that twin has a message key
//! on the chain. The order is fixed: seal, sign, send; receive, verify, open.
//!
//! ```
//! # use tfgrid::{Identity, identity::Scheme, rmb::{Address, Envelope, Token}};
//! let us = Identity::new("//Alice", Scheme::Sr25519)?;
//! let node = Identity::new("//Bob", Scheme::Sr25519)?;
//! let shared = us.message_key().shared(&node.message_key().public())?;
//!
//! let token = Token { twin: 143, issued: 1_700_000_000, expires: 1_700_000_060, session: Some("s1".into()) };
//! let url = format!("wss://relay.grid.tf/?{}", token.sign(&us));
//!
//! let mut envelope = Envelope::request("an-uid", Address::session(143, "s1"), 29, "zos.system.version");
//! (envelope.timestamp, envelope.expiration) = (1_700_000_000, 20);
//! envelope.seal(&shared, b"null")?;
//! envelope.sign(&us);
//! let frame = envelope.encode();
//!
//! let received = Envelope::decode(&frame)?;
//! received.verify(&us.account())?;
//! let theirs = node.message_key().shared(&us.message_key().public())?;
//! assert_eq!(*received.open(Some(&theirs))?, b"null");
//! # let _ = url;
//! # Ok::<(), tfgrid::Error>(())
//! ```

mod cipher;
mod client;
mod envelope;
mod json;
mod refusal;
mod token;
mod wire;

pub use client::{
    BusError, Client, Dial, Manner, Pace, Peer, Peers, RelayState, RelayUrl, Remembered, Settings,
    Sockets, Wire,
};
pub use envelope::{FAIL_FAST, SCHEMA};
pub use refusal::Refusal;
pub use token::Token;
pub use wire::{Address, Envelope, Failure, Message, Nothing, Payload, Request};
