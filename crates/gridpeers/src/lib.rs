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
//!
//! Only tests depend on this crate. What goes wrong in it is a panic.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod book;
mod ledger;
mod peer;
mod relay;
mod zos;

pub use book::Book;
pub use ledger::{Ledger, NodeContract, Verified};
pub use peer::{Handler, Peer, Quirk, Reply};
pub use relay::{InMemory, Relay};
pub use zos::{Hardware, Zos};
