//! The rules of fields.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use anyhow::ensure;
use order::{GitUrl, SshPublicKey};

use crate::rate;

const PARSING: Duration = Duration::from_secs(1);

/// The rules of a field, as the browser and the service run them.
pub(crate) fn parsing() -> anyhow::Result<()> {
    let urls = include_str!("../../../../order/tests/corpus/git_urls.tsv");
    let urls: Vec<_> = column(urls, 0);
    let parse = |url: &str| drop(black_box(GitUrl::parse(black_box(url), &[])));
    repeat("git addresses classified", &urls, parse)?;
    let keys = include_str!("../../../../order/tests/corpus/ssh_keys.tsv");
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
