//! What single rows mean: each function is a part of somebody else's transaction.

use order::api::{Event, State};
use sqlx::{Row, SqliteConnection};

use crate::store::{Created, Intent, IntentChange, IntentKind, IntentState, Record, StoreError};

/// A record as it now stands, with its journal.
pub(super) async fn load(
    db: &mut SqliteConnection,
    id: &str,
) -> Result<Option<Record>, StoreError> {
    let row = sqlx::query(
        "SELECT doc, version, cancel, password IS NOT NULL AS has_password,
                (SELECT coalesce(max(seq), 0) FROM events WHERE deployment = d.id) AS last_event
         FROM deployments d WHERE id = ?",
    )
    .bind(id)
    .fetch_optional(&mut *db)
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
    .fetch_all(&mut *db)
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

/// What a request with this key was answered.
pub(super) async fn by_key(
    db: &mut SqliteConnection,
    site: &str,
    key: &str,
    body_hash: &str,
) -> Result<Option<Created>, StoreError> {
    let before = sqlx::query("SELECT id, body_hash FROM deployments WHERE site = ? AND key = ?")
        .bind(site)
        .bind(key)
        .fetch_optional(&mut *db)
        .await?;
    let Some(before) = before else {
        return Ok(None);
    };
    if before.get::<&str, _>("body_hash") != body_hash {
        return Ok(Some(Created::KeyReused));
    }
    Ok(load(db, before.get("id")).await?.map(Created::Again))
}

/// Whether somebody has the address, or had it after `quarantined_since`.
pub(super) async fn is_taken(
    db: &mut SqliteConnection,
    address: &str,
    quarantined_since: u64,
) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM deployments WHERE address = ?
         AND (state NOT IN ('failed', 'deleted') OR (ready_at IS NOT NULL AND ended_at >= ?)))",
    )
    .bind(address)
    .bind(signed(quarantined_since))
    .fetch_one(&mut *db)
    .await?)
}

/// Changes the journal of batches.
pub(super) async fn journal(
    db: &mut SqliteConnection,
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
            .execute(&mut *db)
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
        .execute(&mut *db)
        .await?;
    Ok(())
}

/// Appends an event; its number.
pub(super) async fn append(
    db: &mut SqliteConnection,
    deployment: &str,
    event: &Event,
) -> Result<u64, StoreError> {
    let done = sqlx::query("INSERT INTO events (deployment, doc) VALUES (?, ?)")
        .bind(deployment)
        .bind(serde_json::to_string(event)?)
        .execute(&mut *db)
        .await?;
    Ok(unsigned(done.last_insert_rowid()))
}

/// A state as its column holds it.
pub(super) fn state_text(state: State) -> Result<String, StoreError> {
    Ok(serde_json::to_value(state)?
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

/// Milliseconds or an event number, as SQLite holds it.
pub(super) fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

/// The same, read.
pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
