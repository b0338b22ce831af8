//! The store on a PostgreSQL server, for several processes: each works on the deployments that it has
//! a lease on, and all hear what the others write.

mod dialect;
mod leases;

// One source for both databases, read with the names of this one's dialect.
#[allow(clippy::duplicate_mod)]
#[path = "../sql/admission.rs"]
mod admission;
#[allow(clippy::duplicate_mod)]
#[path = "../sql/changes.rs"]
mod changes;
#[allow(clippy::duplicate_mod)]
#[path = "../sql/reads.rs"]
mod reads;
#[allow(clippy::duplicate_mod)]
#[path = "../sql/rows.rs"]
mod rows;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use order::api::{Event, StepName};
use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::time::timeout;

use self::dialect::CHANNEL;
use super::{Changes, Count, Created, Invite, NewDeployment, News, Record, Store, StoreError};
use crate::entropy::{Entropy, random_hex};

/// Connections of one process at most; one more listens.
const CONNECTIONS: u32 = 16;

/// Between two tries to listen again.
const AGAIN: Duration = Duration::from_secs(1);

/// A server that does not answer for so long is gone, though nothing says so: a machine without power
/// hangs up on nobody.
const SILENT: Duration = Duration::from_secs(20);

/// After so long without news the server is asked whether it is there.
const NO_NEWS: Duration = Duration::from_secs(60);

/// Asks on a connection of the pool. One on which no answer comes is not used again.
macro_rules! ask {
    ($store:ident, |$db:ident| $question:expr) => {{
        let mut connection = $store.pool.acquire().await?;
        let $db: &mut PgConnection = &mut connection;
        let answer = timeout(SILENT, $question).await;
        answer.unwrap_or_else(|_| {
            connection.close_on_drop();
            Err(StoreError::Silent)
        })
    }};
}

/// The PostgreSQL store. Not to be printed: the options hold the password.
pub struct PostgresStore {
    pool: PgPool,
    options: PgConnectOptions,
    database_id: String,
    /// What this process is called in leases: new at each start, so that it never takes itself for
    /// the one that died.
    owner: String,
}

impl PostgresStore {
    /// Connects, and makes the tables when there are none.
    ///
    /// # Errors
    /// When the server cannot be reached or used.
    pub async fn open(
        options: &PgConnectOptions,
        entropy: &dyn Entropy,
    ) -> Result<Self, StoreError> {
        let owner = random_hex::<8>(entropy);
        // What this process tells others carries this name: it needs not hear it itself.
        let options = options.clone().application_name(&owner);
        let unusable = |why: String| StoreError::Unusable {
            place: place(&options),
            why,
        };
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(Duration::from_secs(5))
            .after_connect(|connection, _| Box::pin(end_when_idle(connection)))
            .connect_with(options.clone())
            .await
            .map_err(|e| unusable(format!("cannot be used ({e}): check `database`")))?;
        sqlx::migrate!("migrations/postgres")
            .run(&pool)
            .await
            .map_err(|e| unusable(format!("cannot be brought to this version: {e}")))?;
        sqlx::query("INSERT INTO meta VALUES ('database_id', $1) ON CONFLICT DO NOTHING")
            .bind(random_hex::<8>(entropy))
            .execute(&pool)
            .await?;
        let database_id = sqlx::query_scalar("SELECT value FROM meta WHERE key = 'database_id'")
            .fetch_one(&pool)
            .await?;
        Ok(Self {
            pool,
            options,
            database_id,
            owner,
        })
    }

    /// Listens until the connection cannot be had again; what was not heard meanwhile is told as missed.
    async fn hear(&self, tell: &(dyn Fn(News) + Send + Sync)) -> Result<(), sqlx::Error> {
        let own = PgPoolOptions::new().max_connections(1);
        let own = own.connect_lazy_with(self.options.clone());
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(CHANNEL).await?;
        tell(News::Missed);
        loop {
            let Ok(told) = timeout(NO_NEWS, listener.try_recv()).await else {
                let there = timeout(SILENT, sqlx::query("SELECT 1").execute(&mut listener));
                there.await.map_err(|_| sqlx::Error::PoolTimedOut)??;
                continue;
            };
            match told?.as_ref().map(|told| heard(told.payload())) {
                Some(Some((by, _))) if by == self.owner => {}
                Some(Some((_, news))) => tell(news),
                Some(None) => tracing::warn!("another version tells what is not understood"),
                // The connection was lost, and is there again.
                None => tell(News::Missed),
            }
        }
    }
}

/// Who tells, and what.
fn heard(payload: &str) -> Option<(&str, News)> {
    let (by, news) = payload.split_once(' ')?;
    Some((by, serde_json::from_str(news).ok()?))
}

/// Makes a change in a transaction of its own; an error undoes it.
async fn change<T, F>(db: &mut PgConnection, change: F) -> Result<T, StoreError>
where
    F: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, StoreError>>,
{
    let mut transaction = db.begin().await?;
    let made = change(&mut transaction).await?;
    transaction.commit().await?;
    Ok(made)
}

/// A process that stands still in the middle of a transaction holds its rows against all others: the
/// server ends it, and the process finds out when it goes on.
async fn end_when_idle(db: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT set_config('idle_in_transaction_session_timeout', $1, false)")
        .bind(SILENT.as_millis().to_string())
        .execute(db)
        .await?;
    Ok(())
}

