//! Where deployments live: one record each, an append-only list of events, the journal of signed
//! batches. SQLite implements it for one process, PostgreSQL for several; the contract tests in
//! `tests/store` hold for every store.

pub(crate) mod copy;
mod memory;
mod postgres;
mod record;
mod sqlite;

use async_trait::async_trait;
use grid::SignedBatch;
use order::api::{Event, State, StepName, StepState};
use serde::{Deserialize, Serialize};

pub use copy::{Copied, copy};
pub use memory::MemoryStore;
pub use postgres::PostgresStore;
pub use record::{Contracts, Intent, IntentKind, IntentState, Record, StepRecord};
pub use sqlite::SqliteStore;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody changed the record since it was read: read it again.
    #[error("deployment {0} was changed meanwhile")]
    Conflict(String),
    /// Another batch is on its way: one at a time for each signer.
    #[error("another batch of this signer is on its way")]
    SignerBusy,
    /// The database cannot be used as it is.
    #[error("the database {place}: {why}")]
    Unusable {
        /// The file or the server.
        place: String,
        /// What is wrong and what to do.
        why: String,
    },
    /// The database did not take a change: nothing of it is written.
    #[error("the database did not take it: {0}")]
    NotWritten(String),
    /// Its server is gone, though nothing says so. What was asked may have been done.
    #[error("the database does not answer")]
    Silent,
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// What is stored cannot be read.
    #[error("a stored record cannot be read: {0}")]
    Corrupt(#[from] serde_json::Error),
}

/// A deployment that is asked for.
#[derive(Debug, Clone)]
pub struct NewDeployment {
    /// The record as it begins.
    pub record: Record,
    /// The client's key for this request.
    pub key: String,
    /// A hash of the request, to tell a repetition from another request with the same key.
    pub body_hash: String,
    /// Addresses of instances that were ready and ended after this time are not given away again;
    /// milliseconds since 1970.
    pub quarantined_since: u64,
    /// Who asks, with what, and how much the site allows.
    pub admission: Admission,
}

/// What is decided together with the row, so that no two orders at once use the same room.
#[derive(Debug, Clone, Default)]
pub struct Admission {
    /// Whom the site means; empty on open sites.
    pub subject: String,
    /// What it takes to deploy once.
    pub pass: Pass,
    /// The site's limits.
    pub quota: Quota,
}

/// Something that is used up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Pass {
    /// Nothing is asked for.
    #[default]
    None,
    /// A token's nonce: good once.
    Nonce {
        /// The nonce, one for each token of the site.
        nonce: String,
        /// Until when it is kept, milliseconds since 1970.
        until: u64,
    },
    /// The hash of an invitation code.
    Invite(String),
}

/// How much a site may have. 0 is no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quota {
    /// Deployments at once.
    pub running: u32,
    /// Deployments accepted in 24 hours.
    pub per_day: u32,
    /// Deployments at once for each subject.
    pub per_subject: u32,
    /// The sizes allowed; empty for all.
    pub sizes: Vec<String>,
}

/// An invitation, as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// The hash of its code.
    pub hash: String,
    /// The site it is for.
    pub site: String,
    /// How often it can still be used.
    pub uses_left: u32,
    /// When it ends, milliseconds since 1970.
    pub expires: u64,
}

/// What became of a [`NewDeployment`].
#[derive(Debug, Clone, PartialEq)]
pub enum Created {
    /// It is new.
    New(Record),
    /// It was asked for before, with the same key.
    Again(Record),
    /// The key was used before, for another request.
    KeyReused,
    /// Somebody has the address.
    AddressTaken,
    /// The pass is unknown, has expired or is used up: which of them is nobody's business.
    PassUsed,
    /// The site has as many at once as it may.
    TooManyRunning,
    /// The site has accepted as many in 24 hours as it may.
    TooManyToday,
    /// This subject has as many at once as it may.
    TooManyOfSubject,
}

/// What is written together with a record.
#[derive(Debug, Default)]
pub struct Changes {
    /// Events to append.
    pub events: Vec<Event>,
    /// The admin password, sealed, when it was just made.
    pub password: Option<Vec<u8>>,
    /// What happens to the journal.
    pub intent: Option<IntentChange>,
}

/// A change of the journal of batches.
#[derive(Debug, Clone)]
pub enum IntentChange {
    /// A batch was signed; nothing was sent yet.
    Open(IntentKind, SignedBatch),
    /// It is in a block, which may still be undone: the signer is free again.
    Included(i64),
    /// What became of it is final.
    Closed(i64),
}

/// How many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// In this state,
    pub state: State,
    /// of this size.
    pub size: String,
    /// So many.
    pub deployments: u64,
}

