//! The changes: what each does inside the writer's transaction.

use sqlx::SqliteConnection;

use super::admission::refuses;
use super::rows::{Before, append, by_key, is_taken, journal, load, signed, state_text};
use crate::store::{Changes, Created, NewDeployment, Record, StoreError};

/// Accepts a deployment, unless its key or address is in use.
pub(super) async fn create(
    db: &mut SqliteConnection,
    new: NewDeployment,
) -> Result<Created, StoreError> {
    let NewDeployment {
        mut record,
        key,
        body_hash,
        quarantined_since,
        admission,
    } = new;
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
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
    Ok(Created::New(record))
}

/// Writes a record if nobody changed it since it was read; as it then stands, so that the caller goes
/// on with what is stored.
pub(super) async fn save(
    db: &mut SqliteConnection,
    record: Record,
    changes: Changes,
) -> Result<Record, StoreError> {
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
    .execute(&mut *db)
    .await?;
    let conflict = || StoreError::Conflict(record.id.clone());
    if saved.rows_affected() != 1 {
        return Err(conflict());
    }
    if let Some(password) = &changes.password {
        sqlx::query("UPDATE deployments SET password = ? WHERE id = ?")
            .bind(password)
            .bind(&record.id)
            .execute(&mut *db)
            .await?;
    }
    if record.state.is_over() {
        for forget in [
            "UPDATE deployments SET password = NULL WHERE id = ?",
            "UPDATE intents SET state = 'closed' WHERE deployment = ?",
        ] {
            sqlx::query(forget)
                .bind(&record.id)
                .execute(&mut *db)
                .await?;
        }
    }
    // After that: what the sweeper signs for a deployment that is over stays open.
    if let Some(change) = changes.intent {
        journal(db, &record.id, change).await?;
    }
    for event in &changes.events {
        append(db, &record.id, event).await?;
    }
    load(db, &record.id).await?.ok_or_else(conflict)
}

/// Asks for the end of a deployment. Whether there is such a deployment.
pub(super) async fn request_cancel(
    db: &mut SqliteConnection,
    id: String,
) -> Result<bool, StoreError> {
    let done = sqlx::query("UPDATE deployments SET cancel = 1 WHERE id = ?")
        .bind(id)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes the sealed password out.
pub(super) async fn take_password(
    db: &mut SqliteConnection,
    id: String,
) -> Result<Option<Vec<u8>>, StoreError> {
    let password: Option<Option<Vec<u8>>> =
        sqlx::query_scalar("SELECT password FROM deployments WHERE id = ?")
            .bind(&id)
            .fetch_optional(&mut *db)
            .await?;
    sqlx::query("UPDATE deployments SET password = NULL WHERE id = ?")
        .bind(&id)
        .execute(db)
        .await?;
    Ok(password.flatten())
}
