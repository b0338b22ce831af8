//! Which process works on which deployment. Times are the server's: processes' clocks may differ.

use sqlx::PgConnection;

use crate::store::{LEASE_SECONDS, StoreError};

/// Takes or keeps a lease on everything there is to do that nobody else has; oldest first. Rows that
/// somebody else is just taking are passed over, so nobody waits and nobody gets in anybody's way.
pub(super) async fn take_all(
    db: &mut PgConnection,
    owner: &str,
) -> Result<Vec<String>, StoreError> {
    let mut taken: Vec<(i64, String)> = sqlx::query_as(
        "WITH free AS (
             SELECT l.deployment, d.created_at FROM leases l JOIN deployments d ON d.id = l.deployment
             WHERE (d.state NOT IN ('ready', 'failed', 'deleted') OR (d.state = 'ready' AND d.cancel)
                    OR d.id IN (SELECT deployment FROM intents WHERE state = 'open'))
               AND (l.owner = $1 OR l.until < now())
             FOR UPDATE OF l SKIP LOCKED)
         UPDATE leases l SET owner = $1, until = now() + make_interval(secs => $2)
         FROM free WHERE l.deployment = free.deployment
         RETURNING free.created_at, free.deployment",
    )
    .bind(owner)
    .bind(LEASE_SECONDS)
    .fetch_all(db)
    .await?;
    taken.sort_unstable();
    Ok(taken.into_iter().map(|(_, id)| id).collect())
}

/// Takes or keeps the lease on one deployment, unless somebody else has it.
pub(super) async fn take(db: &mut PgConnection, owner: &str, id: &str) -> Result<bool, StoreError> {
    let taken = sqlx::query(
        "UPDATE leases SET owner = $1, until = now() + make_interval(secs => $2)
         WHERE deployment = $3 AND (owner = $1 OR until < now())",
    )
    .bind(owner)
    .bind(LEASE_SECONDS)
    .bind(id)
    .execute(db)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// A deployment that nobody has yet.
pub(super) async fn add(db: &mut PgConnection, id: &str) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO leases (deployment) VALUES ($1)")
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Others need not wait until they end.
pub(super) async fn give_back(db: &mut PgConnection, owner: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE leases SET until = '-infinity' WHERE owner = $1")
        .bind(owner)
        .execute(db)
        .await?;
    Ok(())
}