/// What one process writes and others, on the same database, would like to hear at once. A hint: what
/// is not heard is found later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// This deployment changed.
    Changed(String),
    /// Something is to be done for this deployment.
    Wanted(String),
    /// No batch is on its way any more.
    SignerFree,
    /// Some of it was not heard: anything may have changed.
    Missed,
}

/// The store. Every method is one transaction; what it answered survives a crash.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// This database's own id, made with it: contracts carry it in their marker.
    fn database_id(&self) -> &str;

    /// Accepts a deployment, unless its key or address is in use.
    async fn create(&self, new: NewDeployment) -> Result<Created, StoreError>;

    /// Keeps a new invitation.
    async fn add_invite(&self, invite: Invite) -> Result<(), StoreError>;

    /// The invitations, those that end last first.
    async fn invites(&self) -> Result<Vec<Invite>, StoreError>;

    /// Whether an order on this site could use this invitation now. A hint: [`Store::create`] decides.
    async fn is_invited(&self, site: &str, hash: &str, now: u64) -> Result<bool, StoreError>;

    /// What a repeated request was answered; `None` when the key is new.
    async fn find_key(
        &self,
        site: &str,
        key: &str,
        body_hash: &str,
    ) -> Result<Option<Created>, StoreError>;

    /// Whether somebody has the address, or had it until a short while ago.
    async fn address_is_taken(
        &self,
        address: &str,
        quarantined_since: u64,
    ) -> Result<bool, StoreError>;

    /// One record with its journal.
    async fn get(&self, id: &str) -> Result<Option<Record>, StoreError>;

    /// Writes a record if nobody changed it since it was read, and all that goes with it.
    async fn save(&self, record: &mut Record, changes: Changes) -> Result<(), StoreError>;

    /// Asks for the end of a deployment; the engine sees to it. Whether there is such a deployment.
    async fn request_cancel(&self, id: &str) -> Result<bool, StoreError>;

    /// Takes the sealed password out: the second time there is none.
    async fn take_password(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Events of a deployment after this number, oldest first, 500 at most.
    async fn events(&self, id: &str, after: u64) -> Result<Vec<(u64, Event)>, StoreError>;

    /// Whether a batch is on its way. A hint: [`Store::save`] decides who may sign.
    async fn signer_is_busy(&self) -> Result<bool, StoreError>;

    /// Ids of the deployments the engine has something to do for, also those that are over and keep
    /// the signer: all of them that no other process has a lease on. This one has it then.
    async fn open(&self) -> Result<Vec<String>, StoreError>;

    /// Whether this process may work on the deployment: then it has a lease on it. Leases end by
    /// themselves ([`LEASE_SECONDS`]) and only spare work: whoever goes on without one is stopped by the
    /// record's version.
    async fn lease(&self, _id: &str) -> Result<bool, StoreError> {
        Ok(true)
    }

    /// Tells what other processes write; never ends. A store that only one process can have has
    /// nothing to tell.
    async fn listen(&self, _tell: &(dyn Fn(News) + Send + Sync)) {
        std::future::pending().await
    }

    /// Keeps the fingerprint of the first server key that comes; whether it was this one. Another key
    /// opens nothing of what is stored.
    async fn is_of_key(&self, _fingerprint: &str) -> Result<bool, StoreError> {
        Ok(true)
    }

    /// Gives the leases back, waits for what is being written, and hangs up.
    async fn close(&self) {}

    /// The newest records, for the operator.
    async fn list(&self, limit: u32) -> Result<Vec<Record>, StoreError>;

    /// How many deployments were accepted since this time, milliseconds since 1970.
    async fn accepted_since(&self, at: u64) -> Result<u64, StoreError>;

    /// How many deployments of each size there are in each state.
    async fn count(&self) -> Result<Vec<Count>, StoreError>;

    /// How long each step took in the last deployments that got ready: medians, seconds.
    async fn usual_seconds(&self) -> Result<Vec<(StepName, u32)>, StoreError>;
}

/// For how long a process that died keeps others from its deployments, seconds. It renews its leases
/// each time it looks for work, several times as often.
pub const LEASE_SECONDS: f64 = 30.0;

/// The time over which a site's orders are counted, milliseconds.
const DAY: u64 = 24 * 60 * 60 * 1000;

/// The median duration of each step, in whole seconds rounded up.
fn medians(ready: &[&Record]) -> Vec<(StepName, u32)> {
    let median = |name: StepName| {
        let mut took: Vec<u64> = ready
            .iter()
            .flat_map(|r| &r.steps)
            .filter(|s| s.name == name && s.state == StepState::Done)
            .filter_map(|s| Some(s.ended_at?.saturating_sub(s.started_at?)))
            .collect();
        took.sort_unstable();
        let ms = took.get(took.len() / 2)?;
        Some((name, u32::try_from(ms.div_ceil(1000)).unwrap_or(u32::MAX)))
    };
    StepName::ALL.into_iter().filter_map(median).collect()
}
