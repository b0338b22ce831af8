//! The changes: what each does inside a transaction of its own.

use super::admission::refuses;
use super::dialect::{Connection, lock_site, tell};
use super::rows::{Before, append, by_key, is_taken, journal, load, signed, state_text};
use crate::store::{Changes, Created, IntentChange, NewDeployment, News, Record, StoreError};

/// Accepts a deployment, unless its key or address is in use.
pub(super) async fn create(db: &mut Connection, new: NewDeployment) -> Result<Created, StoreError> {
    let NewDeployment {
        mut record,
        key,
        body_hash,
        quarantined_since,
        admission,
    } = new;
    lock_site(db, &record.site).await?;
    match by_key(&mut *db, &record.site, &key, &body_hash).await? {
        None => {}
        Some(Before::Another) => return Ok(Created::KeyReused),
        Some(Before::Same(id)) => {
            let again = load(&mut *db, &id).await?;
            return again.map(Created::Again).ok_or(StoreError::Conflict(id));
        }
    }
    if is_taken(&mut *db, &record.address, quarantined_since).await? {
        return Ok(Created::AddressTaken);
    }
    if let Some(refused) = refuses(db, &record, &admission).await? {
        return Ok(refused);
    }
    sqlx::query(
        "INSERT INTO deployments
         (id, version, site, key, body_hash, address, state, created_at, doc, subject)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
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
    .bind(admission.subject)
    .execute(&mut *db)
    .await?;
    let event = record.state_event(None, record.created_at);
    record.last_event = append(db, &record.id, &event).await?;
    tell(db, &News::Wanted(record.id.clone())).await?;
    Ok(Created::New(record))
}

/// Writes a record if nobody changed it since it was read; as it then stands, so that the caller goes
/// on with what is stored.
pub(super) async fn save(
    db: &mut Connection,
    record: Record,
    changes: Changes,
) -> Result<Record, StoreError> {
    let (read, written) = (record.version, record.version + 1);
    let doc = serde_json::to_string(&Record {
        version: written,
        ..record.clone()
    })?;
    let saved = sqlx::query(
        "UPDATE deployments SET version = $1, state = $2, ready_at = $3, ended_at = $4, doc = $5
         WHERE id = $6 AND version = $7",
    )
    .bind(written)
    .bind(state_text(record.state)?)
    .bind(record.ready_at.map(signed))
    .bind(record.ended_at.map(signed))
    .bind(doc)
    .bind(&record.id)
    .bind(read)
    .execute(&mut *db)
    .await?;
    let conflict = || StoreError::Conflict(record.id.clone());
    if saved.rows_affected() != 1 {
        return Err(conflict());
    }
    if let Some(password) = &changes.password {
        sqlx::query("UPDATE deployments SET password = $1 WHERE id = $2")
            .bind(password)
            .bind(&record.id)
            .execute(&mut *db)
            .await?;
    }
    if record.state.is_over() {
        for forget in [
            "UPDATE deployments SET password = NULL WHERE id = $1",
            "UPDATE intents SET state = 'closed' WHERE deployment = $1",
        ] {
            sqlx::query(forget)
                .bind(&record.id)
                .execute(&mut *db)
                .await?;
        }
    }
    // After that: what the sweeper signs for a deployment that is over stays open.
    if let Some(change) = changes.intent {
        let frees = !matches!(change, IntentChange::Open(..));
        journal(db, &record.id, change).await?;
        if frees {
            tell(db, &News::SignerFree).await?;
        }
    }
    for event in &changes.events {
        append(db, &record.id, event).await?;
    }
    tell(db, &News::Changed(record.id.clone())).await?;
    load(db, &record.id).await?.ok_or_else(conflict)
}

/// Asks for the end of a deployment. Whether there is such a deployment.
pub(super) async fn request_cancel(db: &mut Connection, id: String) -> Result<bool, StoreError> {
    let done = sqlx::query("UPDATE deployments SET cancel = TRUE WHERE id = $1")
        .bind(&id)
        .execute(&mut *db)
        .await?;
    tell(db, &News::Wanted(id)).await?;
    Ok(done.rows_affected() == 1)
}

/// Takes the sealed password out: of two at once, one gets it.
pub(super) async fn take_password(
    db: &mut Connection,
    id: String,
) -> Result<Option<Vec<u8>>, StoreError> {
    let password: Option<Option<Vec<u8>>> =
        sqlx::query_scalar("SELECT password FROM deployments WHERE id = $1")
            .bind(&id)
            .fetch_optional(&mut *db)
            .await?;
    let Some(password) = password.flatten() else {
        return Ok(None);
    };
    let taken =
        sqlx::query("UPDATE deployments SET password = NULL WHERE id = $1 AND password = $2")
            .bind(&id)
            .bind(&password)
            .execute(db)
            .await?;
    Ok((taken.rows_affected() == 1).then_some(password))
}

/// Keeps the fingerprint of the first server key that comes; whether it was this one.
pub(super) async fn is_of_key(
    db: &mut Connection,
    fingerprint: String,
) -> Result<bool, StoreError> {
    sqlx::query("INSERT INTO meta (key, value) VALUES ('server_key', $1) ON CONFLICT DO NOTHING")
        .bind(&fingerprint)
        .execute(&mut *db)
        .await?;
    let kept: String = sqlx::query_scalar("SELECT value FROM meta WHERE key = 'server_key'")
        .fetch_one(db)
        .await?;
    Ok(kept == fingerprint)
}
