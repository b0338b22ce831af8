//! Whether the site has room and the pass is good, inside the transaction that makes the row.

use sqlx::Row;

use super::dialect::{Connection, DbRow};
use super::rows::{signed, unsigned};
use crate::store::{Admission, Created, DAY, Invite, Pass, Record, StoreError};

/// Uses the pass up, unless it or a quota stands in the way: then what to answer.
pub(super) async fn refuses(
    db: &mut Connection,
    record: &Record,
    admission: &Admission,
) -> Result<Option<Created>, StoreError> {
    let (quota, now) = (&admission.quota, record.created_at);
    let living = "site = $1 AND state NOT IN ('failed', 'deleted')";
    let limits = [
        (
            quota.running,
            living.to_owned(),
            None,
            Created::TooManyRunning,
        ),
        (
            quota.per_day,
            format!(
                "site = $1 AND created_at > {}",
                signed(now.saturating_sub(DAY))
            ),
            None,
            Created::TooManyToday,
        ),
        (
            quota.per_subject,
            format!("{living} AND subject = $2"),
            Some(&admission.subject),
            Created::TooManyOfSubject,
        ),
    ];
    for (limit, these, subject, refused) in limits {
        if limit == 0 {
            continue;
        }
        let count = format!("SELECT count(*) FROM deployments WHERE {these}");
        let mut count = sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(count)).bind(&record.site);
        if let Some(subject) = subject {
            count = count.bind(subject);
        }
        if unsigned(count.fetch_one(&mut *db).await?) >= u64::from(limit) {
            return Ok(Some(refused));
        }
    }
    let good = match &admission.pass {
        Pass::None => true,
        Pass::Nonce { nonce, until } => {
            sqlx::query("DELETE FROM nonces WHERE until <= $1 AND site = $2")
                .bind(signed(now))
                .bind(&record.site)
                .execute(&mut *db)
                .await?;
            let used = sqlx::query(
                "INSERT INTO nonces (site, nonce, until) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            )
            .bind(&record.site)
            .bind(nonce)
            .bind(signed(*until))
            .execute(db)
            .await?;
            used.rows_affected() == 1
        }
        Pass::Invite(hash) => {
            let used = sqlx::query(
                "UPDATE invites SET uses_left = uses_left - 1
                 WHERE hash = $1 AND site = $2 AND uses_left > 0 AND expires > $3",
            )
            .bind(hash)
            .bind(&record.site)
            .bind(signed(now))
            .execute(db)
            .await?;
            used.rows_affected() == 1
        }
    };
    Ok((!good).then_some(Created::PassUsed))
}

/// Keeps a new invitation.
pub(super) async fn add_invite(db: &mut Connection, invite: Invite) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO invites (hash, site, uses_left, expires) VALUES ($1, $2, $3, $4)")
        .bind(invite.hash)
        .bind(invite.site)
        .bind(i64::from(invite.uses_left))
        .bind(signed(invite.expires))
        .execute(db)
        .await?;
    Ok(())
}

/// The invitations, those that end last first.
pub(super) async fn invites(db: &mut Connection) -> Result<Vec<Invite>, StoreError> {
    let rows = sqlx::query("SELECT * FROM invites ORDER BY expires DESC")
        .fetch_all(db)
        .await?;
    let invite = |row: DbRow| Invite {
        hash: row.get("hash"),
        site: row.get("site"),
        uses_left: u32::try_from(row.get::<i64, _>("uses_left")).unwrap_or(0),
        expires: unsigned(row.get("expires")),
    };
    Ok(rows.into_iter().map(invite).collect())
}
