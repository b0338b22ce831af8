//! A grid whose list of contracts has more in it than it should, and that remembers what was signed.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use devgrid::DevGrid;
use grid::{
    At, Blueprint, Call, Contract, ContractId, Found, Grid, GridError, Head, Inclusion,
    NodeDeployment, NodeId, Placement, Plan, PreflightError, Price, SignedBatch, Site, Want,
    Workload,
};

pub struct Listing {
    inner: Arc<DevGrid>,
    also: Vec<Contract>,
    signed: Mutex<Vec<Call>>,
}

impl Listing {
    pub fn new(inner: Arc<DevGrid>, also: Vec<Contract>) -> Arc<Self> {
        let signed = Mutex::default();
        Arc::new(Self {
            inner,
            also,
            signed,
        })
    }

    /// Every call that was signed.
    pub fn signed(&self) -> Vec<Call> {
        self.signed.lock().unwrap().clone()
    }
}

#[async_trait]
impl Grid for Listing {
    async fn contracts(&self, prefix: &str) -> Result<Vec<Contract>, GridError> {
        let ours = self.inner.contracts(prefix).await?;
        Ok([ours, self.also.clone()].concat())
    }

    async fn sign(&self, calls: &[Call]) -> Result<SignedBatch, GridError> {
        self.signed.lock().unwrap().extend_from_slice(calls);
        self.inner.sign(calls).await
    }

    fn twin(&self) -> u32 {
        self.inner.twin()
    }

    async fn name_is_free(&self, name: &str) -> Result<bool, GridError> {
        self.inner.name_is_free(name).await
    }

    async fn price(&self, want: &Want) -> Result<Option<Price>, GridError> {
        self.inner.price(want).await
    }

    async fn has_room(&self, want: &Want) -> Result<bool, GridError> {
        self.inner.has_room(want).await
    }

    async fn candidates(&self, want: &Want) -> Result<Vec<Placement>, GridError> {
        self.inner.candidates(want).await
    }

    async fn preflight(&self, want: &Want, at: &Placement) -> Result<(), PreflightError> {
        self.inner.preflight(want, at).await
    }

    fn plan(&self, of: &Blueprint, at: &Placement, seed: &[u8; 32]) -> Result<Plan, GridError> {
        self.inner.plan(of, at, seed)
    }

    async fn head(&self) -> Result<Head, GridError> {
        self.inner.head().await
    }

    async fn next_block(&self, after: u64) -> Result<Head, GridError> {
        self.inner.next_block(after).await
    }

    async fn submit(&self, batch: &SignedBatch) -> Result<(), GridError> {
        self.inner.submit(batch).await
    }

    async fn inclusion(&self, batch: &SignedBatch) -> Result<Option<Inclusion>, GridError> {
        self.inner.inclusion(batch).await
    }

    async fn find(&self, plan: &Plan, at: At) -> Result<Found, GridError> {
        self.inner.find(plan, at).await
    }

    async fn deploy(&self, what: &NodeDeployment, contract: ContractId) -> Result<(), GridError> {
        self.inner.deploy(what, contract).await
    }

    async fn workloads(&self, node: NodeId, of: ContractId) -> Result<Vec<Workload>, GridError> {
        self.inner.workloads(node, of).await
    }

    fn site(&self, address: &str) -> Site {
        self.inner.site(address)
    }
}
