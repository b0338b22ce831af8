//! From SQLite to PostgreSQL: everything, once, and nothing is written to the file afterwards.

use std::path::Path;

use sqlx::{
    Connection, PgConnection, SqliteConnection,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

use super::{PostgresStore, SqliteStore, StoreError, postgres::place};
use crate::entropy::Entropy;

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Deployments, with their journal.
    pub deployments: usize,
    /// Their events.
    pub events: usize,
    /// Invitations.
    pub invites: usize,
}

/// Where a database was moved to that must not be written any more.
const MOVED: &str = "SELECT value FROM meta WHERE key = 'moved_to'";

/// Moves what is in the file to a server that has no deployments yet. The file is read and closed for
/// writing first and the server's part committed then, so that no deployment is ever in two databases
/// that are written. A copy that failed in between may be made again.
///
/// # Errors
/// When the file is no database of ours, or the server cannot be used or has deployments.
pub async fn copy(
    from: &Path,
    to: &PgConnectOptions,
    entropy: &dyn Entropy,
) -> Result<Copied, StoreError> {
    let (_, file) = SqliteStore::prepare(from, entropy).await?;
    file.close().await;
    let tables = PostgresStore::open(to, entropy).await?;
    super::Store::close(&tables).await;
    let mut from = SqliteConnection::connect_with(&existing(from)).await?;
    let mut to_all = PgConnection::connect_with(to).await?;

    let mut from = from.begin_with("BEGIN IMMEDIATE").await?;
    let mut to_all = to_all.begin().await?;
    sqlx::query("LOCK TABLE deployments IN EXCLUSIVE MODE")
        .execute(&mut *to_all)
        .await?;
    let before = moved_to(&mut from).await?;
    if let Some(before) = before.filter(|before| *before != place(to)) {
        let why = format!("was moved to {before}, and is not what stands there now");
        let place = "in the file".into();
        return Err(StoreError::Unusable { place, why });
    }
    let used = "SELECT EXISTS (SELECT 1 FROM deployments)
                OR EXISTS (SELECT 1 FROM meta WHERE key = 'server_key')";
    if sqlx::query_scalar(used).fetch_one(&mut *to_all).await? {
        return Err(StoreError::Unusable {
            place: place(to),
            why: "is in use: a service was started on it. Copy to a database that is new".into(),
        });
    }
    let copied = Copied {
        deployments: deployments(&mut from, &mut to_all).await?,
        events: events(&mut from, &mut to_all).await?,
        invites: passes(&mut from, &mut to_all).await?,
    };
    intents(&mut from, &mut to_all).await?;
    meta(&mut from, &mut to_all).await?;
    close_for_good(&mut from, &place(to)).await?;
    from.commit().await?;
    to_all.commit().await?;
    Ok(copied)
}

/// Whether there is a file with deployments that are not on the server. From one that was moved they are
/// there, unless that was interrupted: then the server has none.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn is_left_behind(path: &Path, server_is_empty: bool) -> Result<bool, StoreError> {
    if !path.exists() {
        return Ok(false);
    }
    let mut db = SqliteConnection::connect_with(&existing(path)).await?;
    let any = "SELECT EXISTS (SELECT 1 FROM deployments)";
    let has_any: bool = sqlx::query_scalar(any).fetch_one(&mut db).await?;
    Ok(has_any && (server_is_empty || moved_to(&mut db).await?.is_none()))
}

/// Where the file was moved to.
pub(super) async fn moved_to(db: &mut SqliteConnection) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar(MOVED).fetch_optional(db).await?)
}

fn existing(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
}

#[derive(sqlx::FromRow)]
struct Deployment {
    id: String,
    version: i64,
    site: String,
    subject: String,
    key: String,
    body_hash: String,
    address: String,
    state: String,
    cancel: bool,
    password: Option<Vec<u8>>,
    created_at: i64,
    ready_at: Option<i64>,
    ended_at: Option<i64>,
    doc: String,
}

