//! The git check beside `git ls-remote`.

use std::{
    os::unix::fs::symlink,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use harness::{
    client::ApiClient,
    git_server::{GitServer, Speaks},
    gridtube::{Home, Settings},
    sample,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{UNBRAKED, rate, row};

/// Repositories that are checked: one address each, so that no verdict is remembered.
const REPOSITORIES: usize = 200;

/// Checks over the API, one after the other, beside `git ls-remote` on the same repositories. Twice:
/// from a server that repeats what `git http-backend` said once, so that the clients are measured;
/// and from one that starts it for each request, which then takes most of the time of both.
pub(crate) async fn git_checks() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    sample::make(folder.path())?;
    for i in 0..REPOSITORIES {
        let link = folder.path().join(format!("r{i}.git"));
        symlink(folder.path().join(sample::NAME), link)?;
    }
    let repeating = GitServer::start_repeating(folder.path(), Speaks::V2).await?;
    compare("repeating server", &repeating).await?;
    let starting = GitServer::start(folder.path(), Speaks::V2).await?;
    compare("git http-backend", &starting).await
}

async fn compare(from: &str, server: &GitServer) -> anyhow::Result<()> {
    let urls: Vec<_> = (0..REPOSITORIES)
        .map(|i| format!("{}/r{i}.git", server.origin()))
        .collect();
    let mut home = Home::new(Settings {
        git_origins: vec![server.origin()],
        more: UNBRAKED.into(),
        ..Settings::default()
    })?;
    // The first round is for the server; the second process remembers no verdict.
    check_all(&mut home, &urls).await?;
    let took = check_all(&mut home, &urls).await?;
    let ours = rate(&format!("git checks, uncached ({from})"), urls.len(), took);
    ls_remote_all(urls.clone()).await?;
    let took = ls_remote_all(urls.clone()).await?;
    let theirs = rate(&format!("git ls-remote ({from})"), urls.len(), took);
    row(
        &format!("git checks for one ls-remote ({from})"),
        &format!("{:.1}", ours / theirs),
    );
    Ok(())
}

async fn check_all(home: &mut Home, urls: &[String]) -> anyhow::Result<Duration> {
    let service = home.start().await?;
    let client = ApiClient::new(&service)?;
    let begun = Instant::now();
    for url in urls {
        let post = client.to(Method::POST, "/v1/git-checks");
        let answer: Value = post
            .json(&json!({ "url": url }))
            .send()
            .await?
            .json()
            .await?;
        ensure!(answer["state"] == "ok", "{url}: {answer}");
    }
    let took = begun.elapsed();
    service.terminate().await?;
    Ok(took)
}

async fn ls_remote_all(urls: Vec<String>) -> anyhow::Result<Duration> {
    // On a thread of its own: the server goes on beside it.
    tokio::task::spawn_blocking(move || {
        let begun = Instant::now();
        for url in &urls {
            let output = Command::new("git")
                .args(["ls-remote", url.as_str(), "HEAD"])
                .env("GIT_CONFIG_GLOBAL", "/dev/null")
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .env("GIT_TERMINAL_PROMPT", "0")
                .output()
                .context("git cannot be started")?;
            ensure!(
                output.status.success() && !output.stdout.is_empty(),
                "git ls-remote {url}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(begun.elapsed())
    })
    .await?
}
