//! The widget: its bytes, and when it can be used.

use std::{fs, path::Path};

use anyhow::ensure;
use harness::{
    gridtube::{Home, Settings},
    interactive,
};

use crate::row;

const VISITS: usize = 7;

/// What a browser loads first, as the service sends it.
pub(crate) fn first_load(dist: &Path) -> anyhow::Result<()> {
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

/// Until the form can be used, with the CPU four times slower and a line of 1.6 Mbit/s and 150 ms.
pub(crate) async fn interactive() -> anyhow::Result<()> {
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
