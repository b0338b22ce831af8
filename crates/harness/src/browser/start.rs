//! Chromium and its driver: started, again if need be, and ended.

use std::{env, process::Stdio, time::Duration};

use anyhow::{Context, bail};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

const TO_START: Duration = Duration::from_secs(30);
/// How often a browser is started that ends at its start, and a driver that does so.
const TRIES: usize = 5;

/// Chromium, its driver, and the profile both use.
pub(super) struct Browser {
    pub(super) client: Client,
    driver: Child,
    _profile: TempDir,
}

impl Browser {
    /// On a busy machine Chromium at times ends at its start: then all three are made anew.
    pub(super) async fn start() -> anyhow::Result<Self> {
        let mut last = None;
        for _ in 0..TRIES {
            let (driver, port) = start_driver().await?;
            let profile = tempfile::Builder::new()
                .prefix("gridtube-profile-")
                .tempdir()?;
            match session(port, &profile).await {
                Ok(client) => {
                    return Ok(Self {
                        client,
                        driver,
                        _profile: profile,
                    });
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.context("no try")?)
    }

    /// What has been seen stays seen, however it ends.
    pub(super) async fn end(mut self) {
        let _ = self.client.close().await;
        let _ = self.driver.kill().await;
    }
}

/// A driver that listens. It takes any port of IPv6 and then wants the same one of IPv4: when somebody else
/// has that, it ends, and another one is started.
async fn start_driver() -> anyhow::Result<(Child, u16)> {
    let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
    let mut said = String::new();
    for _ in 0..TRIES {
        let child = Command::new(&program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut child = child.with_context(|| {
            format!(
                "{} cannot be started; run `cargo xtask test`",
                program.display()
            )
        })?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let port = timeout(TO_START, announced(&mut lines, &mut said)).await;
        if let Some(port) = port.context("chromedriver does not start")?? {
            // What it says later must find a reader.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok((child, port));
        }
    }
    bail!("chromedriver ended {TRIES} times before it listened; it said:\n{said}")
}

/// The port, or nothing when it ends.
async fn announced(
    lines: &mut Lines<BufReader<ChildStdout>>,
    said: &mut String,
) -> anyhow::Result<Option<u16>> {
    while let Some(line) = lines.next_line().await? {
        let port = line.strip_prefix("ChromeDriver was started successfully on port ");
        if let Some(port) = port.and_then(|p| p.trim_end_matches('.').parse().ok()) {
            return Ok(Some(port));
        }
        said.push_str(&line);
        said.push('\n');
    }
    Ok(None)
}

async fn session(port: u16, profile: &TempDir) -> anyhow::Result<Client> {
    let arguments = json!([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // So high that nothing scrolls: a focus that moves the page under a click would be a race.
        "--window-size=1000,2600",
        format!("--user-data-dir={}", profile.path().display()),
    ]);
    let mut wanted = serde_json::Map::new();
    wanted.insert("goog:chromeOptions".into(), json!({ "args": arguments }));
    let client = ClientBuilder::new(HttpConnector::new())
        .capabilities(wanted)
        .connect(&format!("http://127.0.0.1:{port}"))
        .await;
    client.context("Chromium does not start")
}
