//! What the tests need of Debian's packages.

use std::fs;

use crate::{
    paths,
    steps::{command, fetch, output},
};

/// PostgreSQL, where it can be installed. Its tests skip themselves where it is missing.
///
/// # Errors
/// When the installation fails.
pub(crate) fn postgres() -> anyhow::Result<()> {
    // Debian's folders of versions; one with the client alone has no server.
    let folders = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut servers = folders
        .flatten()
        .filter(|version| version.path().join("bin/initdb").exists());
    if paths::find("initdb").is_some() || servers.next().is_some() {
        return Ok(());
    }
    match may_install() {
        true => install(&["postgresql"]),
        false => {
            eprintln!(
                "without PostgreSQL (Debian: apt-get install postgresql) its tests are skipped"
            );
            Ok(())
        }
    }
}

/// Whether this is Debian or its kin, and we are root.
pub(crate) fn may_install() -> bool {
    let root = output(command("id").arg("-u")).as_deref() == Some("0");
    root && paths::find("apt-get").is_some()
}

/// Installs packages.
///
/// # Errors
/// When `apt-get` fails.
pub(crate) fn install(packages: &[&str]) -> anyhow::Result<()> {
    eprintln!("installing {} from Debian", packages.join(" and "));
    let wait = ["-o", "DPkg::Lock::Timeout=300"];
    fetch(command("apt-get").args(["update", "--quiet"]))?;
    let install = ["install", "--yes", "--quiet", "--no-install-recommends"];
    fetch(
        command("apt-get")
            .args(install)
            .args(wait)
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}
