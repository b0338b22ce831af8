//! Who may embed the widget, and who may deploy there.

use std::path::PathBuf;

use serde::Deserialize;

use crate::{secrets::SiteSecret, store::Quota};

/// A page, or family of pages, that embeds the widget.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Its id, in the address of the frame.
    pub id: String,
    /// The origins that may frame it.
    pub origins: Vec<String>,
    /// Who may deploy on it.
    pub mode: SiteMode,
    /// How much it may have.
    #[serde(default)]
    pub quota: Quota,
    /// Files with the secrets that its backend signs tokens with: the one in use, and while it is being
    /// changed the old one.
    #[serde(default)]
    pub secret_files: Vec<PathBuf>,
    /// What stands in them.
    #[serde(skip)]
    pub secrets: Vec<SiteSecret>,
}

/// Who may deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteMode {
    /// Anybody. Only with the development grid.
    Open,
    /// Whoever has an invitation code of the operator's.
    Invite,
    /// Whoever the host page's backend signs a token for.
    Token,
}
