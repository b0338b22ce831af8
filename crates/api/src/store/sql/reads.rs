//! The questions that change nothing.

use order::api::{Event, StepName};
use sqlx::Row;

use super::dialect::{ACCEPTED_SINCE, COUNT, Connection, DbRow};
use super::rows::{Before, by_key, load, signed, unsigned};
use crate::store::{Count, Created, Record, StoreError, medians};

/// What a repeated request was answered.
pub(super) async fn find_key(
    db: &mut Connection,
    site: &str,
    key: &str,
    body_hash: &str,
) -> Result<Option<Created>, StoreError> {
    Ok(match by_key(db, site, key, body_hash).await? {
        None => None,
        Some(Before::Another) => Some(Created::KeyReused),
        Some(Before::Same(id)) => load(db, &id).await?.map(Created::Again),
    })
}

/// Whether the invitation could be used now.
pub(super) async fn is_invited(
    db: &mut Connection,
    site: &str,
    hash: &str,
    now: u64,
) -> Result<bool, StoreError> {
    let usable = "SELECT EXISTS (SELECT 1 FROM invites
                  WHERE hash = $1 AND site = $2 AND uses_left > 0 AND expires > $3)";
    let usable = sqlx::query_scalar(usable).bind(hash).bind(site);
    Ok(usable.bind(signed(now)).fetch_one(db).await?)
}

/// Events of a deployment after this number, oldest first.
pub(super) async fn events(
    db: &mut Connection,
    id: &str,
    after: u64,
) -> Result<Vec<(u64, Event)>, StoreError> {
    let rows = sqlx::query(
        "SELECT seq, doc FROM events WHERE deployment = $1 AND seq > $2 ORDER BY seq LIMIT 500",
    )
    .bind(id)
    .bind(signed(after))
    .fetch_all(db)
    .await?;
    let event = |row: DbRow| {
        Ok((
            unsigned(row.get("seq")),
            serde_json::from_str(row.get("doc"))?,
        ))
    };
    rows.into_iter().map(event).collect()
}

/// Whether a batch is on its way.
pub(super) async fn signer_is_busy(db: &mut Connection) -> Result<bool, StoreError> {
    let busy = "SELECT EXISTS (SELECT 1 FROM intents WHERE state = 'open')";
    Ok(sqlx::query_scalar(busy).fetch_one(db).await?)
}

/// The newest records.
pub(super) async fn list(db: &mut Connection, limit: u32) -> Result<Vec<Record>, StoreError> {
    let ids: Vec<String> =
        sqlx::query_scalar("SELECT id FROM deployments ORDER BY created_at DESC LIMIT $1")
            .bind(i64::from(limit))
            .fetch_all(&mut *db)
            .await?;
    let mut records = Vec::with_capacity(ids.len());
    for id in ids {
        records.extend(load(db, &id).await?);
    }
    Ok(records)
}

/// How many deployments were accepted since this time, milliseconds since 1970.
pub(super) async fn accepted_since(db: &mut Connection, at: u64) -> Result<u64, StoreError> {
    let count = sqlx::query_scalar(ACCEPTED_SINCE).bind(signed(at));
    Ok(unsigned(count.fetch_one(db).await?))
}

/// How many deployments of each size there are in each state.
pub(super) async fn count(db: &mut Connection) -> Result<Vec<Count>, StoreError> {
    let count = |row: DbRow| {
        Ok(Count {
            state: serde_json::from_value(row.get::<String, _>("state").into())?,
            size: row.get("size"),
            deployments: unsigned(row.get("n")),
        })
    };
    let rows = sqlx::query(COUNT).fetch_all(db).await?;
    rows.into_iter().map(count).collect()
}

/// How long each step took in the last deployments that got ready.
pub(super) async fn usual_seconds(db: &mut Connection) -> Result<Vec<(StepName, u32)>, StoreError> {
    let docs: Vec<String> = sqlx::query_scalar(
        "SELECT doc FROM deployments WHERE ready_at IS NOT NULL ORDER BY ready_at DESC LIMIT 50",
    )
    .fetch_all(db)
    .await?;
    let records = docs.iter().map(|doc| serde_json::from_str(doc));
    let records = records.collect::<Result<Vec<Record>, _>>()?;
    Ok(medians(&records.iter().collect::<Vec<_>>()))
}
