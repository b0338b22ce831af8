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
    PgConnection, PgPool, Postgres,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};

use self::dialect::CHANNEL;
use super::{Changes, Count, Created, Invite, NewDeployment, News, Record, Store, StoreError};
use crate::entropy::{Entropy, random_hex};

/// Connections of one process at most; one more listens.
const CONNECTIONS: u32 = 16;

/// Between two tries to listen again.
const AGAIN: Duration = Duration::from_secs(1);

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
        let unusable = |why: String| StoreError::Unusable {
            place: place(options),
            why,
        };
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(Duration::from_secs(5))
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
            options: options.clone(),
            database_id,
            owner: random_hex::<8>(entropy),
        })
    }

    async fn connection(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        Ok(self.pool.acquire().await?)
    }

    /// Makes a change in a transaction of its own; an error undoes it.
    async fn make<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        F: for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, StoreError>>,
    {
        let mut transaction = self.pool.begin().await?;
        let made = change(&mut transaction).await?;
        transaction.commit().await?;
        Ok(made)
    }

    /// Listens until the connection cannot be had again; what was not heard meanwhile is told as missed.
    async fn hear(&self, tell: &(dyn Fn(News) + Send + Sync)) -> Result<(), sqlx::Error> {
        let own = PgPoolOptions::new().max_connections(1);
        let mut listener =
            PgListener::connect_with(&own.connect_lazy_with(self.options.clone())).await?;
        listener.listen(CHANNEL).await?;
        loop {
            tell(News::Missed);
            while let Some(told) = listener.try_recv().await? {
                match serde_json::from_str(told.payload()) {
                    Ok(news) => tell(news),
                    Err(error) => {
                        tracing::warn!(%error, "another version tells what is not understood")
                    }
                }
            }
        }
    }
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
        let create = |new: NewDeployment| {
            self.make(|db| {
                Box::pin(async move {
                    let created = changes::create(db, new).await?;
                    if let Created::New(record) = &created {
                        leases::add(db, &record.id).await?;
                    }
                    Ok(created)
                })
            })
        };
        match create(new.clone()).await {
            // Another site's order took the address in between: it is seen now.
            Err(StoreError::Database(sqlx::Error::Database(e))) if e.is_unique_violation() => {
                create(new).await
            }
            other => other,
        }
    }

    async fn add_invite(&self, invite: Invite) -> Result<(), StoreError> {
        admission::add_invite(&mut *self.connection().await?, invite).await
    }

    async fn invites(&self) -> Result<Vec<Invite>, StoreError> {
        admission::invites(&mut *self.connection().await?).await
    }

    async fn find_key(
        &self,
        site: &str,
        key: &str,
        body_hash: &str,
    ) -> Result<Option<Created>, StoreError> {
        reads::find_key(&mut *self.connection().await?, site, key, body_hash).await
    }

    async fn address_is_taken(
        &self,
        address: &str,
        quarantined_since: u64,
    ) -> Result<bool, StoreError> {
        rows::is_taken(&mut *self.connection().await?, address, quarantined_since).await
    }

    async fn get(&self, id: &str) -> Result<Option<Record>, StoreError> {
        rows::load(&mut *self.connection().await?, id).await
    }

    async fn save(&self, record: &mut Record, changes: Changes) -> Result<(), StoreError> {
        let write = record.clone();
        *record = self
            .make(|db| Box::pin(changes::save(db, write, changes)))
            .await?;
        Ok(())
    }

    async fn request_cancel(&self, id: &str) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.make(|db| Box::pin(changes::request_cancel(db, id)))
            .await
    }

    async fn take_password(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let id = id.to_owned();
        self.make(|db| Box::pin(changes::take_password(db, id)))
            .await
    }

    async fn events(&self, id: &str, after: u64) -> Result<Vec<(u64, Event)>, StoreError> {
        reads::events(&mut *self.connection().await?, id, after).await
    }

    async fn signer_is_busy(&self) -> Result<bool, StoreError> {
        reads::signer_is_busy(&mut *self.connection().await?).await
    }

    async fn open(&self) -> Result<Vec<String>, StoreError> {
        leases::take_all(&self.pool, &self.owner).await
    }

    async fn lease(&self, id: &str) -> Result<bool, StoreError> {
        leases::take(&self.pool, &self.owner, id).await
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
        reads::list(&mut *self.connection().await?, limit).await
    }

    async fn accepted_since(&self, at: u64) -> Result<u64, StoreError> {
        reads::accepted_since(&mut *self.connection().await?, at).await
    }

    async fn count(&self) -> Result<Vec<Count>, StoreError> {
        reads::count(&mut *self.connection().await?).await
    }

    async fn usual_seconds(&self) -> Result<Vec<(StepName, u32)>, StoreError> {
        reads::usual_seconds(&mut *self.connection().await?).await
    }

    async fn is_of_key(&self, fingerprint: &str) -> Result<bool, StoreError> {
        changes::is_of_key(&mut *self.connection().await?, fingerprint.to_owned()).await
    }

    async fn close(&self) {
        // Left, they end by themselves.
        let _ = leases::give_back(&self.pool, &self.owner).await;
        self.pool.close().await;
    }
}
