//! The store in one SQLite file: WAL, `synchronous=FULL`, made on first start. Reads have connections
//! of their own; all changes go through one writer.

mod admission;
mod changes;
mod rows;
mod writer;

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use order::api::{Event, StepName};
use sqlx::{
    Row, SqlitePool,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};

use self::{
    admission::{add_invite, invites},
    changes::{create, request_cancel, save, take_password},
    rows::{Before, by_key, is_taken, load, signed, unsigned},
    writer::Writer,
};
use super::{Changes, Count, Created, Invite, NewDeployment, Record, Store, StoreError};
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
    /// When the file or its folder cannot be written, or is no database of this program.
    pub async fn open(path: &Path, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let unusable = |e: sqlx::Error| StoreError::Unusable {
            path: path.display().to_string(),
            why: format!("cannot be opened for writing ({e}): check the folder's owner and mode"),
        };
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
            .map_err(unusable)?;
        sqlx::migrate!()
            .run(&pool)
            .await
            .map_err(|e| StoreError::Unusable {
                path: path.display().to_string(),
                why: format!("cannot be brought to this version: {e}"),
            })?;
        let fresh = random_hex::<8>(entropy);
        sqlx::query("INSERT OR IGNORE INTO meta (key, value) VALUES ('database_id', ?)")
            .bind(fresh)
            .execute(&pool)
            .await
            .map_err(unusable)?;
        let database_id = sqlx::query_scalar("SELECT value FROM meta WHERE key = 'database_id'")
            .fetch_one(&pool)
            .await?;
        let writer = Writer::start(&options).await.map_err(unusable)?;
        Ok(Self {
            pool,
            writer,
            database_id,
        })
    }

    /// Waits for what is being written, and closes what reads.
    pub async fn close(&self) {
        // It comes after all that was sent before it; that it fails means that nothing is left to do.
        let _ = self.writer.make(|_| Box::pin(async { Ok(()) })).await;
        self.pool.close().await;
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn database_id(&self) -> &str {
        &self.database_id
    }

    async fn create(&self, new: NewDeployment) -> Result<Created, StoreError> {
        self.writer.make(|db| Box::pin(create(db, new))).await
    }

    async fn add_invite(&self, invite: Invite) -> Result<(), StoreError> {
        let add = self.writer.make(|db| Box::pin(add_invite(db, invite)));
        add.await
    }

    async fn invites(&self) -> Result<Vec<Invite>, StoreError> {
        invites(&self.pool).await
    }

    async fn find_key(
        &self,
        site: &str,
        key: &str,
        body_hash: &str,
    ) -> Result<Option<Created>, StoreError> {
        Ok(match by_key(&self.pool, site, key, body_hash).await? {
            None => None,
            Some(Before::Another) => Some(Created::KeyReused),
            Some(Before::Same(id)) => load(&self.pool, &id).await?.map(Created::Again),
        })
    }

    async fn address_is_taken(
        &self,
        address: &str,
        quarantined_since: u64,
    ) -> Result<bool, StoreError> {
        is_taken(&self.pool, address, quarantined_since).await
    }

    async fn get(&self, id: &str) -> Result<Option<Record>, StoreError> {
        load(&self.pool, id).await
    }

    async fn save(&self, record: &mut Record, changes: Changes) -> Result<(), StoreError> {
        let write = record.clone();
        let save = self.writer.make(|db| Box::pin(save(db, write, changes)));
        *record = save.await?;
        Ok(())
    }

    async fn request_cancel(&self, id: &str) -> Result<bool, StoreError> {
        let id = id.to_owned();
        let cancel = self.writer.make(|db| Box::pin(request_cancel(db, id)));
        cancel.await
    }

    async fn take_password(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let id = id.to_owned();
        let take = self.writer.make(|db| Box::pin(take_password(db, id)));
        take.await
    }

    async fn events(&self, id: &str, after: u64) -> Result<Vec<(u64, Event)>, StoreError> {
        let rows = sqlx::query(
            "SELECT seq, doc FROM events WHERE deployment = ? AND seq > ? ORDER BY seq LIMIT 500",
        )
        .bind(id)
        .bind(signed(after))
        .fetch_all(&self.pool)
        .await?;
        let event = |row: SqliteRow| {
            Ok((
                unsigned(row.get("seq")),
                serde_json::from_str(row.get("doc"))?,
            ))
        };
        rows.into_iter().map(event).collect()
    }

    async fn signer_is_busy(&self) -> Result<bool, StoreError> {
        let busy = "SELECT EXISTS (SELECT 1 FROM intents WHERE state = 'open')";
        Ok(sqlx::query_scalar(busy).fetch_one(&self.pool).await?)
    }

    async fn open(&self) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT id FROM deployments
             WHERE state NOT IN ('ready', 'failed', 'deleted') OR (state = 'ready' AND cancel = 1)
                OR id IN (SELECT deployment FROM intents WHERE state = 'open')
             ORDER BY created_at",
        )
        .fetch_all(&self.pool)
        .await?)
    }

    async fn list(&self, limit: u32) -> Result<Vec<Record>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let ids: Vec<String> =
            sqlx::query_scalar("SELECT id FROM deployments ORDER BY created_at DESC LIMIT ?")
                .bind(limit)
                .fetch_all(&mut *tx)
                .await?;
        let mut records = Vec::with_capacity(ids.len());
        for id in ids {
            records.extend(load(&mut *tx, &id).await?);
        }
        Ok(records)
    }

    async fn accepted_since(&self, at: u64) -> Result<u64, StoreError> {
        // Rows are numbered as they come and never deleted: to count them would take longer with each.
        let count = sqlx::query_scalar(
            "SELECT coalesce((SELECT max(rowid) FROM deployments) + 1 - (SELECT rowid FROM deployments
                 WHERE created_at >= ? ORDER BY created_at LIMIT 1), 0)",
        )
        .bind(signed(at))
        .fetch_one(&self.pool)
        .await?;
        Ok(unsigned(count))
    }

    async fn count(&self) -> Result<Vec<Count>, StoreError> {
        let rows = sqlx::query(
            "SELECT state, doc ->> '$.order.size' AS size, count(*) AS n FROM deployments
             GROUP BY 1, 2",
        )
        .fetch_all(&self.pool)
        .await?;
        let count = |row: SqliteRow| {
            Ok(Count {
                state: serde_json::from_value(row.get::<String, _>("state").into())?,
                size: row.get("size"),
                deployments: unsigned(row.get("n")),
            })
        };
        rows.into_iter().map(count).collect()
    }

    async fn usual_seconds(&self) -> Result<Vec<(StepName, u32)>, StoreError> {
        let docs: Vec<String> = sqlx::query_scalar(
            "SELECT doc FROM deployments WHERE ready_at IS NOT NULL
             ORDER BY ready_at DESC LIMIT 50",
        )
        .fetch_all(&self.pool)
        .await?;
        let records = docs
            .iter()
            .map(|d| serde_json::from_str(d))
            .collect::<Result<Vec<Record>, _>>()?;
        Ok(super::medians(&records.iter().collect::<Vec<_>>()))
    }
}