async fn deployments(
    from: &mut SqliteConnection,
    to: &mut PgConnection,
) -> Result<usize, StoreError> {
    let rows: Vec<Deployment> = sqlx::query_as("SELECT * FROM deployments ORDER BY rowid")
        .fetch_all(from)
        .await?;
    let count = rows.len();
    for row in rows {
        sqlx::query("INSERT INTO leases (deployment) VALUES ($1)")
            .bind(&row.id)
            .execute(&mut *to)
            .await?;
        sqlx::query(
            "INSERT INTO deployments
             (id, version, site, subject, key, body_hash, address, state, cancel, password,
              created_at, ready_at, ended_at, doc)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind(row.id)
        .bind(row.version)
        .bind(row.site)
        .bind(row.subject)
        .bind(row.key)
        .bind(row.body_hash)
        .bind(row.address)
        .bind(row.state)
        .bind(row.cancel)
        .bind(row.password)
        .bind(row.created_at)
        .bind(row.ready_at)
        .bind(row.ended_at)
        .bind(row.doc)
        .execute(&mut *to)
        .await?;
    }
    Ok(count)
}

/// With their numbers: a page that follows a deployment goes on after the last one it saw.
async fn events(from: &mut SqliteConnection, to: &mut PgConnection) -> Result<usize, StoreError> {
    let rows: Vec<(i64, String, String)> =
        sqlx::query_as("SELECT seq, deployment, doc FROM events ORDER BY seq")
            .fetch_all(from)
            .await?;
    let count = rows.len();
    for (seq, deployment, doc) in rows {
        sqlx::query("INSERT INTO events (seq, deployment, doc) VALUES ($1, $2, $3)")
            .bind(seq)
            .bind(deployment)
            .bind(doc)
            .execute(&mut *to)
            .await?;
    }
    sqlx::query("SELECT setval(pg_get_serial_sequence('events', 'seq'), max(seq)) FROM events")
        .execute(to)
        .await?;
    Ok(count)
}

async fn intents(from: &mut SqliteConnection, to: &mut PgConnection) -> Result<(), StoreError> {
    let rows: Vec<(i64, String, String, String, String)> =
        sqlx::query_as("SELECT id, deployment, kind, state, batch FROM intents ORDER BY id")
            .fetch_all(from)
            .await?;
    for (id, deployment, kind, state, batch) in rows {
        sqlx::query(
            "INSERT INTO intents (id, deployment, kind, state, batch) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id)
        .bind(deployment)
        .bind(kind)
        .bind(state)
        .bind(batch)
        .execute(&mut *to)
        .await?;
    }
    sqlx::query("SELECT setval(pg_get_serial_sequence('intents', 'id'), max(id)) FROM intents")
        .execute(to)
        .await?;
    Ok(())
}

/// Invitations, whose number it gives, and the nonces of used tokens.
async fn passes(from: &mut SqliteConnection, to: &mut PgConnection) -> Result<usize, StoreError> {
    let nonces: Vec<(String, String, i64)> =
        sqlx::query_as("SELECT site, nonce, until FROM nonces")
            .fetch_all(&mut *from)
            .await?;
    for (site, nonce, until) in nonces {
        sqlx::query("INSERT INTO nonces (site, nonce, until) VALUES ($1, $2, $3)")
            .bind(site)
            .bind(nonce)
            .bind(until)
            .execute(&mut *to)
            .await?;
    }
    let invites: Vec<(String, String, i64, i64)> =
        sqlx::query_as("SELECT hash, site, uses_left, expires FROM invites")
            .fetch_all(from)
            .await?;
    let count = invites.len();
    for (hash, site, uses_left, expires) in invites {
        sqlx::query("INSERT INTO invites (hash, site, uses_left, expires) VALUES ($1, $2, $3, $4)")
            .bind(hash)
            .bind(site)
            .bind(uses_left)
            .bind(expires)
            .execute(&mut *to)
            .await?;
    }
    Ok(count)
}

/// The database's id comes along: contracts carry it in their marker.
async fn meta(from: &mut SqliteConnection, to: &mut PgConnection) -> Result<(), StoreError> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT key, value FROM meta WHERE key <> 'moved_to'")
            .fetch_all(from)
            .await?;
    for (key, value) in rows {
        sqlx::query(
            "INSERT INTO meta (key, value) VALUES ($1, $2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .bind(key)
        .bind(value)
        .execute(&mut *to)
        .await?;
    }
    Ok(())
}

/// A service that still runs on the file cannot write there any more, and says why.
async fn close_for_good(from: &mut SqliteConnection, to: &str) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO meta VALUES ('moved_to', $1) ON CONFLICT DO UPDATE SET value = $1")
        .bind(to)
        .execute(&mut *from)
        .await?;
    for (event, table) in [
        ("INSERT", "deployments"),
        ("UPDATE", "deployments"),
        ("INSERT", "invites"),
    ] {
        let trigger = format!(
            "CREATE TRIGGER IF NOT EXISTS moved_{event}_{table} BEFORE {event} ON {table} BEGIN
             SELECT RAISE(ABORT, 'it was moved to PostgreSQL'); END"
        );
        sqlx::query(sqlx::AssertSqlSafe(trigger))
            .execute(&mut *from)
            .await?;
    }
    Ok(())
}
