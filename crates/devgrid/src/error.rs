//! Why the development grid does not start.

use std::path::PathBuf;

/// Why the development grid does not start.
#[derive(Debug, thiserror::Error)]
pub enum DevGridError {
    /// A setting makes no sense.
    #[error("devgrid.{key}: {remedy}")]
    Config {
        /// The key in the config file.
        key: &'static str,
        /// What to set instead.
        remedy: String,
    },
    /// The state file is there and cannot be opened.
    #[error("cannot read the development grid's state file {path}: {source}; make it readable")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The state file is there and holds something else.
    #[error(
        "the development grid's state file {path} is broken: {why}; \
         move it away to start with an empty grid"
    )]
    Broken {
        /// Which file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// The state cannot be kept.
    #[error(
        "cannot write the development grid's state file {path}: {source}; \
         make its directory writable and check that the disk has room"
    )]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
