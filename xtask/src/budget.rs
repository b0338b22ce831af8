//! What a visitor's browser loads first, and how much of it there may be.

use std::{fs, path::Path};

use anyhow::{Context, bail};

use crate::{paths, widget};

/// Bytes in a K.
const K: usize = 1000;
/// What a host page loads of its own accord: not part of the first load.
const EMBED: (&str, usize) = ("embed.js", 3 * K / 2);
/// What the file's name ends with, and its hard limit in bytes after brotli 11.
const LIMITS: [(&str, usize); 5] = [
    // With the widget's texts in its language, which the wasm does not have.
    (".html", 11 * K / 2),
    (".css", 4 * K),
    ("boot.js", 3 * K / 2),
    (".js", 5 * K),
    (".wasm", 64 * K),
];
const WHOLE: usize = 75 * K;
const REQUESTS: usize = 6;

/// Prints each file of the first load with its limit.
///
/// # Errors
/// When a file, the whole or the number of files is past its hard limit.
pub(crate) fn check() -> anyhow::Result<()> {
    let files = measure(&paths::dist())?;
    let (table, over) = judge(&files);
    eprintln!("{table}");
    if !over.is_empty() {
        bail!("past the size budget: {}", over.join(", "));
    }
    Ok(())
}

/// Brotli at its best, as a static host would send it.
pub(crate) fn brotli(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let best = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut packed = vec![];
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &best)?;
    Ok(packed)
}

/// Name and brotli size of every built file.
fn measure(dist: &Path) -> anyhow::Result<Vec<(String, usize)>> {
    let mut measured = vec![];
    for file in widget::files(dist)? {
        let name = file.file_name().context("a file without a name")?;
        let size = brotli(&fs::read(&file)?)?.len();
        let name = name.to_string_lossy().into_owned();
        // Types are for editors.
        if !name.ends_with(".d.ts") {
            measured.push((name, size));
        }
    }
    Ok(measured)
}

/// The table, and what is past its limit.
fn judge(files: &[(String, usize)]) -> (String, Vec<String>) {
    let mut over = vec![];
    let mut table = format!("{:<34} {:>8} {:>8}\n", "first load", "brotli", "limit");
    let mut row = |name: &str, size: usize, limit: usize| {
        let mark = if size > limit { "  past it" } else { "" };
        table.push_str(&format!("{name:<34} {size:>8} {limit:>8}{mark}\n"));
        if size > limit {
            over.push(format!("{name} {size} of {limit}"));
        }
    };
    let (beside, files): (Vec<_>, Vec<_>) = files.iter().partition(|(name, _)| name == EMBED.0);
    // A visitor loads the page in one language: the largest is counted.
    let (pages, mut files): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|(name, _)| name.ends_with(".html"));
    let largest = pages.iter().copied().max_by_key(|(_, size)| *size);
    for (name, size) in pages.iter().filter(|page| Some(**page) != largest) {
        row(name, *size, LIMITS[0].1);
    }
    files.extend(largest);
    for (name, size) in &files {
        let limit = LIMITS.iter().find(|(end, _)| name.ends_with(end));
        // What no row names has no room of its own.
        row(name, *size, limit.map_or(0, |(_, limit)| *limit));
    }
    row(
        "bytes in all",
        files.iter().map(|(_, size)| size).sum(),
        WHOLE,
    );
    row("requests", files.len(), REQUESTS);
    for (name, size) in beside {
        row(name, *size, EMBED.1);
    }
    (table, over)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(wasm: usize) -> Vec<(String, usize)> {
        [
            ("boot.js", 400),
            ("gridtube-0a.js", 4000),
            ("gridtube-0a_bg.wasm", wasm),
        ]
        .map(|(name, size)| (name.to_owned(), size))
        .to_vec()
    }

    #[test]
    fn a_file_past_its_limit_is_named() {
        assert_eq!(judge(&files(64_000)).1, Vec::<String>::new());
        assert!(judge(&files(64_001)).0.contains("64001    64000  past it"));
        assert_eq!(
            judge(&files(64_001)).1,
            ["gridtube-0a_bg.wasm 64001 of 64000"]
        );
    }

    #[test]
    fn a_file_that_nobody_planned_is_past_its_limit() {
        let mut files = files(1);
        files.push(("font.woff2".into(), 10));
        assert_eq!(judge(&files).1, ["font.woff2 10 of 0"]);
    }

    #[test]
    fn brotli_packs() {
        let packed = brotli(&[7; 10_000]).unwrap();
        assert!(packed.len() < 40, "{}", packed.len());
    }
}
