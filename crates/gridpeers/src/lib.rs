//! The other ends of the ThreeFold Grid's wires, ours, for tests.
//!
//! They check what the real ones check, in the same order and with the same texts, and they can be
//! made to fail. Everything listens on port 0 of this machine; the relay can be reached inside the
//! process too, over bytes in memory, for tests in virtual time.
//!
//! - [`Book`]: the twins and their keys, as the chain has them;
//! - [`Relay`]: token, routing, queues, limits; loses connections on request;
//! - [`Peer`]: a twin that is connected and answers what a [`Handler`] says, rightly or not;
//! - [`Zos`]: the handler of a node, over the contracts of a [`Ledger`] and the [`Verified`] twins.
//! - [`Proxy`]: a grid proxy, with its parameters, pages and shapes;
//! - [`KycService`]: the verification service, over the same [`Verified`] twins;
//! - [`chain`]: a chain in memory, and its endpoints;
//! - [`WholeGrid`]: all of it together.
//!
//! Only tests depend on this crate. What goes wrong in it is a panic.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod book;
pub mod chain;
mod clock;
mod kyc;
mod ledger;
mod peer;
mod proxy;
mod relay;
mod web;
mod whole;
mod zos;

pub use book::Book;
pub use clock::unix_now;
pub use kyc::KycService;
pub use ledger::{Ledger, NodeContract, Verified};
pub use peer::{Handler, Peer, Quirk, Reply};
pub use proxy::{Proxy, ProxyNode};
pub use relay::{InMemory, Relay};
pub use web::{Asked, Web};
pub use whole::{Machine, WholeGrid};
pub use zos::{Hardware, Zos};
