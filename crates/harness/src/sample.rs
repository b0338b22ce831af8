//! Sample repositories: one that holds an instance's settings, so that a git address that works can
//! be tried without the internet.

use std::{io, path::Path};

use crate::git_server::make_repository;

/// The sample's name under its server.
pub const NAME: &str = "demo.git";
const BARE: &str = "demo";

/// Makes the sample under `root`; gives its commit.
///
/// # Errors
/// When git cannot make it.
pub fn make(root: &Path) -> io::Result<String> {
    let settings = "\
version: 1
instance: { short_description: \"Films of the harbour, by the people of the harbour\", default_language: en }
signup: { enabled: false, requires_approval: true }
transcoding: { resolutions: [480p, 720p] }
";
    let about = "We show films made around the harbour since 1974.\n";
    make_repository(
        root,
        BARE,
        &[("peertube.yaml", settings), ("texts/description.md", about)],
    )
}
