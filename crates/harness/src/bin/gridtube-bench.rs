//! Measures the real binary and the built widget, and prints one table. `cargo xtask bench` builds
//! both and says where they are. Everything runs on this machine, one thing after the other.

use std::{
    fs,
    hint::black_box,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use futures_util::stream::{self, StreamExt};
use harness::{
    client::{self, ApiClient},
    git_server::{GitServer, Speaks},
    gridtube::{self, Home, Settings},
    interactive, sample,
};
use order::{GitUrl, SshPublicKey};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Repositories that are checked: one address each, so that no verdict is remembered.
const REPOSITORIES: usize = 200;
const VISITS: usize = 7;
const POSTS: usize = 2000;
const AT_ONCE: usize = 64;
/// Everything comes from one address here.
const UNBRAKED: &str = "deployments_per_hour = 1000000\n[limits]\nposts_by_network = 1000000\n\
    orders_by_site = 1000000\nposts = 1000000\nreads_by_network = 1000000\n";
const BLOCK_MS: u32 = 1000;
const DEPLOYMENTS: usize = 5;
const PARSING: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gridtube-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    println!("{:<52} {:>14}", "what", "measured");
    first_load(&gridtube::dist()?)?;
    interactive().await?;
    parsing()?;
    git_checks().await?;
    posts().await?;
    deployments().await
}

/// Until the form can be used, with the CPU four times slower and a line of 1.6 Mbit/s and 150 ms.
async fn interactive() -> anyhow::Result<()> {
    let mut home = Home::new(Settings {
        widget: true,
        ..Settings::default()
    })?;
    let service = home.start().await?;
    for lang in ["en", "ar"] {
        let url = format!("{}/?lang={lang}", service.origin());
        let times = interactive::first_visits(&url, VISITS).await?;
        let middle = times[times.len() / 2].as_millis();
        row(
            &format!("interactive, 4x CPU, 1.6 Mbit/s, 150 ms: {lang}"),
            &format!("{middle} ms"),
        );
    }
    service.kill().await
}

fn row(what: &str, measured: &str) {
    println!("{what:<52} {measured:>14}");
}

fn rate(what: &str, count: usize, took: Duration) -> f64 {
    let rate = count as f64 / took.as_secs_f64();
    row(what, &format!("{rate:.0} /s"));
    rate
}

/// What a browser loads first, as the service sends it.
fn first_load(dist: &Path) -> anyhow::Result<()> {
    let mut whole = 0;
    // A visitor loads the page of one language.
    let mut page = 0;
    let mut files: Vec<_> = fs::read_dir(dist)?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        let Some(name) = name.strip_suffix(".br") else {
            continue;
        };
        let bytes = file.metadata()?.len();
        match name {
            // For the page around, or for nobody's browser.
            "embed.js" | "embed.d.ts" => {}
            _ if name.ends_with(".html") => page = page.max(bytes),
            _ => whole += bytes,
        }
        row(&format!("brotli: {name}"), &format!("{bytes} B"));
    }
    whole += page;
    ensure!(
        whole > 0,
        "the widget has no brotli copies: run `cargo xtask widget`"
    );
    row(
        "first load, brotli, largest language",
        &format!("{whole} B"),
    );
    Ok(())
}

/// The rules of a field, as the browser and the service run them.
fn parsing() -> anyhow::Result<()> {
    let urls = include_str!("../../../order/tests/corpus/git_urls.tsv");
    let urls: Vec<_> = column(urls, 0);
    let parse = |url: &str| drop(black_box(GitUrl::parse(black_box(url), &[])));
    repeat("git addresses classified", &urls, parse)?;
    let keys = include_str!("../../../order/tests/corpus/ssh_keys.tsv");
    let keys: Vec<_> = column(keys, 1);
    let parse = |key: &str| drop(black_box(black_box(key).parse::<SshPublicKey>()));
    repeat("SSH keys parsed", &keys, parse)
}

fn column(table: &str, index: usize) -> Vec<&str> {
    let rows = table.lines().filter(|l| !l.starts_with('#'));
    rows.filter_map(|l| l.split('\t').nth(index)).collect()
}

