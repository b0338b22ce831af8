//! Where deployments are kept.

use std::path::PathBuf;

use sqlx::postgres::PgConnectOptions;
use url::Url;

use super::{Config, ConfigError};
use crate::secrets::read_secret;

/// Where a config says that deployments are kept. Not to be printed: it holds the password.
pub enum Database {
    /// A file, for one process.
    Sqlite(PathBuf),
    /// A server, for several.
    Postgres(Box<PgConnectOptions>),
}

impl Config {
    /// The SQLite file in `data_dir`, used or not.
    pub fn sqlite_file(&self) -> PathBuf {
        self.data_dir.join("gridtube.sqlite3")
    }

    /// Where deployments are kept; reads the password's file.
    ///
    /// # Errors
    /// When that file cannot be used.
    pub fn database(&self) -> Result<Database, ConfigError> {
        if self.database.is_empty() {
            return Ok(Database::Sqlite(self.sqlite_file()));
        }
        let mut options: PgConnectOptions = self.database.parse().map_err(wrong)?;
        if !self.database_password_file.as_os_str().is_empty() {
            let password = read_secret(&self.database_password_file).map_err(wrong)?;
            options = options.password(password.trim());
        }
        Ok(Database::Postgres(Box::new(options)))
    }

    pub(super) fn check_database(&self) -> Result<(), ConfigError> {
        if self.database.is_empty() {
            return Ok(());
        }
        let url = Url::parse(&self.database).map_err(wrong)?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(wrong(
                "write postgres://user@host/database, or nothing for SQLite",
            ));
        }
        if url.password().is_some() || url.query_pairs().any(|(key, _)| key == "password") {
            return Err(wrong(
                "keep the password in a file, `database_password_file`",
            ));
        }
        Ok(())
    }
}

fn wrong(why: impl std::fmt::Display) -> ConfigError {
    ConfigError::Value(format!("database: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_stands_in_a_file_or_nowhere() {
        let config = |text: &str| Config::parse(&format!("database = {text:?}"));
        for good in [
            "",
            "postgres://gridtube@db.example/gridtube",
            "postgresql://gridtube@localhost/gridtube?host=/run/postgresql&sslmode=disable",
        ] {
            assert!(config(good).is_ok(), "{good}");
        }
        for bad in [
            "gridtube.sqlite3",
            "mysql://gridtube@db.example/gridtube",
            "postgres://gridtube:hunter2@db.example/gridtube",
            "postgres://gridtube@db.example/gridtube?password=hunter2",
        ] {
            let why = config(bad).expect_err("refused").to_string();
            assert!(
                why.starts_with("the config file is wrong: database: "),
                "{why}"
            );
            assert!(!why.contains("hunter2"), "{why}");
        }
    }
}
