//! What single rows mean: each function is a part of somebody else's transaction.

use grid::SignedBatch;
use order::api::{Event, State};
use sqlx::Row;

use super::dialect::{Connection, LOAD};
use crate::store::{Intent, IntentChange, IntentKind, IntentState, Record, StoreError};

/// A record as it now stands, with its journal: in one statement, so both are of one moment.
pub(super) async fn load(db: &mut Connection, id: &str) -> Result<Option<Record>, StoreError> {
    let row = sqlx::query(LOAD).bind(id).fetch_optional(db).await?;
    let Some(row) = row else { return Ok(None) };
    let mut record: Record = serde_json::from_str(row.get("doc"))?;
    record.version = row.get("version");
    record.cancel = row.get("cancel");
    record.password_available = row.get("has_password");
    record.last_event = unsigned(row.get("last_event"));
    let intents: Vec<(i64, String, String, SignedBatch)> =
        serde_json::from_str(row.get("intents"))?;
    let intent = |(id, kind, state, batch): (i64, String, String, SignedBatch)| Intent {
        id,
        kind: match kind.as_str() {
            "pay" => IntentKind::Pay,
            _ => IntentKind::Cancel,
        },
        state: match state.as_str() {
            "open" => IntentState::Open,
            _ => IntentState::Included,
        },
        batch,
    };
    record.intents = intents.into_iter().map(intent).collect();
    Ok(Some(record))
}

/// What came with a key before.
pub(super) enum Before {
    /// This request: its deployment.
    Same(String),
    /// Another request.
    Another,
}

/// What came with this key before.
pub(super) async fn by_key(
    db: &mut Connection,
    site: &str,
    key: &str,
    body_hash: &str,
) -> Result<Option<Before>, StoreError> {
    let before = sqlx::query("SELECT id, body_hash FROM deployments WHERE site = $1 AND key = $2")
        .bind(site)
        .bind(key)
        .fetch_optional(db)
        .await?;
    Ok(
        before.map(|row| match row.get::<&str, _>("body_hash") == body_hash {
            true => Before::Same(row.get("id")),
            false => Before::Another,
        }),
    )
}

/// Whether somebody has the address, or had it after `quarantined_since`.
pub(super) async fn is_taken(
    db: &mut Connection,
    address: &str,
    quarantined_since: u64,
) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM deployments WHERE address = $1
         AND (state NOT IN ('failed', 'deleted') OR (ready_at IS NOT NULL AND ended_at >= $2)))",
    )
    .bind(address)
    .bind(signed(quarantined_since))
    .fetch_one(db)
    .await?)
}

/// Changes the journal of batches.
pub(super) async fn journal(
    db: &mut Connection,
    deployment: &str,
    change: IntentChange,
) -> Result<(), StoreError> {
    let (id, state) = match change {
        IntentChange::Included(id) => (id, "included"),
        IntentChange::Closed(id) => (id, "closed"),
        IntentChange::Open(kind, batch) => {
            let opened = sqlx::query(
                "INSERT INTO intents (deployment, kind, state, batch) VALUES ($1, $2, 'open', $3)",
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
    sqlx::query("UPDATE intents SET state = $1 WHERE id = $2")
        .bind(state)
        .bind(id)
        .execute(&mut *db)
        .await?;
    Ok(())
}

/// Appends an event; its number.
pub(super) async fn append(
    db: &mut Connection,
    deployment: &str,
    event: &Event,
) -> Result<u64, StoreError> {
    let number =
        sqlx::query_scalar("INSERT INTO events (deployment, doc) VALUES ($1, $2) RETURNING seq")
            .bind(deployment)
            .bind(serde_json::to_string(event)?)
            .fetch_one(&mut *db)
            .await?;
    Ok(unsigned(number))
}

/// A state as its column holds it.
pub(super) fn state_text(state: State) -> Result<String, StoreError> {
    Ok(serde_json::to_value(state)?
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

/// Milliseconds or an event number, as the databases hold it.
pub(super) fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

/// The same, read.
pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
