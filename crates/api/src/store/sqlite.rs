//! The store in one SQLite file: WAL, `synchronous=FULL`, made on first start.

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use order::api::{Event, State, StepName};
use sqlx::{
    Row, Sqlite, SqlitePool, Transaction,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};

use super::{
    Changes, Created, Intent, IntentChange, IntentKind, IntentState, NewDeployment, Record, Store,
    StoreError,
};
use crate::entropy::{Entropy, random_hex};

/// The SQLite store.
#[derive(Debug)]
pub struct SqliteStore {
    pool: SqlitePool,
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
            .connect_with(options)
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
        Ok(Self { pool, database_id })
    }

    /// Waits for what is being written, and closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A transaction that holds the write lock from its start: it never fails half-way for it.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn database_id(&self) -> &str {
        &self.database_id
    }

    async fn create(&self, new: NewDeployment) -> Result<Created, StoreError> {
        let mut tx = self.write().await?;
        let NewDeployment {
            mut record,
            key,
            body_hash,
            quarantined_since,
        } = new;
        if let Some(before) = by_key(&mut tx, &record.site, &key, &body_hash).await? {
            return Ok(before);
        }
        if is_taken(&mut tx, &record.address, quarantined_since).await? {
            return Ok(Created::AddressTaken);
        }
        sqlx::query(
            "INSERT INTO deployments
             (id, version, site, key, body_hash, address, state, created_at, doc)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&record.id)
        .bind(record.version)
        .bind(&record.site)
        .bind(key)
        .bind(body_hash)
        .bind(&record.address)
        .bind(state_text(record.state)?)
        .bind(signed(record.created_at))
        .bind(serde_json::to_string(&record)?)
        .execute(&mut *tx)
        .await?;
        let event = record.state_event(None, record.created_at);
        record.last_event = append(&mut tx, &record.id, &event).await?;
        tx.commit().await?;
        Ok(Created::New(record))
    }

    async fn find_key(
        &self,
        site: &str,
        key: &str,
        body_hash: &str,
    ) -> Result<Option<Created>, StoreError> {
        let mut tx = self.pool.begin().await?;
        by_key(&mut tx, site, key, body_hash).await
    }

    async fn address_is_taken(
        &self,
        address: &str,
        quarantined_since: u64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        is_taken(&mut tx, address, quarantined_since).await
    }

    async fn get(&self, id: &str) -> Result<Option<Record>, StoreError> {
        let mut tx = self.pool.begin().await?;
        load(&mut tx, id).await
    }

    async fn save(&self, record: &mut Record, changes: Changes) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let (read, written) = (record.version, record.version + 1);
        let doc = serde_json::to_string(&Record {
            version: written,
            ..record.clone()
        })?;
        let saved = sqlx::query(
            "UPDATE deployments SET version = ?, state = ?, ready_at = ?, ended_at = ?, doc = ?
             WHERE id = ? AND version = ?",
        )
        .bind(written)
        .bind(state_text(record.state)?)
        .bind(record.ready_at.map(signed))
        .bind(record.ended_at.map(signed))
        .bind(doc)
        .bind(&record.id)
        .bind(read)
        .execute(&mut *tx)
        .await?;
        if saved.rows_affected() != 1 {
            return Err(StoreError::Conflict(record.id.clone()));
        }
        if let Some(password) = &changes.password {
            sqlx::query("UPDATE deployments SET password = ? WHERE id = ?")
                .bind(password)
                .bind(&record.id)
                .execute(&mut *tx)
                .await?;
        }
        if let Some(change) = changes.intent {
            journal(&mut tx, &record.id, change).await?;
        }
        if record.state.is_over() {
            for forget in [
                "UPDATE deployments SET password = NULL WHERE id = ?",
                "UPDATE intents SET state = 'closed' WHERE deployment = ?",
            ] {
                sqlx::query(forget)
                    .bind(&record.id)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        for event in &changes.events {
            append(&mut tx, &record.id, event).await?;
        }
        // As it now stands, so that the caller goes on with what is stored.
        let now = load(&mut tx, &record.id).await?;
        tx.commit().await?;
        if let Some(now) = now {
            *record = now;
        }
        Ok(())
    }

    async fn request_cancel(&self, id: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE deployments SET cancel = 1 WHERE id = ?")
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn take_password(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut tx = self.write().await?;
        let password: Option<Option<Vec<u8>>> =
            sqlx::query_scalar("SELECT password FROM deployments WHERE id = ?")
                .bind(id)
                .fetch_optional(&mut *tx)
                .await?;
        sqlx::query("UPDATE deployments SET password = NULL WHERE id = ?")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(password.flatten())
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

    async fn open(&self) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT id FROM deployments
             WHERE state NOT IN ('ready', 'failed', 'deleted') OR (state = 'ready' AND cancel = 1)
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
            records.extend(load(&mut tx, &id).await?);
        }
        Ok(records)
    }

    async fn accepted_since(&self, at: u64) -> Result<u64, StoreError> {
        let count = sqlx::query_scalar("SELECT count(*) FROM deployments WHERE created_at >= ?")
            .bind(signed(at))
            .fetch_one(&self.pool)
            .await?;
        Ok(unsigned(count))
    }

    async fn count_by_state(&self) -> Result<Vec<(State, u64)>, StoreError> {
        let rows = sqlx::query("SELECT state, count(*) AS n FROM deployments GROUP BY state")
            .fetch_all(&self.pool)
            .await?;
        let count = |row: SqliteRow| {
            let state = serde_json::from_value(row.get::<String, _>("state").into())?;
            Ok((state, unsigned(row.get("n"))))
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

async fn load(tx: &mut Transaction<'_, Sqlite>, id: &str) -> Result<Option<Record>, StoreError> {
    let row = sqlx::query(
        "SELECT doc, version, cancel, password IS NOT NULL AS has_password,
                (SELECT coalesce(max(seq), 0) FROM events WHERE deployment = d.id) AS last_event
         FROM deployments d WHERE id = ?",
    )
    .bind(id)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut record: Record = serde_json::from_str(row.get("doc"))?;
    record.version = row.get("version");
    record.cancel = row.get("cancel");
    record.password_available = row.get("has_password");
    record.last_event = unsigned(row.get("last_event"));
    let intents = sqlx::query(
        "SELECT id, kind, state, batch FROM intents
         WHERE deployment = ? AND state <> 'closed' ORDER BY id",
    )
    .bind(id)
    .fetch_all(&mut **tx)
    .await?;
    for row in intents {
        record.intents.push(Intent {
            id: row.get("id"),
            kind: if row.get::<&str, _>("kind") == "pay" {
                IntentKind::Pay
            } else {
                IntentKind::Cancel
            },
            state: if row.get::<&str, _>("state") == "open" {
                IntentState::Open
            } else {
                IntentState::Included
            },
            batch: serde_json::from_str(row.get("batch"))?,
        });
    }
    Ok(Some(record))
}

async fn by_key(
    tx: &mut Transaction<'_, Sqlite>,
    site: &str,
    key: &str,
    body_hash: &str,
) -> Result<Option<Created>, StoreError> {
    let before = sqlx::query("SELECT id, body_hash FROM deployments WHERE site = ? AND key = ?")
        .bind(site)
        .bind(key)
        .fetch_optional(&mut **tx)
        .await?;
    let Some(before) = before else {
        return Ok(None);
    };
    if before.get::<&str, _>("body_hash") != body_hash {
        return Ok(Some(Created::KeyReused));
    }
    Ok(load(tx, before.get("id")).await?.map(Created::Again))
}

async fn is_taken(
    tx: &mut Transaction<'_, Sqlite>,
    address: &str,
    quarantined_since: u64,
) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM deployments WHERE address = ?
         AND (state NOT IN ('failed', 'deleted') OR (ready_at IS NOT NULL AND ended_at >= ?)))",
    )
    .bind(address)
    .bind(signed(quarantined_since))
    .fetch_one(&mut **tx)
    .await?)
}

