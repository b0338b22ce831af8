//! The machine around the service gives trouble: no room on the disk, a database that somebody holds.
//! It says so in clear words, answers 503, and goes on when the trouble is over: nothing is lost.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use harness::{
    client::{self, ApiClient},
    gridtube::{Gridtube, Home, QUICK, Settings},
};
use serde_json::Value;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::process::Command;

const KEY: &str = "the-key-of-this-order";

/// The order is refused for now, in words that are the same for whatever reason.
async fn is_refused_for_now(client: &ApiClient, name: &str) -> anyhow::Result<()> {
    let (status, problem) = client.post(KEY, &client::order(name)).await?;
    assert_eq!(status.as_u16(), 503, "{problem}");
    assert_eq!(problem["type"], "/problems/unavailable", "{problem}");
    assert_eq!(problem["retryable"], true);
    let text = problem.to_string();
    assert!(!text.contains("sqlite") && !text.contains("disk"), "{text}");
    Ok(())
}

/// The same order is accepted now, deployed and paid once.
async fn is_deployed(client: &ApiClient, name: &str) -> anyhow::Result<()> {
    let (status, made) = client.post(KEY, &client::order(name)).await?;
    assert_eq!(status.as_u16(), 202, "{made}");
    let text = |key: &str| made[key].as_str().unwrap().to_owned();
    let access = client::Access {
        id: text("id"),
        capability: text("capability"),
    };
    client.until(&access, "ready").await?;
    Ok(())
}

async fn paid(client: &ApiClient) -> anyhow::Result<Value> {
    Ok(client.ledger().await?["nonce"].clone())
}

/// No file of the process may be longer than this.
async fn limit_files(service: &Gridtube, bytes: &str) -> anyhow::Result<()> {
    let pid = service.id().unwrap().to_string();
    let mut prlimit = Command::new("prlimit");
    prlimit.args(["--pid", &pid, &format!("--fsize={bytes}")]);
    assert!(prlimit.status().await?.success());
    Ok(())
}

#[tokio::test]
async fn a_disk_without_room_is_said_and_nothing_is_lost() -> anyhow::Result<()> {
    let mut home = Home::new(Settings {
        devgrid: QUICK.into(),
        // Writing too much is an error then, and not a signal that kills.
        before: "trap '' XFSZ".into(),
        ..Settings::default()
    })?;
    let service = home.start().await?;
    let client = ApiClient::new(&service)?;
    limit_files(&service, "8192:unlimited").await?;
    is_refused_for_now(&client, "my-club").await?;
    limit_files(&service, "unlimited").await?;

    is_deployed(&client, "my-club").await?;
    assert_eq!(paid(&client).await?, 1);
    let log = home.log();
    assert!(
        log.contains("the database did not take"),
        "{}",
        home.last_logged()
    );
    service.terminate().await
}

#[tokio::test]
async fn a_database_that_somebody_holds_is_said_and_nothing_is_lost() -> anyhow::Result<()> {
    let mut home = Home::new(Settings {
        devgrid: QUICK.into(),
        ..Settings::default()
    })?;
    let service = home.start().await?;
    let client = ApiClient::new(&service)?;
    let file = SqliteConnectOptions::new().filename(home.data().join("gridtube.sqlite3"));
    let mut somebody = SqliteConnection::connect_with(&file).await?;
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut somebody)
        .await?;
    // After five seconds of waiting.
    is_refused_for_now(&client, "held-club").await?;
    sqlx::query("ROLLBACK").execute(&mut somebody).await?;

    is_deployed(&client, "held-club").await?;
    assert_eq!(paid(&client).await?, 1);
    assert!(
        home.log().contains("database is locked"),
        "{}",
        home.last_logged()
    );
    service.terminate().await
}
