//! The store in one SQLite file: WAL, `synchronous=FULL`, made on first start. Reads have connections
//! of their own; all changes go through one writer.

mod dialect;
mod writer;

// One source for both databases, read with the names of this one's dialect.
#[allow(clippy::duplicate_mod)]
#[path = "../sql/admission.rs"]
mod admission;
#[allow(clippy::duplicate_mod)]
#[path = "../sql/changes.rs"]
mod changes;
#[allow(clippy::duplicate_mod)]
#[path = "../sql/reads.rs"]
mod reads;
#[allow(clippy::duplicate_mod)]
#[path = "../sql/rows.rs"]
mod rows;

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use order::api::{Event, StepName};
use sqlx::{
    Sqlite, SqlitePool,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use self::writer::Writer;
use super::{
    Changes, Count, Created, Invite, NewDeployment, Record, Store, StoreError, copy::moved_to,
};
use crate::entropy::{Entropy, random_hex};

/// The SQLite store.
#[derive(Debug)]
pub struct SqliteStore {
    pool: SqlitePool,
    writer: Writer,
    database_id: String,
}

impl SqliteStore {
    /// Opens the file; makes it, with its tables, when there is none.
    ///
    /// # Errors
    /// When the file or its folder cannot be written, is no database of this program, or was moved.
    pub async fn open(path: &Path, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let (options, pool) = Self::prepare(path, entropy).await?;
        if let Some(to) = moved_to(&mut *pool.acquire().await?).await? {
            let why = format!("was moved to {to}: say so in the config, `database`");
            return Err(unusable(path, why));
        }
        let database_id = sqlx::query_scalar("SELECT value FROM meta WHERE key = 'database_id'")
            .fetch_one(&pool)
            .await?;
        let writer = Writer::start(&options)
            .await
            .map_err(|e| unusable(path, cannot_open(&e)))?;
        Ok(Self {
            pool,
            writer,
            database_id,
        })
    }

    /// Makes the file what this version works with.
    pub(super) async fn prepare(
        path: &Path,
        entropy: &dyn Entropy,
    ) -> Result<(SqliteConnectOptions, SqlitePool), StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            // A file does not hang up.
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await
            .map_err(|e| unusable(path, cannot_open(&e)))?;
        let migrated = sqlx::migrate!("migrations/sqlite").run(&pool).await;
        migrated.map_err(|e| unusable(path, format!("cannot be brought to this version: {e}")))?;
        sqlx::query("INSERT OR IGNORE INTO meta (key, value) VALUES ('database_id', ?)")
            .bind(random_hex::<8>(entropy))
            .execute(&pool)
            .await
            .map_err(|e| unusable(path, cannot_open(&e)))?;
        Ok((options, pool))
    }

    async fn reader(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        Ok(self.pool.acquire().await?)
    }
}

fn unusable(path: &Path, why: String) -> StoreError {
    StoreError::Unusable {
        place: path.display().to_string(),
        why,
    }
}

fn cannot_open(error: &sqlx::Error) -> String {
    format!("cannot be opened for writing ({error}): check the folder's owner and mode")
}

#[async_trait]
impl Store for SqliteStore {
    fn database_id(&self) -> &str {
        &self.database_id
    }

    async fn create(&self, new: NewDeployment) -> Result<Created, StoreError> {
        let create = self.writer.make(|db| Box::pin(changes::create(db, new)));
        create.await
    }

    async fn add_invite(&self, invite: Invite) -> Result<(), StoreError> {
        let add = self
            .writer
            .make(|db| Box::pin(admission::add_invite(db, invite)));
        add.await
    }

    async fn invites(&self) -> Result<Vec<Invite>, StoreError> {
        admission::invites(&mut *self.reader().await?).await
    }

    async fn is_invited(&self, site: &str, hash: &str, now: u64) -> Result<bool, StoreError> {
        reads::is_invited(&mut *self.reader().await?, site, hash, now).await
    }

    async fn find_key(
        &self,
        site: &str,
        key: &str,
        body_hash: &str,
    ) -> Result<Option<Created>, StoreError> {
        reads::find_key(&mut *self.reader().await?, site, key, body_hash).await
    }

    async fn address_is_taken(
        &self,
        address: &str,
        quarantined_since: u64,
    ) -> Result<bool, StoreError> {
        rows::is_taken(&mut *self.reader().await?, address, quarantined_since).await
    }

    async fn get(&self, id: &str) -> Result<Option<Record>, StoreError> {
        rows::load(&mut *self.reader().await?, id).await
    }

    async fn save(&self, record: &mut Record, changes: Changes) -> Result<(), StoreError> {
        let write = record.clone();
        let save = self
            .writer
            .make(|db| Box::pin(changes::save(db, write, changes)));
        *record = save.await?;
        Ok(())
    }

    async fn request_cancel(&self, id: &str) -> Result<bool, StoreError> {
        let id = id.to_owned();
        let cancel = self
            .writer
            .make(|db| Box::pin(changes::request_cancel(db, id)));
        cancel.await
    }

    async fn take_password(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let id = id.to_owned();
        let take = self
            .writer
            .make(|db| Box::pin(changes::take_password(db, id)));
        take.await
    }

    async fn events(&self, id: &str, after: u64) -> Result<Vec<(u64, Event)>, StoreError> {
        reads::events(&mut *self.reader().await?, id, after).await
    }

    async fn signer_is_busy(&self) -> Result<bool, StoreError> {
        reads::signer_is_busy(&mut *self.reader().await?).await
    }

    async fn open(&self) -> Result<Vec<String>, StoreError> {
        let open = "SELECT id FROM deployments
             WHERE state NOT IN ('ready', 'failed', 'deleted') OR (state = 'ready' AND cancel)
                OR id IN (SELECT deployment FROM intents WHERE state = 'open')
             ORDER BY created_at";
        Ok(sqlx::query_scalar(open).fetch_all(&self.pool).await?)
    }

    async fn list(&self, limit: u32) -> Result<Vec<Record>, StoreError> {
        let mut tx = self.pool.begin().await?;
        reads::list(&mut tx, limit).await
    }

    async fn accepted_since(&self, at: u64) -> Result<u64, StoreError> {
        reads::accepted_since(&mut *self.reader().await?, at).await
    }

    async fn count(&self) -> Result<Vec<Count>, StoreError> {
        reads::count(&mut *self.reader().await?).await
    }

    async fn usual_seconds(&self) -> Result<Vec<(StepName, u32)>, StoreError> {
        reads::usual_seconds(&mut *self.reader().await?).await
    }

    async fn is_of_key(&self, fingerprint: &str) -> Result<bool, StoreError> {
        let fingerprint = fingerprint.to_owned();
        let keep = self
            .writer
            .make(|db| Box::pin(changes::is_of_key(db, fingerprint)));
        keep.await
    }

    async fn close(&self) {
        // It comes after all that was sent before it; that it fails means that nothing is left to do.
        let _ = self.writer.make(|_| Box::pin(async { Ok(()) })).await;
        self.pool.close().await;
    }
}
