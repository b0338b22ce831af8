//! The store, with a place to be stopped at before and after every call, and what of it survives.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::store::{
    Changes, Count, Created, Invite, MemoryStore, NewDeployment, Record, Store, StoreError,
};
use async_trait::async_trait;
use order::api::{Event, StepName};

use crate::link::Link;

/// What is written, beyond all processes.
#[derive(Debug, Default)]
pub struct Disk {
    store: Mutex<Arc<MemoryStore>>,
    /// In the control: what a crash leaves.
    written: Option<Mutex<MemoryStore>>,
}

impl Disk {
    /// The negative control, *call, then record*: what the engine writes reaches the disk only after
    /// its next call that changes the grid. A crash in between loses it.
    pub fn that_records_after_the_call() -> Self {
        Self {
            written: Some(Mutex::default()),
            ..Self::default()
        }
    }

    /// What is there now.
    pub fn store(&self) -> Arc<MemoryStore> {
        Arc::clone(&lock(&self.store))
    }

    /// A call that changes the grid was answered.
    pub fn called(&self) {
        if let Some(written) = &self.written {
            *lock(written) = MemoryStore::clone(&lock(&self.store));
        }
    }

    /// The process is gone.
    pub fn crash(&self) {
        if let Some(written) = &self.written {
            *lock(&self.store) = Arc::new(lock(written).clone());
        }
    }

    /// What the API writes is written at once, also in the control.
    pub async fn create(&self, new: NewDeployment) -> Result<Created, StoreError> {
        let also = new.clone();
        let created = self.store().create(new).await;
        if let Some(written) = &self.written {
            let copy = lock(written).clone();
            copy.create(also).await?;
            *lock(written) = copy;
        }
        created
    }

    /// Likewise.
    pub async fn request_cancel(&self, id: &str) -> Result<bool, StoreError> {
        if let Some(written) = &self.written {
            let copy = lock(written).clone();
            copy.request_cancel(id).await?;
            *lock(written) = copy;
        }
        self.store().request_cancel(id).await
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

macro_rules! cut {
    ($self:ident.$call:ident($($argument:expr),*)) => {{
        $self.link.call_store().await?;
        let answer = $self.inner.$call($($argument),*).await;
        $self.link.store_answers().await?;
        answer
    }};
}

/// The store as one process sees it.
pub struct CutStore {
    /// The store.
    pub inner: Arc<MemoryStore>,
    /// The way there.
    pub link: Link,
}

#[async_trait]
impl Store for CutStore {
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

    async fn is_invited(&self, site: &str, hash: &str, now: u64) -> Result<bool, StoreError> {
        cut!(self.is_invited(site, hash, now))
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

    async fn signer_is_busy(&self) -> Result<bool, StoreError> {
        cut!(self.signer_is_busy())
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

    async fn count(&self) -> Result<Vec<Count>, StoreError> {
        cut!(self.count())
    }

    async fn usual_seconds(&self) -> Result<Vec<(StepName, u32)>, StoreError> {
        cut!(self.usual_seconds())
    }
}
