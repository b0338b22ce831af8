//! Whether an instance answers, asked as a visitor would: over its public address.

use std::time::Duration;

use async_trait::async_trait;
use grid::Site;
use serde::Deserialize;

/// What an instance answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Health {
    /// `/api/v1/ping` says `pong`.
    pub ping: bool,
    /// `/api/v1/config` names the instance as ordered.
    pub name: bool,
    /// `/api/v1/oauth-clients/local` accepts the host name: a wrong one is 403.
    pub host: bool,
}

impl Health {
    /// All of it.
    pub fn is_good(self) -> bool {
        self.ping && self.name && self.host
    }
}

/// Asks an instance.
#[async_trait]
pub trait Probe: Send + Sync + 'static {
    /// What the instance at this address answers now; nothing on any error.
    async fn ask(&self, address: &str, name: &str, site: &Site) -> Health;
}

/// Over HTTP, without redirects and without proxies.
#[derive(Debug, Clone, Copy, Default)]
pub struct HttpProbe;

#[derive(Deserialize)]
struct Config {
    instance: Instance,
}

#[derive(Deserialize)]
struct Instance {
    name: String,
}

#[async_trait]
impl Probe for HttpProbe {
    async fn ask(&self, address: &str, name: &str, site: &Site) -> Health {
        match ask(name, site).await {
            Ok(health) => health,
            Err(error) => {
                tracing::debug!(address, %error, "the instance does not answer yet");
                Health::default()
            }
        }
    }
}

async fn ask(name: &str, site: &Site) -> Result<Health, reqwest::Error> {
    let mut client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10));
    let host = url::Url::parse(&site.url)
        .ok()
        .and_then(|u| u.host_str().map(str::to_owned));
    if let (Some(host), Some(dial)) = (host, site.dial) {
        client = client.resolve(&host, dial);
    }
    let client = client.build()?;
    let get = |path: &str| client.get(format!("{}/api/v1/{path}", site.url)).send();

    let ping = get("ping").await?;
    let mut health = Health {
        ping: ping.status() == 200,
        ..Health::default()
    };
    health.ping &= ping.text().await?.trim() == "pong";
    if health.ping {
        let config: Config = get("config").await?.json().await?;
        health.name = config.instance.name == name;
        health.host = get("oauth-clients/local").await?.status() == 200;
    }
    Ok(health)
}
