//! The chain: what is called there, what stands there, and how to be sure of it.
//!
//! - [`Call`] is one thing to ask for. It can only be made whole: names, lengths and relays are
//!   checked before a byte is encoded.
//! - [`Runtime`] is the chain's own description of itself. It encodes calls and storage keys, and
//!   signs to bytes, without any network.
//! - [`Chain`] is the client: bytes handed over, blocks waited for. It knows several endpoints, and
//!   each question has a deadline.
//! - [`Block`] is one block of it, where things are looked up, and [`Included`] how a transaction went.
//! - [`Payer`] is all that with one account: the ledger's side of [`grid::Grid`].
//!
//! Nothing here is generated from one version of the chain: calls, values, events and errors are
//! found by their names in the metadata of the block that is looked at, so an upgrade of the runtime
//! changes nothing as long as the names stay.
//!
//! subxt does the encoding. None of its types is to be seen outside of this module.

mod block;
mod call;
mod client;
mod config;
mod encode;
mod error;
mod included;
mod key;
mod link;
mod payer;
mod runtime;
mod value;
mod wire;

pub use block::{Balance, Block};
pub use call::{Call, RelayHosts};
pub use client::Chain;
pub use error::ChainError;
pub use included::Included;
pub use key::Key;
pub use link::Patience;
pub use payer::Payer;
pub use runtime::{Birth, Runtime};
pub use value::{Contract, ContractKind, ContractState, Node, Twin};

/// How many blocks a signed batch can be included in; about three minutes.
pub const ERA: u64 = 32;
