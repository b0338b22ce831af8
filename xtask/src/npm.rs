//! What the tests take from npm: other people's eyes on accessibility, and ThreeFold's own clients as
//! the other end of ours. Without npm they are skipped.

use std::{fs, path::PathBuf};

use crate::{
    paths,
    steps::{command, fetch},
};

/// Exact versions: what they find must not change over night.
const PACKAGES: [&str; 4] = [
    "axe-core@4.14.1",
    "lighthouse@12.8.2",
    "@threefold/grid_client@2.9.2",
    "@threefold/rmb_direct_client@2.9.2",
];

/// The folder that has their `node_modules`; nothing where npm is not.
///
/// # Errors
/// When npm fails.
pub(crate) fn prepare() -> anyhow::Result<Option<PathBuf>> {
    let Some(npm) = paths::find("npm") else {
        eprintln!(
            "npm is not here: what needs axe-core, Lighthouse or ThreeFold's clients is skipped"
        );
        return Ok(None);
    };
    let folder = paths::tools().join("npm");
    let stamp = folder.join("installed");
    let wanted = PACKAGES.join(" ");
    if fs::read_to_string(&stamp).ok().as_deref() != Some(&wanted) {
        fs::create_dir_all(&folder)?;
        let install = [
            "install",
            "--no-audit",
            "--no-fund",
            "--no-save",
            // None of them has one; one that comes to have one is not to run here unasked.
            "--ignore-scripts",
            "--prefix",
        ];
        fetch(
            command(&npm.to_string_lossy())
                .args(install)
                .arg(&folder)
                .args(PACKAGES),
        )?;
        fs::write(&stamp, wanted)?;
    }
    Ok(Some(folder))
}
