//! The browser that the tests drive.

use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::{debian, paths, steps::output};

/// Chromium's driver, with a Chromium beside it; installed on Debian when we may.
///
/// # Errors
/// What to install when it is missing and cannot be installed from here.
pub(crate) fn prepare() -> anyhow::Result<PathBuf> {
    if driver().is_none() || chromium().is_none() {
        install()?;
    }
    let driver = driver().context("chromedriver is still missing")?;
    let browser = chromium().context("Chromium is still missing")?;
    let (major_driver, major_browser) = (major(&driver), major(&browser));
    if major_driver != major_browser {
        bail!(
            "{} is of version {major_driver} and {} of version {major_browser}: install the same \
             version of both",
            driver.display(),
            browser.display()
        );
    }
    Ok(driver)
}

fn driver() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMEDRIVER").map(PathBuf::from);
    named.or_else(|| paths::find("chromedriver"))
}

fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(paths::find)
}

fn install() -> anyhow::Result<()> {
    if !debian::may_install() {
        bail!(
            "the browser tests need Chromium and chromedriver of the same version. Debian: sudo \
             apt-get install chromium chromium-driver; Fedora: dnf install chromium chromedriver; \
             macOS: brew install --cask chromium chromedriver"
        );
    }
    debian::install(&["chromium", "chromium-driver"])
}

/// `Chromium 156.0.8078.73 built on …` → `156`
fn major(program: &std::path::Path) -> String {
    let said = output(std::process::Command::new(program).arg("--version")).unwrap_or_default();
    let version = said
        .split_whitespace()
        .find(|w| w.starts_with(|c: char| c.is_ascii_digit()));
    let major = version.and_then(|v| v.split('.').next());
    major.unwrap_or("unknown").to_owned()
}
