//! The engine's proof: production engine, worker and plan over the development grid and a store in
//! memory, in virtual time. The process is stopped at any await and started again; calls, answers,
//! batches and clocks go wrong by a seed. After each run the ledger must be empty, or hold exactly
//! the live deployments, each made once.
//!
//! Equipment for tests: nothing that is deployed depends on it, and where something cannot be, it
//! panics; a panic is a finding like any other.

#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod campaign;
pub mod cut;
pub mod figures;
pub mod fuse;
pub mod link;
pub mod placements;
pub mod play;
pub mod rng;
pub mod scene;
pub mod seeds;
pub mod verdict;
pub mod world;

pub use fuse::Fuse;
pub use play::play;
pub use scene::{Act, Crash, Scene, When};
pub use verdict::{Finding, Kind};
pub use world::World;