/// The server and the database, without a password.
pub(super) fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or("(default)");
    format!(
        "{database} on {}:{}",
        options.get_host(),
        options.get_port()
    )
}

#[async_trait]
impl Store for PostgresStore {
    fn database_id(&self) -> &str {
        &self.database_id
    }

    async fn create(&self, new: NewDeployment) -> Result<Created, StoreError> {
        let create =
            async |new: NewDeployment| ask!(self, |db| change(db, |db| Box::pin(create(db, new))));
        match create(new.clone()).await {
            // Another site's order took the address in between: it is seen now.
            Err(StoreError::Database(sqlx::Error::Database(e))) if e.is_unique_violation() => {
                create(new).await
            }
            other => other,
        }
    }

    async fn add_invite(&self, invite: Invite) -> Result<(), StoreError> {
        ask!(self, |db| admission::add_invite(db, invite))
    }

    async fn invites(&self) -> Result<Vec<Invite>, StoreError> {
        ask!(self, |db| admission::invites(db))
    }

    async fn is_invited(&self, site: &str, hash: &str, now: u64) -> Result<bool, StoreError> {
        ask!(self, |db| reads::is_invited(db, site, hash, now))
    }

    async fn find_key(
        &self,
        site: &str,
        key: &str,
        body_hash: &str,
    ) -> Result<Option<Created>, StoreError> {
        ask!(self, |db| reads::find_key(db, site, key, body_hash))
    }

    async fn address_is_taken(
        &self,
        address: &str,
        quarantined_since: u64,
    ) -> Result<bool, StoreError> {
        ask!(self, |db| rows::is_taken(db, address, quarantined_since))
    }

    async fn get(&self, id: &str) -> Result<Option<Record>, StoreError> {
        ask!(self, |db| rows::load(db, id))
    }

    async fn save(&self, record: &mut Record, changes: Changes) -> Result<(), StoreError> {
        let write = record.clone();
        *record = ask!(self, |db| change(db, |db| {
            Box::pin(changes::save(db, write, changes))
        }))?;
        Ok(())
    }

    async fn request_cancel(&self, id: &str) -> Result<bool, StoreError> {
        let id = id.to_owned();
        ask!(self, |db| change(db, |db| {
            Box::pin(changes::request_cancel(db, id))
        }))
    }

    async fn take_password(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let id = id.to_owned();
        ask!(self, |db| change(db, |db| {
            Box::pin(changes::take_password(db, id))
        }))
    }

    async fn events(&self, id: &str, after: u64) -> Result<Vec<(u64, Event)>, StoreError> {
        ask!(self, |db| reads::events(db, id, after))
    }

    async fn signer_is_busy(&self) -> Result<bool, StoreError> {
        ask!(self, |db| reads::signer_is_busy(db))
    }

    async fn open(&self) -> Result<Vec<String>, StoreError> {
        ask!(self, |db| leases::take_all(db, &self.owner))
    }

    async fn lease(&self, id: &str) -> Result<bool, StoreError> {
        ask!(self, |db| leases::take(db, &self.owner, id))
    }

    async fn listen(&self, tell: &(dyn Fn(News) + Send + Sync)) {
        loop {
            if let Err(error) = self.hear(tell).await {
                tracing::warn!(%error, "cannot hear what other processes write; trying again");
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn list(&self, limit: u32) -> Result<Vec<Record>, StoreError> {
        ask!(self, |db| reads::list(db, limit))
    }

    async fn accepted_since(&self, at: u64) -> Result<u64, StoreError> {
        ask!(self, |db| reads::accepted_since(db, at))
    }

    async fn count(&self) -> Result<Vec<Count>, StoreError> {
        ask!(self, |db| reads::count(db))
    }

    async fn usual_seconds(&self) -> Result<Vec<(StepName, u32)>, StoreError> {
        ask!(self, |db| reads::usual_seconds(db))
    }

    async fn is_of_key(&self, fingerprint: &str) -> Result<bool, StoreError> {
        ask!(self, |db| changes::is_of_key(db, fingerprint.to_owned()))
    }

    async fn close(&self) {
        // Left, they end by themselves; and a server that is gone is not waited for.
        let back = async { ask!(self, |db| leases::give_back(db, &self.owner)) };
        let _ = back.await;
        let _ = timeout(SILENT, self.pool.close()).await;
    }
}

/// Accepts a deployment, with a lease that nobody has.
async fn create(db: &mut PgConnection, new: NewDeployment) -> Result<Created, StoreError> {
    let created = changes::create(db, new).await?;
    if let Created::New(record) = &created {
        leases::add(db, &record.id).await?;
    }
    Ok(created)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;
    use harness::postgres::Postgres;

    #[tokio::test]
    async fn a_transaction_in_which_nothing_happens_has_twenty_seconds() {
        let Some(server) = Postgres::start().await.unwrap() else {
            return;
        };
        let url = server.database("idle").await.unwrap();
        let store = PostgresStore::open(&url.parse().unwrap(), &OsEntropy).await;
        let mut transaction = store.unwrap().pool.begin().await.unwrap();
        let set: String = sqlx::query_scalar("SHOW idle_in_transaction_session_timeout")
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        assert_eq!(set, "20s");
    }
}
