//! The grid, with a place to be stopped at before and after every call.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use devgrid::DevGrid;
use grid::{
    At, Blueprint, Call, Contract, ContractId, Found, Grid, GridError, Head, Inclusion,
    NodeDeployment, NodeId, Placement, Plan, PreflightError, Price, SignedBatch, Site, Want,
    Workload,
};

use super::Disk;
use crate::link::Link;

macro_rules! cut {
    ($self:ident.$call:ident($($argument:expr),*)) => {{
        $self.link.call_grid().await?;
        let answer = $self.inner.$call($($argument),*).await;
        $self.link.grid_answers().await?;
        answer
    }};
}

/// The grid as one process sees it.
pub struct CutGrid {
    /// The grid.
    pub inner: Arc<DevGrid>,
    /// The way there.
    pub link: Link,
    /// Is told of each call that changes something: the control writes only then.
    pub disk: Arc<Disk>,
    /// How long a block takes.
    pub block: Duration,
    /// For how many blocks a batch is good.
    pub era: u64,
}

#[async_trait]
impl Grid for CutGrid {
    fn twin(&self) -> u32 {
        self.inner.twin()
    }

    async fn name_is_free(&self, name: &str) -> Result<bool, GridError> {
        cut!(self.name_is_free(name))
    }

    async fn price(&self, want: &Want) -> Result<Option<Price>, GridError> {
        cut!(self.price(want))
    }

    async fn has_room(&self, want: &Want) -> Result<bool, GridError> {
        cut!(self.has_room(want))
    }

    async fn candidates(&self, want: &Want) -> Result<Vec<Placement>, GridError> {
        cut!(self.candidates(want))
    }

    async fn preflight(&self, want: &Want, at: &Placement) -> Result<(), PreflightError> {
        cut!(self.preflight(want, at))
    }

    fn plan(&self, of: &Blueprint, at: &Placement, seed: &[u8; 32]) -> Result<Plan, GridError> {
        self.inner.plan(of, at, seed)
    }

    async fn head(&self) -> Result<Head, GridError> {
        cut!(self.head())
    }

    async fn next_block(&self, after: u64) -> Result<Head, GridError> {
        cut!(self.next_block(after))
    }

    async fn sign(&self, calls: &[Call]) -> Result<SignedBatch, GridError> {
        cut!(self.sign(calls))
    }

    async fn submit(&self, batch: &SignedBatch) -> Result<(), GridError> {
        self.link.call_grid().await?;
        if let Some(blocks) = self.link.lateness(self.era) {
            let (grid, batch, late) = (Arc::clone(&self.inner), batch.clone(), self.block);
            tokio::spawn(async move {
                tokio::time::sleep(late * u32::try_from(blocks).unwrap_or_default()).await;
                // Nobody is left to be told.
                let _ = grid.submit(&batch).await;
            });
            return Err(GridError::unreachable("the line", "the call is late"));
        }
        let answer = self.inner.submit(batch).await;
        self.link.grid_answers().await?;
        self.disk.called();
        answer
    }

    async fn inclusion(&self, batch: &SignedBatch) -> Result<Option<Inclusion>, GridError> {
        cut!(self.inclusion(batch))
    }

    async fn find(&self, plan: &Plan, at: At) -> Result<Found, GridError> {
        cut!(self.find(plan, at))
    }

    async fn contracts(&self, marker_prefix: &str) -> Result<Vec<Contract>, GridError> {
        cut!(self.contracts(marker_prefix))
    }

    async fn deploy(&self, what: &NodeDeployment, contract: ContractId) -> Result<(), GridError> {
        let answer = cut!(self.deploy(what, contract));
        self.disk.called();
        answer
    }

    async fn workloads(&self, node: NodeId, of: ContractId) -> Result<Vec<Workload>, GridError> {
        cut!(self.workloads(node, of))
    }

    fn site(&self, address: &str) -> Site {
        self.inner.site(address)
    }
}
