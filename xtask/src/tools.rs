//! What the build needs: found if it is there, installed if cargo or rustup can, else said.

use std::{fs, path::Path};

use anyhow::{Context, bail};

use crate::{
    paths,
    steps::{cargo, command, fetch, output},
};

/// The bundler of the widget. Later ones need a newer Rust than this workspace asks for.
const TRUNK: &str = "0.21.14";
/// What makes a book of the documents.
const MDBOOK: &str = "0.5.4";
const WASM: &str = "wasm32-unknown-unknown";

/// Everything that a build of the widget and the service needs.
///
/// # Errors
/// What is missing and cannot be installed from here, and how to install it.
pub(crate) fn prepare() -> anyhow::Result<()> {
    c_compiler()?;
    git()?;
    wasm_target()?;
    // trunk's own lock file is the only set of versions that it compiles with.
    tool(
        "trunk",
        "trunk",
        TRUNK,
        &["--locked", "--no-default-features"],
    )?;
    let version = locked("wasm-bindgen")?;
    tool("wasm-bindgen", "wasm-bindgen-cli", &version, &[])?;
    libraries()
}

/// mdbook, without its server.
///
/// # Errors
/// When it cannot be installed.
pub(crate) fn mdbook() -> anyhow::Result<()> {
    let how = ["--locked", "--no-default-features", "--features", "search"];
    tool("mdbook", "mdbook", MDBOOK, &how)
}

/// trunk builds offline (so that it downloads no tools of its own): what it needs must be here.
fn libraries() -> anyhow::Result<()> {
    let said = output(command("rustc").arg("-vV")).unwrap_or_default();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("`rustc -vV` does not say for which system it compiles")?;
    fetch(cargo("fetch --quiet --target").args([host, "--target", WASM]))
}

/// What checks the code itself: rustfmt and clippy, which a minimal Rust lacks.
///
/// # Errors
/// When one is missing and cannot be added from here.
pub(crate) fn components() -> anyhow::Result<()> {
    for (name, program) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if output(cargo(program).arg("--version")).is_some() {
            continue;
        }
        if paths::find("rustup").is_none() {
            bail!(
                "this Rust has no {name} and there is no rustup to add it: install it from where \
                 this Rust came from, or rustup from https://rustup.rs"
            );
        }
        eprintln!("adding {name}");
        fetch(command("rustup").args(["component", "add", name]))?;
    }
    Ok(())
}

fn c_compiler() -> anyhow::Result<()> {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".into());
    if output(command(&compiler).arg("--version")).is_none() {
        bail!(
            "there is no C compiler (`{compiler}`), which the database and TLS libraries need. Debian: \
             apt-get install gcc; Fedora: dnf install gcc; macOS: xcode-select --install"
        );
    }
    Ok(())
}

/// git, with the program that serves repositories over http.
fn git() -> anyhow::Result<()> {
    let Some(folder) = output(command("git").arg("--exec-path")) else {
        bail!("git is missing. Debian: apt-get install git; macOS: xcode-select --install");
    };
    let backend = format!("git-http-backend{}", std::env::consts::EXE_SUFFIX);
    if !Path::new(&folder).join(backend).exists() {
        bail!(
            "git is here without `git http-backend`, which serves the sample repository: install \
               your system's full git package (Alpine: apk add git-daemon)"
        );
    }
    Ok(())
}

fn wasm_target() -> anyhow::Result<()> {
    let folder = output(command("rustc").args(["--print", "target-libdir", "--target", WASM]));
    if folder.is_some_and(|folder| Path::new(&folder).exists()) {
        return Ok(());
    }
    if paths::find("rustup").is_none() {
        bail!(
            "this Rust has no target {WASM} and there is no rustup to add it: install the target \
               from where this Rust came from, or rustup from https://rustup.rs"
        );
    }
    eprintln!("adding the target {WASM}");
    fetch(command("rustup").args(["target", "add", WASM]))
}

/// A program of exactly this version, installed apart from the user's own one of another version.
fn tool(program: &str, package: &str, version: &str, how: &[&str]) -> anyhow::Result<()> {
    let have = output(command(program).arg("--version"));
    if have.as_deref().is_some_and(|have| says(have, version)) {
        return Ok(());
    }
    eprintln!("installing {package} {version}; this takes some minutes, once");
    let mut install = cargo("install --debug --force");
    install.args(how).arg("--root").arg(paths::tools());
    fetch(install.arg(format!("{package}@{version}")))?;
    let have = output(command(program).arg("--version")).unwrap_or_default();
    if !says(&have, version) {
        bail!("{package} {version} was installed, but `{program} --version` says “{have}”");
    }
    Ok(())
}

/// Whether `--version` said this version: `trunk 0.21.14`, `mdbook v0.5.4`.
fn says(have: &str, version: &str) -> bool {
    let said = have.split_whitespace().nth(1);
    said.map(|said| said.trim_start_matches('v')) == Some(version)
}

/// The version of a package in `Cargo.lock`.
fn locked(package: &str) -> anyhow::Result<String> {
    let lock = fs::read_to_string(paths::root().join("Cargo.lock"))
        .context("Cargo.lock cannot be read: it belongs to the repository")?;
    version_in(&lock, package).with_context(|| format!("Cargo.lock does not name {package}"))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let (_, after) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    Some(after.split('"').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions() {
        assert!(says("trunk 0.21.14", "0.21.14"));
        assert!(says("mdbook v0.5.4", "0.5.4"));
        assert!(says("wasm-bindgen 0.2.130 (abc)", "0.2.130"));
        assert!(!says("trunk 0.21.140", "0.21.14") && !says("", "0.21.14"));
        let lock = "name = \"wasm-bindgen-x\"\nversion = \"1.0.0\"\n\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in(lock, "bindgen"), None);
    }
}
