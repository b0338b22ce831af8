//! The service is stopped in the middle of a deployment, by force or by request, and started again:
//! the deployment ends ready, once.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use harness::{
    client::ApiClient,
    gridtube::{Home, Settings, UNHURRIED},
};

enum Stop {
    Kill,
    Terminate,
}

/// Stops it at this state of a deployment; starts it again; looks at what became of it.
async fn stopped_at(state: &str, stop: Stop) -> anyhow::Result<()> {
    let mut home = Home::new(Settings {
        devgrid: UNHURRIED.into(),
        ..Settings::default()
    })?;
    let service = home.start().await?;
    let client = ApiClient::new(&service)?;
    let access = client.deploy("myclub").await?;
    let seen = client.until(&access, state).await?;
    assert_ne!(seen["state"], "ready", "it was not stopped in the middle");
    match stop {
        Stop::Kill => service.kill().await?,
        Stop::Terminate => service.terminate().await?,
    }

    let service = home.start().await?;
    let client = ApiClient::new(&service)?;
    let ready = client.until(&access, "ready").await?;
    assert_eq!(ready["address"], "myclub.ava.tf");
    assert_eq!(ready["failure"], serde_json::Value::Null);
    for step in ready["steps"].as_array().unwrap() {
        assert_eq!(step["state"], "done", "{step}");
    }
    let kinds: Vec<_> = client
        .contracts()
        .await?
        .iter()
        .map(|c| c["kind"].clone())
        .collect();
    assert_eq!(
        kinds,
        ["name", "node", "node"],
        "stopped at {}",
        seen["state"]
    );
    assert_eq!(client.ledger().await?["nonce"], 1, "paid once");
    let (status, page) = client.stand_in("myclub.ava.tf").await?;
    assert!(
        status.is_success() && page.contains("myclub"),
        "{status} {page}"
    );
    // The same order again is the same deployment, also after the stop.
    assert_eq!(client.deploy("myclub").await?, access);
    service.terminate().await
}

#[tokio::test]
async fn killed_when_the_order_is_accepted() {
    stopped_at("requested", Stop::Kill).await.unwrap();
}

#[tokio::test]
async fn killed_while_it_pays() {
    stopped_at("paying", Stop::Kill).await.unwrap();
}

#[tokio::test]
async fn killed_while_the_nodes_prepare() {
    stopped_at("starting", Stop::Kill).await.unwrap();
}

#[tokio::test]
async fn killed_while_it_looks_whether_it_answers() {
    stopped_at("verifying", Stop::Kill).await.unwrap();
}

#[tokio::test]
async fn asked_to_stop_while_it_pays() {
    stopped_at("paying", Stop::Terminate).await.unwrap();
}

#[tokio::test]
async fn asked_to_stop_while_the_nodes_prepare() {
    stopped_at("starting", Stop::Terminate).await.unwrap();
}
