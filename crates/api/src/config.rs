//! The one config file, `gridtube.toml`. Every key is documented in `gridtube.example.toml`; a key
//! that is not known is refused at start, with its line and the key that was probably meant.

use std::{
    collections::BTreeSet,
    fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use devgrid::DevGridConfig;
use grid::{DomainKind, LocationFilter};
use ipnet::IpNet;
use order::{
    Catalogue, Domain, DomainOffer, GitOrigin, GridKind, LocationId, LocationOffer, LocationState,
    Price, SizeId, SizeOffer,
};
use serde::Deserialize;

use crate::{
    http::Limits,
    offers::{Image, Offers},
    secrets::SiteSecret,
    store::Quota,
};

/// The config file, as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the service listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Database, keys and the development grid's ledger.
    pub data_dir: PathBuf,
    /// The built widget; empty serves the API alone.
    pub dist: String,
    /// Which grid deploys.
    pub network: GridKind,
    /// Origins of other hosts that serve the widget.
    pub widget_origins: Vec<String>,
    /// Origins allowed for git besides public https hosts.
    pub git_origins_allowed: Vec<String>,
    /// More networks that the git check never connects to.
    pub git_networks_refused: Vec<String>,
    /// This service's own public addresses, which the git check never connects to.
    pub own_addresses: Vec<IpAddr>,
    /// Whether an order needs a settings repository.
    pub git_url_required: bool,
    /// Proxies in front of this service, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How often anybody may ask.
    pub limits: Limits,
    /// Days in which a deleted address is not given to anybody.
    pub quarantine_days: u32,
    /// Deployments accepted in an hour at most, all sites together.
    pub deployments_per_hour: u64,
    /// Hours of a deployment that the account must be able to pay before it is made.
    pub paid_hours: u32,
    /// What runs in the machine.
    pub image: Image,
    /// Who may embed the widget.
    pub sites: Vec<Site>,
    /// Sizes on offer; the default three when left out.
    pub sizes: Vec<SizeConfig>,
    /// Locations on offer; Ghent and Vienna when left out.
    pub locations: Vec<LocationConfig>,
    /// Domains on offer; the default seven when left out.
    pub domains: Vec<DomainConfig>,
    /// The development grid.
    pub devgrid: DevGridConfig,
}

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

/// A size on offer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeConfig {
    id: String,
    vcpu: u16,
    memory_gib: u32,
    disk_gib: u32,
    video_hours: u32,
    usd_month: String,
}

/// A location on offer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocationConfig {
    id: String,
    name: String,
    country: String,
    #[serde(default = "open")]
    state: LocationState,
    #[serde(default)]
    filter: LocationFilter,
}

/// A domain on offer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomainConfig {
    id: String,
    kind: DomainKind,
}

/// Why a config is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file.
    #[error("the config file {path} cannot be read: {why}")]
    File {
        /// Where.
        path: String,
        /// Why.
        why: std::io::Error,
    },
    /// Not TOML, an unknown key, or a value of the wrong kind; tells the line.
    #[error("the config file {path} is wrong: {why}")]
    Syntax {
        /// Where.
        path: String,
        /// What, and where in it.
        why: String,
    },
    /// A value that cannot be used.
    #[error("the config file is wrong: {0}")]
    Value(String),
}

fn open() -> LocationState {
    LocationState::Open
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
            data_dir: "var".into(),
            dist: "dist".into(),
            network: GridKind::Devgrid,
            widget_origins: vec![],
            git_origins_allowed: vec![],
            git_networks_refused: vec![],
            own_addresses: vec![],
            git_url_required: false,
            trusted_proxies: vec![],
            limits: Limits::default(),
            quarantine_days: 90,
            deployments_per_hour: 60,
            paid_hours: 72,
            image: Image {
                flist: "devgrid:peertube".into(),
                entrypoint: "/sbin/gridtube-instance".into(),
            },
            sites: vec![],
            sizes: vec![],
            locations: vec![],
            domains: vec![],
            devgrid: DevGridConfig::default(),
        }
    }
}