async fn journal(
    tx: &mut Transaction<'_, Sqlite>,
    deployment: &str,
    change: IntentChange,
) -> Result<(), StoreError> {
    let (id, state) = match change {
        IntentChange::Included(id) => (id, "included"),
        IntentChange::Closed(id) => (id, "closed"),
        IntentChange::Open(kind, batch) => {
            let opened = sqlx::query(
                "INSERT INTO intents (deployment, kind, state, batch) VALUES (?, ?, 'open', ?)",
            )
            .bind(deployment)
            .bind(kind.as_str())
            .bind(serde_json::to_string(&batch)?)
            .execute(&mut **tx)
            .await;
            return match opened {
                Ok(_) => Ok(()),
                Err(sqlx::Error::Database(e)) if e.is_unique_violation() => {
                    Err(StoreError::SignerBusy)
                }
                Err(e) => Err(e.into()),
            };
        }
    };
    sqlx::query("UPDATE intents SET state = ? WHERE id = ?")
        .bind(state)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn append(
    tx: &mut Transaction<'_, Sqlite>,
    deployment: &str,
    event: &Event,
) -> Result<u64, StoreError> {
    let done = sqlx::query("INSERT INTO events (deployment, doc) VALUES (?, ?)")
        .bind(deployment)
        .bind(serde_json::to_string(event)?)
        .execute(&mut **tx)
        .await?;
    Ok(unsigned(done.last_insert_rowid()))
}

fn state_text(state: State) -> Result<String, StoreError> {
    Ok(serde_json::to_value(state)?
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
