//! What SQLite says in its own way. The same names stand in PostgreSQL's.

use sqlx::{SqliteConnection, sqlite::SqliteRow};

use crate::store::{News, StoreError};

pub(super) type Connection = SqliteConnection;
pub(super) type DbRow = SqliteRow;

/// A record with its journal: in one statement, so both are of one moment.
pub(super) const LOAD: &str = "
    SELECT doc, version, cancel, password IS NOT NULL AS has_password,
           (SELECT coalesce(max(seq), 0) FROM events WHERE deployment = d.id) AS last_event,
           (SELECT json_group_array(json_array(id, kind, state, json(batch)) ORDER BY id)
            FROM intents WHERE deployment = d.id AND state <> 'closed') AS intents
    FROM deployments d WHERE id = $1";

/// Rows are numbered as they come and never deleted: to count them would take longer with each.
pub(super) const ACCEPTED_SINCE: &str = "
    SELECT coalesce((SELECT max(rowid) FROM deployments) + 1 - (SELECT rowid FROM deployments
           WHERE created_at >= $1 ORDER BY created_at LIMIT 1), 0)";

pub(super) const COUNT: &str = "
    SELECT state, doc ->> '$.order.size' AS size, count(*) AS n FROM deployments GROUP BY 1, 2";

/// There is one writer: nobody else is in the middle of anything.
pub(super) async fn lock_site(_: &mut Connection, _site: &str) -> Result<(), StoreError> {
    Ok(())
}

/// There is one process: it knows.
pub(super) async fn tell(_: &mut Connection, _: &News) -> Result<(), StoreError> {
    Ok(())
}
