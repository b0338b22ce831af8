//! A grid and a store that can stop the world before and after every call: what `kill -9` does.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use api::store::{Changes, Created, Invite, NewDeployment, Record, Store, StoreError};
use async_trait::async_trait;
use devgrid::DevGrid;
use grid::{
    At, Blueprint, Call, Contract, ContractId, Found, Grid, GridError, Head, Inclusion,
    NodeDeployment, NodeId, Placement, Plan, PreflightError, SignedBatch, Site, Want, Workload,
};
use order::api::{Event, State, StepName};
use tokio::sync::Notify;

/// Burns a little at every call, and stops the world when it is burnt.
#[derive(Debug, Default)]
pub struct Fuse {
    left: AtomicU64,
    burnt: Notify,
}

impl Fuse {
    /// Burns for so many points from now on; 0 never ends.
    pub fn light(&self, points: u64) {
        self.left.store(points, Ordering::SeqCst);
    }

    /// Returns when the world stopped.
    pub async fn burnt(&self) {
        self.burnt.notified().await;
    }

    async fn point(&self) {
        match self.left.load(Ordering::SeqCst) {
            0 => {}
            1 => {
                self.left.store(0, Ordering::SeqCst);
                self.burnt.notify_one();
                std::future::pending().await
            }
            left => self.left.store(left - 1, Ordering::SeqCst),
        }
    }
}

macro_rules! cut {
    ($self:ident.$call:ident($($argument:expr),*)) => {{
        $self.fuse.point().await;
        let answer = $self.inner.$call($($argument),*).await;
        $self.fuse.point().await;
        answer
    }};
}

pub struct CutGrid {
    pub inner: Arc<DevGrid>,
    pub fuse: Arc<Fuse>,
}

#[async_trait]
impl Grid for CutGrid {
    fn twin(&self) -> u32 {
        self.inner.twin()
    }

    async fn name_is_free(&self, name: &str) -> Result<bool, GridError> {
        cut!(self.name_is_free(name))
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
        cut!(self.submit(batch))
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
        cut!(self.deploy(what, contract))
    }

    async fn workloads(&self, node: NodeId, of: ContractId) -> Result<Vec<Workload>, GridError> {
        cut!(self.workloads(node, of))
    }

    fn site(&self, address: &str) -> Site {
        self.inner.site(address)
    }
}

pub struct CutStore<S> {
    pub inner: Arc<S>,
    pub fuse: Arc<Fuse>,
}

#[async_trait]
impl<S: Store> Store for CutStore<S> {
    fn database_id(&self) -> &str {
        self.inner.database_id()
    }

    async fn create(&self, new: NewDeployment) -> Result<Created, StoreError> {
        cut!(self.create(new))
    }

    async fn add_invite(&self, invite: Invite) -> Result<(), StoreError> {
        cut!(self.add_invite(invite))
    }

    async fn invites(&self) -> Result<Vec<Invite>, StoreError> {
        cut!(self.invites())
    }

    async fn find_key(&self, s: &str, key: &str, h: &str) -> Result<Option<Created>, StoreError> {
        cut!(self.find_key(s, key, h))
    }

    async fn address_is_taken(&self, address: &str, since: u64) -> Result<bool, StoreError> {
        cut!(self.address_is_taken(address, since))
    }

    async fn get(&self, id: &str) -> Result<Option<Record>, StoreError> {
        cut!(self.get(id))
    }

    async fn save(&self, record: &mut Record, changes: Changes) -> Result<(), StoreError> {
        cut!(self.save(record, changes))
    }

    async fn request_cancel(&self, id: &str) -> Result<bool, StoreError> {
        cut!(self.request_cancel(id))
    }

    async fn take_password(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        cut!(self.take_password(id))
    }

    async fn events(&self, id: &str, after: u64) -> Result<Vec<(u64, Event)>, StoreError> {
        cut!(self.events(id, after))
    }

    async fn open(&self) -> Result<Vec<String>, StoreError> {
        cut!(self.open())
    }

    async fn list(&self, limit: u32) -> Result<Vec<Record>, StoreError> {
        cut!(self.list(limit))
    }

    async fn accepted_since(&self, at: u64) -> Result<u64, StoreError> {
        cut!(self.accepted_since(at))
    }

    async fn count_by_state(&self) -> Result<Vec<(State, u64)>, StoreError> {
        cut!(self.count_by_state())
    }

    async fn usual_seconds(&self) -> Result<Vec<(StepName, u32)>, StoreError> {
        cut!(self.usual_seconds())
    }
}
