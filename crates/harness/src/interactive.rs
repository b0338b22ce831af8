//! How long the form takes until it can be used, on a slow machine behind a slow line.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::browser::{self, PATIENCE};

/// Mobile, as the budget has it: 1.6 Mbit/s, 150 ms there and back.
const BYTES_PER_SECOND: u32 = 1_600_000 / 8;
const LATENCY_MS: u32 = 150;
const SLOWER_CPU: u32 = 4;

/// Notes when the widget says that it lives, from the moment on when the page was asked for.
const NOTE: &str = "new MutationObserver((_, observer) => {
  if (!document.documentElement?.hasAttribute('data-ready')) return;
  window.interactive = performance.now();
  observer.disconnect();
}).observe(document, { attributes: true, subtree: true, attributeFilter: ['data-ready'] });";

/// The times of so many first visits to a page, without a cache, sorted.
///
/// # Errors
/// When there is no browser, or the form does not come to life.
pub async fn first_visits(url: &str, visits: usize) -> anyhow::Result<Vec<Duration>> {
    let mut times = vec![];
    browser::drive("interactive", async |page| {
        let note = json!({ "source": NOTE });
        page.devtools("Page.addScriptToEvaluateOnNewDocument", note)
            .await?;
        page.devtools("Network.enable", json!({})).await?;
        let uncached = json!({ "cacheDisabled": true });
        page.devtools("Network.setCacheDisabled", uncached).await?;
        let line = json!({ "offline": false, "latency": LATENCY_MS,
            "downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND });
        page.devtools("Network.emulateNetworkConditions", line)
            .await?;
        let rate = json!({ "rate": SLOWER_CPU });
        page.devtools("Emulation.setCPUThrottlingRate", rate)
            .await?;
        for _ in 0..visits {
            page.open("about:blank").await?;
            page.open(url).await?;
            let begun = Instant::now();
            let took = loop {
                if let Some(took) = page.script("return window.interactive").await?.as_f64() {
                    break took;
                }
                if begun.elapsed() > PATIENCE {
                    bail!("{url} does not come to life");
                }
                sleep(Duration::from_millis(20)).await;
            };
            times.push(Duration::from_secs_f64(took / 1000.0));
        }
        Ok(())
    })
    .await
    .context("measuring in a browser")?;
    times.sort();
    Ok(times)
}
