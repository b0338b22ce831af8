//! What a visitor's system asks of a page (colours, motion, window, zoom) and the keys of a keyboard,
//! through Chromium's own protocol, which WebDriver passes on.

use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::Url;
use serde_json::{Value, json};

use crate::browser::Page;

/// A key and what the browser has to know of it: code, number, the character that it writes.
#[derive(Debug, Clone, Copy)]
pub struct Key(&'static str, u32, &'static str);

/// To the next stop.
pub const TAB: Key = Key("Tab", 9, "");
/// Presses what has the focus; in a field, sends the form.
pub const ENTER: Key = Key("Enter", 13, "\r");
/// Presses a button, ticks a box.
pub const SPACE: Key = Key("Space", 32, " ");
/// To the choice before.
pub const UP: Key = Key("ArrowUp", 38, "");
/// To the next choice.
pub const DOWN: Key = Key("ArrowDown", 40, "");

const SHIFT: u32 = 8;

impl Page {
    /// Presses a key, wherever the focus is.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn press(&self, key: Key) -> anyhow::Result<()> {
        self.key(key, 0).await
    }

    /// Presses a key with Shift.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn press_with_shift(&self, key: Key) -> anyhow::Result<()> {
        self.key(key, SHIFT).await
    }

    /// Types a text, wherever the focus is.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn type_text(&self, text: &str) -> anyhow::Result<()> {
        for character in text.chars() {
            let character = character.to_string();
            let down = json!({ "type": "keyDown", "key": &character, "text": &character });
            self.devtools("Input.dispatchKeyEvent", down).await?;
            let up = json!({ "type": "keyUp", "key": &character });
            self.devtools("Input.dispatchKeyEvent", up).await?;
        }
        Ok(())
    }

    /// Says what the visitor's system prefers, such as `prefers-color-scheme` and `dark`; nothing takes
    /// all of it back.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn prefer(&self, features: &[(&str, &str)]) -> anyhow::Result<()> {
        let feature = |(name, value): &(&str, &str)| json!({ "name": name, "value": value });
        let features: Vec<_> = features.iter().map(feature).collect();
        let media = json!({ "features": features });
        self.devtools("Emulation.setEmulatedMedia", media).await?;
        Ok(())
    }

    /// Gives the page a window of this many CSS pixels, each `zoom` device pixels wide.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn window(&self, width: u32, height: u32, zoom: u32) -> anyhow::Result<()> {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": zoom, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await?;
        Ok(())
    }

    /// A command of the DevTools protocol.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn devtools(&self, command: &str, parameters: Value) -> anyhow::Result<Value> {
        let command = Command(json!({ "cmd": command, "params": parameters }));
        Ok(self.client.issue_cmd(command).await?)
    }

    async fn key(&self, key: Key, modifiers: u32) -> anyhow::Result<()> {
        let Key(code, number, text) = key;
        let name = if code == "Space" { " " } else { code };
        let down = json!({ "type": if text.is_empty() { "rawKeyDown" } else { "keyDown" },
            "key": name, "code": code, "windowsVirtualKeyCode": number, "text": text,
            "modifiers": modifiers });
        self.devtools("Input.dispatchKeyEvent", down).await?;
        let up = json!({ "type": "keyUp", "key": name, "code": code,
            "windowsVirtualKeyCode": number, "modifiers": modifiers });
        self.devtools("Input.dispatchKeyEvent", up).await?;
        Ok(())
    }
}

#[derive(Debug)]
struct Command(Value);

impl WebDriverCompatibleCommand for Command {
    fn endpoint(
        &self,
        base: &Url,
        session: Option<&str>,
    ) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.0.to_string()))
    }
}
