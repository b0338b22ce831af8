//! What is done on a page, and waited for.

use std::time::Instant;

use anyhow::{Context, bail, ensure};
use fantoccini::{
    Client, Locator,
    actions::{InputSource, MouseActions, PointerAction},
    elements::Element,
};
use serde_json::Value;
use tokio::time::sleep;

use super::{LOOK, PATIENCE};

/// A page in Chromium.
#[derive(Debug, Clone)]
pub struct Page {
    /// For what has no method here.
    pub client: Client,
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
