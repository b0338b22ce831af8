//! The port: what any grid offers to the deployment engine.
//!
//! Plain types and two traits, no I/O. The engine knows a grid only through [`Grid`]: it looks
//! (candidates, preflight), plans (a pure function), pays (one signed batch whose bytes are
//! journaled before they are sent), tells nodes, and watches. Everything it must prove later, it
//! proves by looking at a *finalized* block.

mod chain;
mod clock;
mod error;
mod node;
mod plan;
mod price;

use async_trait::async_trait;

pub use chain::{At, Call, Contract, ContractId, Found, Head, Inclusion, SignedBatch};
pub use clock::Clock;
pub use error::{GridError, PreflightError};
pub use node::{Site, Workload, WorkloadKind, WorkloadState};
pub use plan::{
    Blueprint, DomainKind, LocationFilter, NodeDeployment, NodeId, Placement, Plan, Want,
};
pub use price::Price;

/// A grid, as seen by one paying account (a *twin*).
///
/// Every method may be called again at any time; only [`Grid::submit`] can cost money, and the same
/// bytes cost it at most once.
#[async_trait]
pub trait Grid: Send + Sync + 'static {
    /// The twin that pays. Contracts of any other twin are never adopted or cancelled.
    fn twin(&self) -> u32;

    /// Whether the name can be reserved now. A hint: the paid batch decides.
    async fn name_is_free(&self, name: &str) -> Result<bool, GridError>;

    /// What it costs now, without any discount; `None` on a grid that nobody pays.
    async fn price(&self, want: &Want) -> Result<Option<Price>, GridError>;

    /// Whether a machine like this would find room now, by the directory alone.
    async fn has_room(&self, want: &Want) -> Result<bool, GridError>;

    /// Where it could go, best first, by the directory alone.
    async fn candidates(&self, want: &Want) -> Result<Vec<Placement>, GridError>;

    /// Whether the twin may deploy and can pay, and whether node, gateway and name will do: asked of
    /// themselves, side by side.
    async fn preflight(&self, want: &Want, placement: &Placement) -> Result<(), PreflightError>;

    /// Fixes everything that the grid will hash. Pure: the same arguments give the same plan.
    fn plan(
        &self,
        blueprint: &Blueprint,
        placement: &Placement,
        seed: &[u8; 32],
    ) -> Result<Plan, GridError>;

    /// The newest blocks.
    async fn head(&self) -> Result<Head, GridError>;

    /// Waits until the best block is newer than `after`.
    async fn next_block(&self, after: u64) -> Result<Head, GridError>;

    /// Signs one atomic batch with the account's next nonce and a mortal era. Sends nothing.
    async fn sign(&self, calls: &[Call]) -> Result<SignedBatch, GridError>;

    /// Hands the bytes to the chain. `Ok` when it has them (now or already); inclusion is another
    /// matter.
    async fn submit(&self, batch: &SignedBatch) -> Result<(), GridError>;

    /// How the batch went, if it is in a block that this grid still remembers.
    async fn inclusion(&self, batch: &SignedBatch) -> Result<Option<Inclusion>, GridError>;

    /// Which of the plan's contracts exist at one block, with the account's nonce there.
    async fn find(&self, plan: &Plan, at: At) -> Result<Found, GridError>;

    /// Every live contract of our twin whose marker starts with this, at a finalized block. A grid that
    /// keeps the marker inside of something else gives the marker alone.
    async fn contracts(&self, marker_prefix: &str) -> Result<Vec<Contract>, GridError>;

    /// Sends a deployment to its node. A node that has it already is a success.
    async fn deploy(
        &self,
        deployment: &NodeDeployment,
        contract: ContractId,
    ) -> Result<(), GridError>;

    /// How the workloads of a contract stand; empty while the node does not know it yet.
    async fn workloads(
        &self,
        node: NodeId,
        contract: ContractId,
    ) -> Result<Vec<Workload>, GridError>;

    /// Where the instance at this host name is opened.
    fn site(&self, address: &str) -> Site;
}
