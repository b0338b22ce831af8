//! A native client of the ThreeFold Grid v3.
//!
//! Much of what is here needs no network: it makes the bytes that the grid's chain, relays and nodes
//! expect, and reads theirs. The rest are the sockets: chain, message bus, directory.
//!
//! - [`identity`]: one secret → the account's signing key, its address, and the key for messages;
//! - [`deployment`]: what a node is asked to run, its challenge and hash, signatures, and every rule
//!   that can be checked before money is spent;
//! - [`rmb`]: the reliable message bus: envelopes, their signatures, encryption, the relay's token,
//!   and a client;
//! - [`node`]: what can be asked of a node over the bus;
//! - [`chain`]: its calls, what stands there, and a client;
//! - [`directory`]: which nodes, gateways and farms there are, from the grid proxy;
//! - [`kyc`]: whether a twin's owner is verified;
//! - [`pricing`]: what it costs, in USD and TFT;
//! - [`port`]: all of it together, as [`grid::Grid`].
//!
//! Amounts and sizes are integers in the unit that their name or documentation says; sizes are
//! bytes. Every error is an [`Error`] whose text says what to do.
//!
//! Sources of protocol facts are named as `repository:path`, all of them public repositories of
//! ThreeFold: zosbase (what nodes run), rmb-rs (the relay), tfchain (the chain).

pub mod chain;
pub mod deployment;
pub mod directory;
mod error;
pub mod identity;
mod json;
pub mod kyc;
pub mod node;
pub mod port;
pub mod pricing;
pub mod rmb;
mod service;

pub use error::Error;
pub use identity::Identity;
pub use service::ServiceError;

/// The README's example compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
