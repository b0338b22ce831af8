//! A real Chromium, driven over WebDriver. Each test has its own driver and its own empty profile.

mod page;
mod start;

use std::{any::Any, env, fs, panic::AssertUnwindSafe, path::PathBuf, time::Duration};

use fantoccini::Client;
use futures_util::FutureExt;

pub use page::Page;
use start::Browser;

const LOOK: Duration = Duration::from_millis(50);

/// How long anything on a page may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// Runs a test in a browser of its own. When it fails, what the browser shows is kept as a picture
/// under `target/e2e/`.
///
/// # Errors
/// The test's own; or that there is no browser.
pub async fn drive(
    name: &str,
    test: impl AsyncFnOnce(&Page) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let browser = Browser::start().await?;
    let page = Page {
        client: browser.client.clone(),
    };
    // A test that panics leaves the browser to us.
    let outcome = AssertUnwindSafe(test(&page)).catch_unwind().await;
    let outcome = outcome.unwrap_or_else(|panic| Err(anyhow::anyhow!(words(&*panic))));
    let outcome = match outcome {
        Ok(()) => Ok(()),
        Err(error) => Err(error.context(picture(&page.client, name).await)),
    };
    browser.end().await;
    outcome
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it panicked without words".to_owned())
}

/// Keeps what the browser shows, and says where.
async fn picture(client: &Client, name: &str) -> String {
    let folder = target().join("e2e");
    let path = folder.join(format!("{name}.png"));
    let kept = async {
        let bytes = client.screenshot().await?;
        fs::create_dir_all(&folder)?;
        anyhow::Ok(fs::write(&path, bytes)?)
    };
    match kept.await {
        Ok(()) => format!("{name} failed; what it showed is in {}", path.display()),
        Err(why) => format!("{name} failed, and no picture could be kept ({why})"),
    }
}

fn target() -> PathBuf {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    PathBuf::from(root).join(target)
}
