//! The one config file, `gridtube.toml`. Every key is documented in `gridtube.example.toml`; a key
//! that is not known is refused at start, with its line and the key that was probably meant.

mod check;
mod database;
mod grid;
mod offers;
mod site;

use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use devgrid::DevGridConfig;
use ipnet::IpNet;
use order::GridKind;
use serde::Deserialize;

pub(crate) use self::grid::threefold;
pub use self::{
    database::Database,
    grid::{GridConfig, KeyType, Prices},
    offers::{DomainConfig, LocationConfig, SizeConfig},
    site::{Site, SiteMode},
};
use crate::{http::Limits, offers::Image, secrets::SiteSecret};

/// The config file, as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the service listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Database, keys and the development grid's ledger.
    pub data_dir: PathBuf,
    /// The PostgreSQL server and database; empty for a SQLite file in `data_dir`.
    pub database: String,
    /// The file with the password for it.
    pub database_password_file: PathBuf,
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
    /// The ThreeFold Grid, where that is the network.
    pub grid: GridConfig,
    /// The development grid.
    pub devgrid: DevGridConfig,
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

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
            data_dir: "var".into(),
            database: String::new(),
            database_password_file: PathBuf::new(),
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
            grid: GridConfig::default(),
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

    /// The site with this id.
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|s| s.id == id)
    }
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
        let text = include_str!("../../../../gridtube.example.toml");
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

    /// A config for the ThreeFold Grid.
    fn real(mode: &str, more: &str) -> String {
        format!(
            "network = \"main\"\n[grid]\nmnemonic_file = \"/m\"\n{more}\n[image]\n\
             flist = \"https://hub.example/p.flist\"\nentrypoint = \"/init\"\n\
             [[sites]]\nid = \"a\"\nmode = \"{mode}\"\norigins = []\n"
        )
    }

    #[test]
    fn s16_what_says_more_than_an_origin_is_refused() {
        let with = |origin: &str| {
            [
                format!("widget_origins = [{origin:?}]"),
                format!("[[sites]]\nid = \"a\"\nmode = \"open\"\norigins = [{origin:?}]"),
            ]
        };
        for text in with("https://a.example:8443") {
            assert!(Config::parse(&text).is_ok(), "{text}");
        }
        for origin in [
            "https://a.example; script-src *",
            "https://a.example;",
            "https://a.example https://b.example",
            "https://a.example,https://b.example",
            "https://a.example\r\nx-more: 1",
            "https://*.example",
            "*",
            "'self'",
            "null",
            "https:",
            "data:",
            "https://a.example/",
            "https://a.example/path",
            "https://me@a.example",
        ] {
            for text in with(origin) {
                let refused = matches!(Config::parse(&text), Err(ConfigError::Value(_)));
                assert!(refused, "{text}");
            }
        }
    }

    #[test]
    fn values_that_could_open_a_door_are_refused() {
        assert!(Config::parse(&real("open", "i_pay_for_everyone = true")).is_ok());
        let config =
            Config::parse(&real("invite", "chain = [\"ws://127.0.0.1:1\"]")).expect("good");
        let settings = config.grid.settings(config.network).expect("a network");
        assert_eq!(settings.chain, ["ws://127.0.0.1:1"]);
        assert_eq!(settings.directory[0], "https://gridproxy.grid.tf");
        for text in [
            "[[sites]]\nid = \"A/b\"\nmode = \"open\"\norigins = []",
            "git_origins_allowed = [\"git.example\"]",
            "network = \"main\"",
            &real("invite", "").replace("/m", ""),
            &real("invite", "").replace("https://hub.example/", "devgrid:"),
            &real("open", ""),
            &real("open", "i_pay_for_everyone = false"),
        ] {
            assert!(
                matches!(Config::parse(text), Err(ConfigError::Value(_))),
                "{text}"
            );
        }
    }
}
