//! A35, A36, A46: axe-core in every state, light and dark, from left to right and from right to left,
//! and Lighthouse. Both come from npm; where that is not, these tests say so and are skipped.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{env, fs, path::PathBuf, process::Command};

use anyhow::{Context, ensure};
use harness::{
    browser::{self, Page},
    gridtube::QUICK,
    scene::Scene,
};
use serde_json::Value;

const LOOKS: [&str; 4] = [
    "theme=light&lang=en",
    "theme=dark&lang=en",
    "theme=light&lang=ar",
    "theme=dark&lang=ar",
];

/// What `cargo xtask test` has had npm install.
fn package(path: &str) -> Option<PathBuf> {
    let found =
        env::var_os("GRIDTUBE_NPM").map(|npm| PathBuf::from(npm).join("node_modules").join(path));
    let found = found.filter(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: npm's {path} is not here");
    }
    found
}

/// Nothing to complain of, in any rule of WCAG 2.2 AA or of good practice.
async fn clean(page: &Page, axe: &str, state: &str) -> anyhow::Result<()> {
    // Colours on their way are not those that stay; and axe takes the canvas of the browser for white.
    page.script("for (const a of document.getAnimations()) a.finish(); document.documentElement.style.background = 'Canvas'")
        .await?;
    page.script(&format!("{axe}; window.axe = axe ?? window.axe"))
        .await?;
    page.script(
        "window.found = null; axe.run(document).then((r) => (window.found = r.violations.map((v) => \
         v.id + ': ' + v.nodes.map((n) => n.target + ' ' + n.failureSummary).join(' | '))))",
    )
    .await?;
    let begun = std::time::Instant::now();
    loop {
        let found = page.script("return window.found").await?;
        if let Some(found) = found.as_array() {
            ensure!(found.is_empty(), "{state}: {found:#?}");
            return Ok(());
        }
        ensure!(
            begun.elapsed() < browser::PATIENCE,
            "{state}: axe gives no answer"
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// No check of git is answered any more.
const NO_VERDICT: &str = "const real = fetch; window.fetch = (to, how) => \
    String(to.url ?? to).endsWith('/v1/git-checks') ? new Promise(() => {}) : real(to, how)";

#[tokio::test]
async fn a35_axe_finds_nothing_on_the_way_to_a_peertube() {
    let Some(axe) = package("axe-core/axe.min.js") else {
        return;
    };
    let axe = fs::read_to_string(axe).unwrap();
    // Slow enough for axe to look at the progress.
    let clock = "block_ms = 1500\nprovision_ms = 1500\nboot_ms = 6000\n";
    let scene = Scene::start(clock).await.unwrap();
    let service = scene.service().unwrap().origin();
    let played = browser::drive("axe", async |page| {
        for (number, look) in LOOKS.iter().enumerate() {
            page.script("sessionStorage.clear()").await.ok();
            page.open("about:blank").await?;
            page.open(&format!("{service}/?{look}")).await?;
            page.until("[data-ready]").await?;
            page.script("sessionStorage.clear()").await?;
            clean(page, &axe, &format!("empty {look}")).await?;
            page.click("#deploy").await?;
            page.until("#error-summary").await?;
            page.click("label[for=f-ssh-yes]").await?;
            page.fill("#f-ssh_key", "nonsense").await?;
            page.click("summary").await?;
            clean(page, &axe, &format!("errors {look}")).await?;
            page.fill("#f-name", &format!("myclub{number}")).await?;
            page.script(NO_VERDICT).await?;
            page.fill("#f-git_url", "https://git.example.org/o/r")
                .await?;
            page.until("#f-git_url-verdict[data-tone=busy]").await?;
            clean(page, &axe, &format!("checking {look}")).await?;
            page.fill("#f-git_url", "").await?;
            page.click("label[for=f-ssh-no]").await?;
            page.click("#deploy").await?;
            page.until_screen("review").await?;
            clean(page, &axe, &format!("review {look}")).await?;
            page.click("#confirm").await?;
            page.until_screen("progress").await?;
            clean(page, &axe, &format!("progress {look}")).await?;
            page.until_screen("result").await?;
            clean(page, &axe, &format!("success {look}")).await?;
            page.click("#reveal").await?;
            page.until("#password").await?;
            page.click("#delete").await?;
            clean(page, &axe, &format!("delete {look}")).await?;
            page.click("#confirm-delete").await?;
            page.until_screen("deleted").await?;
            clean(page, &axe, &format!("deleted {look}")).await?;
        }
        // It sees what there is to see.
        page.script("document.querySelector('#title').style.color = '#888'; document.documentElement.lang = ''").await?;
        ensure!(clean(page, &axe, "spoilt").await.is_err());
        Ok(())
    });
    played.await.unwrap();
}

#[tokio::test]
async fn a35_axe_finds_nothing_where_it_ends_badly() {
    let Some(axe) = package("axe-core/axe.min.js") else {
        return;
    };
    let axe = fs::read_to_string(axe).unwrap();
    let broken = format!("{QUICK}[devgrid.faults]\nbroken_nodes = [11, 12]\n");
    let scene = Scene::start(&broken).await.unwrap();
    let service = scene.service().unwrap().origin();
    let played = browser::drive("axe_failure", async |page| {
        for look in LOOKS {
            page.open("about:blank").await?;
            page.open(&format!("{service}/?{look}")).await?;
            page.until("[data-ready]").await?;
            if page.shows("#f-name").await {
                page.fill("#f-name", "myclub").await?;
                page.click("#deploy").await?;
                page.until_screen("review").await?;
                page.click("#confirm").await?;
            }
            page.until("main[data-screen=failure] #retry").await?;
            clean(page, &axe, &format!("failure {look}")).await?;
            page.click("#retry").await?;
            page.until_screen("form").await?;
        }
        Ok(())
    });
    played.await.unwrap();
}

#[tokio::test]
async fn a46_lighthouse_gives_full_marks() {
    let Some(lighthouse) = package("lighthouse/cli/index.js") else {
        return;
    };
    let scene = Scene::start(QUICK).await.unwrap();
    let service = scene.service().unwrap().origin();
    let chromium = [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];
    let chromium = chromium
        .into_iter()
        .find(|p| PathBuf::from(p).exists())
        .unwrap();
    let run = move || -> anyhow::Result<Value> {
        let output = Command::new("node")
            .arg(lighthouse)
            .args([&format!("{service}/"), "--output=json", "--quiet"])
            .arg("--only-categories=accessibility,best-practices")
            .arg("--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync")
            .env("CHROME_PATH", chromium)
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).context("Lighthouse's answer is no JSON")
    };
    let report = tokio::task::spawn_blocking(run).await.unwrap().unwrap();
    let failed: Vec<_> = report["audits"]
        .as_object()
        .unwrap()
        .values()
        .filter(|audit| audit["score"].as_f64().is_some_and(|score| score < 1.0))
        .map(|audit| (audit["id"].clone(), audit["details"].to_string()))
        .collect();
    let score = |category: &str| report["categories"][category]["score"].as_f64().unwrap();
    assert_eq!(score("accessibility"), 1.0, "{failed:#?}");
    assert!(score("best-practices") >= 0.95, "{failed:#?}");
    drop(scene);
}
