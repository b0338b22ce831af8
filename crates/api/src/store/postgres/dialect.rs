//! What PostgreSQL says in its own way. The same names stand in SQLite's.

use sqlx::{PgConnection, postgres::PgRow};

use crate::store::{News, StoreError};

pub(super) type Connection = PgConnection;
pub(super) type DbRow = PgRow;

/// A record with its journal: in one statement, so both are of one moment.
pub(super) const LOAD: &str = "
    SELECT doc, version, cancel, password IS NOT NULL AS has_password,
           (SELECT coalesce(max(seq), 0) FROM events WHERE deployment = d.id) AS last_event,
           (SELECT coalesce(json_agg(json_build_array(id, kind, state, batch::json) ORDER BY id), '[]')
            FROM intents WHERE deployment = d.id AND state <> 'closed')::text AS intents
    FROM deployments d WHERE id = $1";

pub(super) const ACCEPTED_SINCE: &str = "SELECT count(*) FROM deployments WHERE created_at >= $1";

pub(super) const COUNT: &str = "
    SELECT state, doc::json #>> '{order,size}' AS size, count(*) AS n FROM deployments GROUP BY 1, 2";

/// The channel on which processes tell each other what they wrote.
pub(super) const CHANNEL: &str = "gridtube";

/// One order of a site at a time: what it may have is counted, and then used.
pub(super) async fn lock_site(db: &mut Connection, site: &str) -> Result<(), StoreError> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(site)
        .execute(db)
        .await?;
    Ok(())
}

/// Told when, and only if, the transaction is committed; with the name of who tells.
pub(super) async fn tell(db: &mut Connection, news: &News) -> Result<(), StoreError> {
    sqlx::query("SELECT pg_notify($1, current_setting('application_name') || ' ' || $2)")
        .bind(CHANNEL)
        .bind(serde_json::to_string(news)?)
        .execute(db)
        .await?;
    Ok(())
}
