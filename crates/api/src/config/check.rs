//! What makes no sense, or could open a door, in a config that could be read.

use std::collections::BTreeSet;

use order::{GitOrigin, GridKind};

use super::{Config, ConfigError, SiteMode};

impl Config {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |why: String| Err(ConfigError::Value(why));
        if self.network != GridKind::Devgrid {
            self.check_real()?;
        }
        self.check_database()?;
        for origin in &self.git_origins_allowed {
            if let Err(e) = GitOrigin::parse(origin) {
                return wrong(format!("git_origins_allowed: “{origin}”: {e}"));
            }
        }
        for origin in self
            .sites
            .iter()
            .flat_map(|s| &s.origins)
            .chain(&self.widget_origins)
        {
            if !is_web_origin(origin) {
                return wrong(format!(
                    "“{origin}” is no origin: write https://host or https://host:port, without a path"
                ));
            }
        }
        let mut ids = BTreeSet::new();
        for site in &self.sites {
            let good = !site.id.is_empty()
                && site
                    .id
                    .bytes()
                    .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
            if !good {
                return wrong(format!(
                    "sites: the id “{}” may have a-z, 0-9 and - only",
                    site.id
                ));
            }
            match (site.mode, site.secret_files.len()) {
                (SiteMode::Token, 1 | 2) | (SiteMode::Open | SiteMode::Invite, 0) => {}
                (SiteMode::Token, _) => {
                    return wrong(format!(
                        "site “{}”: mode \"token\" needs one file in secret_files, or two while the \
                         secret is being changed",
                        site.id
                    ));
                }
                _ => {
                    return wrong(format!(
                        "site “{}”: secret_files belong to mode \"token\"",
                        site.id
                    ));
                }
            }
            if !ids.insert(&site.id) {
                return wrong(format!("sites: the id “{}” stands twice", site.id));
            }
        }
        Ok(())
    }

    /// Where money is spent.
    fn check_real(&self) -> Result<(), ConfigError> {
        let wrong = |why: String| Err(ConfigError::Value(why));
        if self.grid.mnemonic_file.as_os_str().is_empty() {
            return wrong(
                "grid.mnemonic_file: say which file holds the mnemonic of the account that pays"
                    .into(),
            );
        }
        if !self.image.flist.starts_with("http") {
            return wrong(format!(
                "image.flist: nodes cannot fetch “{}”; write the https address of a PeerTube flist",
                self.image.flist
            ));
        }
        let open = self.sites.iter().find(|s| s.mode == SiteMode::Open);
        match open {
            Some(site) if !self.grid.i_pay_for_everyone => wrong(format!(
                "site “{}”: with mode \"open\" anybody spends your money. Let people in by \"invite\" or \
                 \"token\", or write `i_pay_for_everyone = true` under [grid]",
                site.id
            )),
            _ => Ok(()),
        }
    }
}

/// `scheme://host[:port]` and nothing that could end a header's value or a directive in it.
fn is_web_origin(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b":/.-[]".contains(&b);
    let Ok(url) = url::Url::parse(text) else {
        return false;
    };
    matches!(url.scheme(), "http" | "https")
        && text.bytes().all(plain)
        && url.origin().ascii_serialization() == text
}