impl Config {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line where there is one.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|why| ConfigError::File {
            path: shown.clone(),
            why,
        })?;
        let mut config = Self::parse(&text).map_err(|e| match e {
            ConfigError::Syntax { why, .. } => ConfigError::Syntax { path: shown, why },
            other => other,
        })?;
        for site in &mut config.sites {
            for file in &site.secret_files {
                let secret = SiteSecret::read(file)
                    .map_err(|e| ConfigError::Value(format!("site “{}”: {e}", site.id)))?;
                site.secrets.push(secret);
            }
        }
        Ok(config)
    }

    /// Parses and checks the text of a config file.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|e| ConfigError::Syntax {
            path: String::new(),
            why: format!("{}{}", e.to_string().trim_end(), meant(e.message())),
        })?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |why: String| Err(ConfigError::Value(why));
        if self.network != GridKind::Devgrid {
            return wrong("network: this version deploys on \"devgrid\" only".into());
        }
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

    /// The catalogue and what it means on the grid.
    pub fn offers(&self) -> Offers {
        let mut catalogue = Catalogue {
            git_url_required: self.git_url_required,
            git_origins_allowed: self.git_origins_allowed.clone(),
            grid: self.network,
            ..Catalogue::default()
        };
        if !self.sizes.is_empty() {
            catalogue.sizes = self.sizes.iter().map(SizeConfig::offer).collect();
        }
        if !self.locations.is_empty() {
            catalogue.locations = self.locations.iter().map(LocationConfig::offer).collect();
        }
        if !self.domains.is_empty() {
            let offer = |d: &DomainConfig| DomainOffer {
                id: Domain::offered(&d.id),
            };
            catalogue.domains = self.domains.iter().map(offer).collect();
        }
        let filter = |offer: &LocationOffer| {
            let written = self.locations.iter().find(|l| l.id == offer.id.as_str());
            let by_name = LocationFilter {
                country: offer.country.clone(),
                city: offer.name.clone(),
                farms: vec![],
            };
            (
                offer.id.clone(),
                written.map_or(by_name, |l| l.filter.clone()),
            )
        };
        let kind = |offer: &DomainOffer| {
            let written = self.domains.iter().find(|d| d.id == offer.id.as_str());
            (
                offer.id.clone(),
                written.map_or(DomainKind::GatewayName, |d| d.kind),
            )
        };
        Offers {
            locations: catalogue.locations.iter().map(filter).collect(),
            domains: catalogue.domains.iter().map(kind).collect(),
            catalogue,
            image: self.image.clone(),
            paid_hours: self.paid_hours,
        }
    }

    /// The site with this id.
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|s| s.id == id)
    }
}

impl SizeConfig {
    fn offer(&self) -> SizeOffer {
        SizeOffer {
            id: SizeId::offered(&self.id),
            vcpu: self.vcpu,
            memory_gib: self.memory_gib,
            disk_gib: self.disk_gib,
            video_hours: self.video_hours,
            price: Price {
                usd_month: self.usd_month.clone(),
                tft_month: None,
            },
        }
    }
}

impl LocationConfig {
    fn offer(&self) -> LocationOffer {
        LocationOffer {
            id: LocationId::offered(&self.id),
            name: self.name.clone(),
            country: self.country.clone(),
            state: self.state,
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

/// “did you mean”, from the parser's own list of what it expected.
fn meant(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let Some(unknown) = quoted.next().filter(|_| message.starts_with("unknown")) else {
        return String::new();
    };
    let near = quoted
        .map(|known| (strsim::damerau_levenshtein(unknown, known), known))
        .min();
    match near {
        Some((distance, known)) if distance <= 3 => format!("\ndid you mean `{known}`?"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_a_config_and_says_the_defaults() {
        let text = include_str!("../../../gridtube.example.toml");
        let config = Config::parse(text).expect("the example");
        assert_eq!(config.listen, Config::default().listen);
        assert_eq!(
            config.offers().catalogue,
            Config::default().offers().catalogue
        );
    }

    #[test]
    fn an_unknown_key_is_refused_with_line_and_suggestion() {
        let why = Config::parse("\nlisen = \"127.0.0.1:1\"\n")
            .expect_err("refused")
            .to_string();
        assert!(
            why.contains("line 2") && why.contains("did you mean `listen`"),
            "{why}"
        );
        let why = Config::parse("[devgrid]\nblok_ms = 5\n")
            .expect_err("refused")
            .to_string();
        assert!(why.contains("did you mean `block_ms`"), "{why}");
    }

    #[test]
    fn values_that_could_open_a_door_are_refused() {
        for text in [
            "widget_origins = [\"https://a.example; script-src *\"]",
            "widget_origins = [\"https://a.example/path\"]",
            "widget_origins = [\"*\"]",
            "[[sites]]\nid = \"a\"\nmode = \"open\"\norigins = [\"https://*.example\"]",
            "[[sites]]\nid = \"A/b\"\nmode = \"open\"\norigins = []",
            "git_origins_allowed = [\"git.example\"]",
            "network = \"main\"",
        ] {
            assert!(
                matches!(Config::parse(text), Err(ConfigError::Value(_))),
                "{text}"
            );
        }
    }
}
