//! Another client of the API than the widget: what a test asks and tells behind the widget's back.

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::gridtube::Gridtube;

const LOOK: Duration = Duration::from_millis(60);
const PATIENCE: Duration = Duration::from_secs(60);

/// A client of one service.
#[derive(Debug, Clone)]
pub struct ApiClient {
    http: reqwest::Client,
    origin: String,
    pages: u16,
}

/// What it takes to manage a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The deployment.
    pub id: String,
    /// Its secret.
    pub capability: String,
}

/// The states of a deployment that becomes ready, in their order.
pub const STATES: [&str; 8] = [
    "requested",
    "preflight",
    "planned",
    "paying",
    "sent",
    "starting",
    "verifying",
    "ready",
];

/// An order that keeps all rules.
pub fn order(name: &str) -> Value {
    json!({
        "size": "small", "location": "ghent", "name": name, "domain": "ava.tf",
        "git_url": null, "ssh_key": null, "private": false, "p2p": true, "admin_email": null,
    })
}

/// The body that orders it.
pub fn request(order: &Value) -> Value {
    json!({ "site": "default", "grant": null, "order": order })
}

impl ApiClient {
    /// A client of this service.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(service: &Gridtube) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self {
            http,
            origin: service.origin(),
            pages: service.pages_port(),
        })
    }

    /// A request to the API, to be filled in.
    pub fn to(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.origin))
    }

    /// Posts an order with this key; gives the status and the JSON of the answer.
    ///
    /// # Errors
    /// When there is no answer, or it is no JSON.
    pub async fn post(&self, key: &str, order: &Value) -> anyhow::Result<(StatusCode, Value)> {
        let post = self
            .to(Method::POST, "/v1/deployments")
            .header("Idempotency-Key", key)
            .json(&request(order));
        let answer = post.send().await?;
        Ok((answer.status(), answer.json().await?))
    }

    /// Orders a deployment of this name.
    ///
    /// # Errors
    /// When it is not accepted.
    pub async fn deploy(&self, name: &str) -> anyhow::Result<Access> {
        let key = format!("key-of-the-order-for-{name}");
        let (status, answer) = self.post(&key, &order(name)).await?;
        ensure!(status == StatusCode::ACCEPTED, "{status}: {answer}");
        let text = |key: &str| answer[key].as_str().map(str::to_owned);
        Ok(Access {
            id: text("id").context("no id")?,
            capability: text("capability").context("no capability")?,
        })
    }

    /// The deployment as it stands.
    ///
    /// # Errors
    /// When it is not shown.
    pub async fn show(&self, access: &Access) -> anyhow::Result<Value> {
        let path = format!("/v1/deployments/{}", access.id);
        let get = self.to(Method::GET, &path).bearer_auth(&access.capability);
        Ok(get.send().await?.error_for_status()?.json().await?)
    }

    /// Waits until it is in this state of [`STATES`] or past it; gives how it stands then.
    ///
    /// # Errors
    /// When it fails instead, or takes too long.
    pub async fn until(&self, access: &Access, state: &str) -> anyhow::Result<Value> {
        let rank = |state: &str| STATES.iter().position(|s| *s == state);
        let wanted = rank(state).context("no such state")?;
        let begun = Instant::now();
        loop {
            let now = self.show(access).await?;
            match now["state"].as_str().and_then(rank) {
                Some(reached) if reached >= wanted => return Ok(now),
                Some(_) if begun.elapsed() < PATIENCE => sleep(LOOK).await,
                _ => bail!("{state} is not reached: {now}"),
            }
        }
    }

    /// The development grid's ledger.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn ledger(&self) -> anyhow::Result<Value> {
        let url = format!("http://localhost:{}/.devgrid/ledger", self.pages);
        Ok(self
            .http
            .get(url)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?)
    }

    /// The live contracts that we pay for.
    ///
    /// # Errors
    /// When the ledger does not answer, or says it otherwise.
    pub async fn contracts(&self) -> anyhow::Result<Vec<Value>> {
        let ledger = self.ledger().await?;
        let all = ledger["contracts"].as_array().context("no contracts")?;
        // Another twin has the names that are taken from the first block on.
        let ours = |c: &&Value| c["twin"] == 100 && c["cancelled"].is_null();
        Ok(all.iter().filter(ours).cloned().collect())
    }

    /// A page of what is deployed: status and text. By its host name, wherever that leads.
    ///
    /// # Errors
    /// When nothing answers.
    pub async fn stand_in(&self, address: &str) -> anyhow::Result<(StatusCode, String)> {
        let get = self
            .http
            .get(format!("http://127.0.0.1:{}/", self.pages))
            .header("Host", format!("{address}.localhost:{}", self.pages));
        let answer = get.send().await?;
        Ok((answer.status(), answer.text().await?))
    }
}
