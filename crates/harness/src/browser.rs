//! A real Chromium, driven over WebDriver. Each test has its own driver and its own empty profile.

use std::{
    any::Any,
    env, fs,
    panic::AssertUnwindSafe,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, MouseActions, PointerAction},
    elements::Element,
};
use futures_util::FutureExt;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::{sleep, timeout},
};

const TO_START: Duration = Duration::from_secs(30);
/// How often a driver is started that ends instead of listening.
const TRIES: usize = 5;
const LOOK: Duration = Duration::from_millis(50);

/// How long anything on a page may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// A page in Chromium.
#[derive(Debug, Clone)]
pub struct Page {
    /// For what has no method here.
    pub client: Client,
}

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

/// Chromium, its driver, and the profile both use.
struct Browser {
    client: Client,
    driver: Child,
    _profile: TempDir,
}

impl Browser {
    /// On a busy machine Chromium at times ends at its start: then all three are made anew.
    async fn start() -> anyhow::Result<Self> {
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
    async fn end(mut self) {
        let _ = self.client.close().await;
        let _ = self.driver.kill().await;
    }
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it panicked without words".to_owned())
}

impl Page {
    /// Opens an address.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub async fn open(&self, url: &str) -> anyhow::Result<()> {
        self.client
            .goto(url)
            .await
            .with_context(|| format!("{url} does not open"))
    }

    /// Opens or reloads a host page and goes into its only frame, as soon as the widget lives there.
    ///
    /// # Errors
    /// When it does not come to life.
    pub async fn into_widget(&self) -> anyhow::Result<()> {
        self.client
            .enter_frame(0)
            .await
            .context("the page has no frame")?;
        self.until("html[data-ready]").await?;
        Ok(())
    }

    /// Reloads the host page and goes into the widget again.
    ///
    /// # Errors
    /// When it does not come to life.
    pub async fn reload(&self) -> anyhow::Result<()> {
        self.client.enter_parent_frame().await?;
        self.client.refresh().await?;
        self.into_widget().await
    }

    /// The first element of a CSS selector, once there is one to be seen.
    ///
    /// # Errors
    /// When none comes.
    pub async fn until(&self, css: &str) -> anyhow::Result<Element> {
        let begun = Instant::now();
        loop {
            if let Ok(element) = self.client.find(Locator::Css(css)).await
                && element.is_displayed().await.unwrap_or(false)
            {
                return Ok(element);
            }
            if begun.elapsed() > PATIENCE {
                let shown = self.text("body").await.unwrap_or_default();
                bail!("{css} does not come; the page says:\n{shown}");
            }
            sleep(LOOK).await;
        }
    }

    /// Waits until an element says something that holds these words, and gives all it says.
    ///
    /// # Errors
    /// When it says something else instead.
    pub async fn until_says(&self, css: &str, words: &str) -> anyhow::Result<String> {
        let begun = Instant::now();
        loop {
            let said = self.text(css).await.unwrap_or_default();
            if said.contains(words) {
                return Ok(said);
            }
            if begun.elapsed() > PATIENCE {
                bail!("{css} says “{said}”, not “{words}”");
            }
            sleep(LOOK).await;
        }
    }

    /// Waits for a screen of the widget: `form`, `review`, `progress`, `result`, `failure`, `deleted`.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn until_screen(&self, screen: &str) -> anyhow::Result<()> {
        let css = format!("main[data-screen=\"{screen}\"]");
        self.until(&css).await.map(drop)
    }

    /// Waits until the element with this id has the focus.
    ///
    /// # Errors
    /// When another one keeps it.
    pub async fn until_focused(&self, id: &str) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            let focused = self.script("return document.activeElement.id").await?;
            if focused == id {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                bail!("{focused} has the focus, not {id}");
            }
            sleep(LOOK).await;
        }
    }

    /// Clicks an element, once it is to be seen, does not say that it is busy, and nothing moves over it.
    ///
    /// # Errors
    /// When it does not come or cannot be clicked.
    pub async fn click(&self, css: &str) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            let element = self.until(&idle(css)).await?;
            let Err(error) = element.click().await else {
                return Ok(());
            };
            if begun.elapsed() > PATIENCE {
                return Err(error).with_context(|| format!("{css} cannot be clicked"));
            }
            sleep(LOOK).await;
        }
    }

    /// Presses an element twice, as fast as a hand cannot, once it is to be seen and is not busy.
    ///
    /// # Errors
    /// When it does not come or cannot be clicked.
    pub async fn double_click(&self, css: &str) -> anyhow::Result<()> {
        let element = self.until(&idle(css)).await?;
        let press = || {
            [
                PointerAction::Down { button: 0 },
                PointerAction::Up { button: 0 },
            ]
        };
        let to = PointerAction::MoveToElement {
            element,
            duration: None,
            x: 0.0,
            y: 0.0,
        };
        let mouse = MouseActions::new("mouse".to_owned()).then(to);
        let mouse = press()
            .into_iter()
            .chain(press())
            .fold(mouse, MouseActions::then);
        Ok(self.client.perform_actions(mouse).await?)
    }

    /// Replaces what stands in a field, as somebody at the keyboard does.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn fill(&self, css: &str, text: &str) -> anyhow::Result<()> {
        let field = self.until(css).await?;
        // Control-A, then over it: `clear` would send no input event.
        field.send_keys("\u{e009}a\u{e000}").await?;
        field
            .send_keys(if text.is_empty() { "\u{e003}" } else { text })
            .await?;
        let value = self.value(css).await?;
        ensure!(value == text, "{css} holds “{value}”, not “{text}”");
        Ok(())
    }

    /// Fills in a field that the service looks at, until that is what it says of it. A look that came too
    /// late, on a busy machine, is taken again as a visitor would have it: by typing.
    ///
    /// # Errors
    /// When it says something else.
    pub async fn fill_checked(&self, css: &str, text: &str, words: &str) -> anyhow::Result<()> {
        let verdict = format!("{css}-verdict");
        let told = format!("{verdict}:is([data-tone=good], [data-tone=bad], [data-tone=note])");
        let begun = Instant::now();
        loop {
            self.fill(css, text).await?;
            let said = self.until(&told).await?.text().await?;
            if said.contains(words) {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                bail!("{verdict} says “{said}”, not “{words}”");
            }
            sleep(LOOK).await;
        }
    }

    /// What stands in a field.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn value(&self, css: &str) -> anyhow::Result<String> {
        let field = self.until(css).await?;
        Ok(field.prop("value").await?.unwrap_or_default())
    }

    /// What an element says.
    ///
    /// # Errors
    /// When there is none.
    pub async fn text(&self, css: &str) -> anyhow::Result<String> {
        Ok(self.client.find(Locator::Css(css)).await?.text().await?)
    }

    /// Whether there is such an element to be seen now.
    pub async fn shows(&self, css: &str) -> bool {
        match self.client.find(Locator::Css(css)).await {
            Ok(element) => element.is_displayed().await.unwrap_or(false),
            Err(_) => false,
        }
    }

    /// What a script gives.
    ///
    /// # Errors
    /// When it throws.
    pub async fn script(&self, script: &str) -> anyhow::Result<Value> {
        Ok(self.client.execute(script, vec![]).await?)
    }
}

fn idle(css: &str) -> String {
    format!("{css}:not([aria-disabled=true])")
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