fn repeat(what: &str, texts: &[&str], parse: impl Fn(&str)) -> anyhow::Result<()> {
    ensure!(!texts.is_empty(), "no texts for: {what}");
    let begun = Instant::now();
    let mut count = 0;
    while begun.elapsed() < PARSING {
        texts.iter().for_each(|text| parse(text));
        count += texts.len();
    }
    rate(what, count, begun.elapsed());
    Ok(())
}

/// Checks over the API, one after the other, beside `git ls-remote` on the same repositories. Twice:
/// from a server that repeats what `git http-backend` said once, so that the clients are measured;
/// and from one that starts it for each request, which then takes most of the time of both.
async fn git_checks() -> anyhow::Result<()> {
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

/// Orders, refused and accepted; and what the service weighs before them.
async fn posts() -> anyhow::Result<()> {
    let mut home = Home::new(Settings {
        more: UNBRAKED.into(),
        ..Settings::default()
    })?;
    let service = home.start().await?;
    let client = ApiClient::new(&service)?;
    let catalogue = client.to(Method::GET, "/v1/catalog").send().await?;
    ensure!(catalogue.status().is_success(), "no catalogue");
    let idle = resident_kib(service.id().context("it has ended")?)?;
    row(
        "memory of the idle API (VmRSS)",
        &format!("{:.1} MB", idle as f64 * 1.024e-3),
    );
    let took = post_all(&client, "www", StatusCode::UNPROCESSABLE_ENTITY).await?;
    rate("orders refused (64 at once)", POSTS, took);
    let took = post_all(&client, "club-", StatusCode::ACCEPTED).await?;
    rate("orders accepted (64 at once)", POSTS, took);
    service.kill().await
}

async fn post_all(
    client: &ApiClient,
    name: &str,
    expected: StatusCode,
) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let mut answers = stream::iter(0..POSTS)
        .map(|i| async move {
            // A refused name stays refused whatever follows it: it is sent as it is.
            let numbered = if name.ends_with('-') {
                format!("{name}{i}")
            } else {
                name.into()
            };
            let key = format!("key-of-the-order-{numbered}");
            client.post(&key, &client::order(&numbered)).await
        })
        .buffer_unordered(AT_ONCE);
    while let Some(answer) = answers.next().await {
        let (status, answer) = answer?;
        ensure!(status == expected, "{status}: {answer}");
    }
    Ok(begun.elapsed())
}

fn resident_kib(process: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    let number = line.and_then(|l| l.split_whitespace().next());
    Ok(number.context("no VmRSS")?.parse()?)
}

/// Whole deployments, in blocks: how many go by until the contracts are there, and until it is ready.
async fn deployments() -> anyhow::Result<()> {
    let mut home = Home::new(Settings {
        devgrid: format!("block_ms = {BLOCK_MS}\nprovision_ms = 200\nboot_ms = 300\n"),
        ..Settings::default()
    })?;
    let service = home.start().await?;
    let client = ApiClient::new(&service)?;
    let (mut paid, mut ready) = (vec![], vec![]);
    for i in 0..DEPLOYMENTS {
        let name = format!("club-{i}");
        let before = client.ledger().await?["block"]
            .as_u64()
            .context("no block")?;
        let begun = Instant::now();
        let access = client.deploy(&name).await?;
        client.until(&access, "ready").await?;
        ready.push(begun.elapsed().as_secs_f64() * 1000.0 / f64::from(BLOCK_MS));
        let contracts = client.contracts().await?;
        let created = contracts.iter().filter_map(|c| c["created"].as_u64()).max();
        paid.push(created.context("no contracts")?.saturating_sub(before));
    }
    paid.sort_unstable();
    ready.sort_by(f64::total_cmp);
    row(
        "deployment: blocks waited for the payment (median)",
        &paid[DEPLOYMENTS / 2].to_string(),
    );
    row(
        "deployment: until ready, in blocks (median)",
        &format!("{:.1}", ready[DEPLOYMENTS / 2]),
    );
    service.terminate().await
}
