//! `gridtube sites …`: the sites stand in the config file, so that is what these change. What else is in
//! it, comments too, stays as it is.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use clap::{Subcommand, ValueEnum};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use crate::{
    config::{Config, Site, SiteMode},
    entropy::{OsEntropy, random_hex},
    secrets::write_private,
};

#[derive(Debug, Subcommand)]
pub(super) enum SitesCommand {
    /// All of them: who may show the form, who may deploy, how much.
    List,
    /// Add one to the config file. For mode "token" its secret is made beside that file.
    Add {
        /// Its id, in the address of the frame.
        #[arg(long)]
        site: String,
        /// An origin that may show the form, such as https://www.example.org; once for each.
        #[arg(long = "origin", required = true)]
        origins: Vec<String>,
        /// Who may deploy.
        #[arg(long)]
        mode: Mode,
    },
    /// Change the secret of a site of mode "token": make a new one, which is good beside the old one.
    Rotate {
        /// Its id.
        #[arg(long)]
        site: String,
        /// Drop the old one, once the site's own server signs with the new one.
        #[arg(long)]
        drop_old: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Mode {
    Open,
    Invite,
    Token,
}

pub(super) fn run(config: &Path, what: SitesCommand) -> anyhow::Result<()> {
    let read = Config::read(config)?;
    match what {
        SitesCommand::List => {
            read.sites
                .iter()
                .for_each(|site| println!("{}", line(site)));
            return Ok(());
        }
        SitesCommand::Add {
            site,
            origins,
            mode,
        } => add(config, &site, &origins, mode)?,
        SitesCommand::Rotate { site, drop_old } => {
            let of = read.site(&site);
            let of = of.filter(|s| s.mode == SiteMode::Token);
            let of =
                of.with_context(|| format!("the config has no site “{site}” of mode \"token\""))?;
            rotate(config, of, drop_old)?;
        }
    }
    println!("restart the service to use it");
    Ok(())
}

fn line(site: &Site) -> String {
    let quota = &site.quota;
    let most = |n: u32| match n {
        0 => "any".to_owned(),
        n => n.to_string(),
    };
    format!(
        "{}  {:?}  running {}, a day {}, a subject {}  {}",
        site.id,
        site.mode,
        most(quota.running),
        most(quota.per_day),
        most(quota.per_subject),
        site.origins.join(" ")
    )
    .to_lowercase()
}

fn add(config: &Path, site: &str, origins: &[String], mode: Mode) -> anyhow::Result<()> {
    let mut table = Table::new();
    table["id"] = value(site);
    table["origins"] = value(origins.iter().collect::<Array>());
    table["mode"] = value(match mode {
        Mode::Open => "open",
        Mode::Invite => "invite",
        Mode::Token => "token",
    });
    let secret = matches!(mode, Mode::Token).then(|| secret_file(config, site, 1));
    if let Some(secret) = &secret {
        table["secret_files"] = value(paths([secret]));
    }
    change(config, secret.as_deref(), |document| {
        let sites = document.entry("sites");
        let sites = sites.or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        let sites = sites.as_array_of_tables_mut();
        sites
            .context("write `sites` as [[sites]] blocks")?
            .push(table);
        Ok(())
    })?;
    println!("added site “{site}”");
    if let Some(secret) = secret {
        println!(
            "its secret is in {}: give its owner a copy in a safe way",
            secret.display()
        );
    }
    Ok(())
}

fn rotate(config: &Path, site: &Site, drop_old: bool) -> anyhow::Result<()> {
    let (files, fresh) = match (site.secret_files.as_slice(), drop_old) {
        ([old], false) => {
            let mut free = (1..).map(|n| secret_file(config, &site.id, n));
            let fresh = free.find(|path| !path.exists()).unwrap_or_default();
            (paths([&fresh, old]), Some(fresh))
        }
        ([new, _], true) => (paths([new]), None),
        (_, false) => {
            bail!("two secrets are good already: drop the old one first, with --drop-old")
        }
        (_, true) => bail!("there is one secret: nothing to drop"),
    };
    change(config, fresh.as_deref(), |document| {
        let sites = document["sites"].as_array_of_tables_mut();
        let mut sites = sites
            .context("write `sites` as [[sites]] blocks")?
            .iter_mut();
        let table = sites.find(|t| t.get("id").and_then(Item::as_str) == Some(&site.id));
        table.context("the site has gone")?["secret_files"] = value(files);
        Ok(())
    })?;
    match fresh {
        Some(fresh) => println!(
            "the new secret is in {}; the old one is good until `gridtube sites rotate --site {} \
             --drop-old`",
            fresh.display(),
            site.id
        ),
        None => println!("the old secret is not good any more; remove its file"),
    }
    Ok(())
}

/// Changes the file, if what comes out is a config that can be used; with a new secret, if one is named.
fn change(
    config: &Path,
    secret: Option<&Path>,
    change: impl FnOnce(&mut DocumentMut) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    // The file itself, where a link leads to it.
    let config = &fs::canonicalize(config)?;
    let mut document: DocumentMut = fs::read_to_string(config)?.parse()?;
    change(&mut document)?;
    let text = document.to_string();
    let read = Config::parse(&text)?;
    if let Some(secret) = secret {
        ensure!(!secret.exists(), "{} is there already", secret.display());
        write_private(secret, &random_hex::<32>(&OsEntropy))
            .and_then(|()| give(secret, &read.data_dir))
            .with_context(|| format!("{} cannot be made", secret.display()))?;
    }
    let written = replace(config, &text);
    if let (Err(_), Some(secret)) = (&written, secret) {
        // Nobody has it yet.
        let _ = fs::remove_file(secret);
    }
    written.with_context(|| format!("{} cannot be changed", config.display()))
}

/// Writes a file anew, whole or not at all, with the mode and owner that it had.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("toml.new");
    fs::copy(path, &beside)?;
    give(&beside, path)?;
    let mut file = File::options().write(true).truncate(true).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(beside, path)
}

/// Gives a file to whom another belongs, if that is somebody else: who runs this may be root, and the
/// service, whose the data are, is not.
fn give(file: &Path, like: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let (Ok(like), now) = (fs::metadata(like), fs::metadata(file)?) {
        use std::os::unix::fs::{MetadataExt, chown};
        if (like.uid(), like.gid()) != (now.uid(), now.gid()) {
            return chown(file, Some(like.uid()), Some(like.gid()));
        }
    }
    Ok(())
}

fn secret_file(config: &Path, site: &str, number: u32) -> PathBuf {
    let folder = config.parent().unwrap_or(Path::new(""));
    let folder = fs::canonicalize(match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    });
    let name = match number {
        1 => format!("{site}.secret"),
        n => format!("{site}-{n}.secret"),
    };
    folder.unwrap_or_default().join(name)
}

fn paths<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Array {
    let text = |path: &'a PathBuf| path.display().to_string();
    files.into_iter().map(text).collect()
}
