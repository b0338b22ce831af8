//! A whole grid in one process: the embedded default, so that the main job can be tried without an
//! account or money, and the ground on which the engine is proven.
//!
//! It keeps the real grid's rules that the engine depends on – one atomic paid batch of signed
//! bytes, nonce, mortal era, finality lag, the chain's names for errors, the nodes' checks in the
//! nodes' order – and leaves out the rest. Nothing runs in the background: every call first brings
//! the state up to the clock's time, so the same seed and the same calls give the same ledger.

mod batch;
mod body;
mod clock;
mod config;
mod devgrid;
mod directory;
mod dispatch;
mod error;
mod faults;
mod hash;
mod ledger;
mod nodes;
mod page;
mod pages;
mod plan;
mod port;
mod preflight;
mod sites;
mod state;
mod view;

pub use clock::TokioClock;
pub use config::{DevGateway, DevGridConfig, DevNode};
pub use devgrid::DevGrid;
pub use error::DevGridError;
pub use faults::Faults;
pub use sites::Instance;
pub use view::{ContractView, LedgerView};
