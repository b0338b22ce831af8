//! Which store keeps. The only place that names one.

use std::sync::Arc;

use anyhow::ensure;

use crate::{
    config::{Config, Database},
    entropy::Entropy,
    secrets::Secrets,
    store::{PostgresStore, SqliteStore, Store, copy},
};

/// The store of a service.
///
/// # Errors
/// When it cannot be used, was made with another server key, or is empty while deployments lie in the
/// file that was used before.
pub(crate) async fn open(
    config: &Config,
    secrets: &Secrets,
    entropy: &dyn Entropy,
) -> anyhow::Result<Arc<dyn Store>> {
    let store = connect(config, entropy).await?;
    if !config.database.is_empty() {
        let (file, empty) = (config.sqlite_file(), store.count().await?.is_empty());
        ensure!(
            !copy::is_left_behind(&file, empty).await?,
            "there are deployments in {} that are not in the database that the config names: \
             `gridtube store copy` moves them; if they are not to be moved, put the file elsewhere",
            file.display()
        );
    }
    // After that: a start that is refused leaves nothing there.
    ensure!(
        store.is_of_key(&secrets.fingerprint()).await?,
        "this database was made with another server key: put the server.key that belongs to it into \
         {}; several processes on one database need the same",
        config.data_dir.display()
    );
    Ok(store)
}

/// The store of a service that ran before, for a command.
///
/// # Errors
/// When there is none.
pub(crate) async fn look(config: &Config, entropy: &dyn Entropy) -> anyhow::Result<Arc<dyn Store>> {
    if let Database::Sqlite(path) = config.database()? {
        ensure!(
            path.exists(),
            "there is no database at {}: check data_dir",
            path.display()
        );
    }
    connect(config, entropy).await
}

async fn connect(config: &Config, entropy: &dyn Entropy) -> anyhow::Result<Arc<dyn Store>> {
    Ok(match config.database()? {
        Database::Sqlite(path) => Arc::new(SqliteStore::open(&path, entropy).await?),
        Database::Postgres(options) => Arc::new(PostgresStore::open(&options, entropy).await?),
    })
}
