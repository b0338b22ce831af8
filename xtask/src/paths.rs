//! Where things are.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The built widget.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// A binary that cargo has built; `profile` is the folder's name, `debug` or `release`.
pub(crate) fn binary(name: &str, profile: &str) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    // Relative to the root, as for every cargo that is started from here; an absolute one stays.
    root()
        .join(target)
        .join(profile)
        .join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// Cargo's own folder of this user.
pub(crate) fn cargo_home() -> PathBuf {
    let home = || env::home_dir().unwrap_or_default().join(".cargo");
    env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

/// Where this task installs tools that are missing: apart from the user's own ones of other versions.
pub(crate) fn tools() -> PathBuf {
    cargo_home().join("gridtube-tools")
}

/// The search path for programs, with our tools first and cargo's after the user's own.
pub(crate) fn search_path() -> OsString {
    let before = env::var_os("PATH").unwrap_or_default();
    let all = [tools().join("bin")]
        .into_iter()
        .chain(env::split_paths(&before))
        .chain([cargo_home().join("bin")]);
    env::join_paths(all).unwrap_or(before)
}

/// A program of this name on the search path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&search_path())
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}
