//! One connection at a time, to one of several endpoints: JSON-RPC over a WebSocket.
//!
//! The methods are the ones that every node has (`chain_`, `state_`, `author_`). subxt's own back
//! ends try three kinds one after the other and repeat only the last one's error, and a client of
//! theirs whose connection has ended never opens another.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde::de::DeserializeOwned;
use subxt::rpcs::client::{RpcClient, RpcParams, RpcSubscription};
use subxt::rpcs::{Error as RpcError, UserError};
use subxt::utils::H256;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::ChainError;

/// The parameters of a question. The values always serialise.
macro_rules! params {
    ($($value:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut params = subxt::rpcs::client::RpcParams::new();
        $(let _ = params.push($value);)*
        params
    }};
}
pub(super) use params;

/// How long an endpoint may take before the next one is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection, and for an answer. A whole question takes at most this long for each
    /// endpoint and once more.
    pub answer: Duration,
    /// For a new block; five times as long as the chain needs for one.
    pub block: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(10),
            block: Duration::from_secs(30),
        }
    }
}

pub(super) struct Link {
    endpoints: Vec<Endpoint>,
    pub(super) patience: Patience,
    /// Of the first endpoint that answered. The others have to be of the same chain.
    genesis: OnceLock<H256>,
    state: Mutex<State>,
}

/// What an endpoint answered.
pub(super) enum Said<T> {
    Answer(T),
    /// The pool does not take a transaction.
    Pool(UserError),
}

/// A subscription, with what it hangs on.
pub(super) struct Feed<T> {
    pub(super) items: RpcSubscription<T>,
    connection: Arc<Connection>,
}

struct State {
    /// The endpoint that is used, or tried next.
    at: usize,
    connection: Option<Arc<Connection>>,
}

struct Connection {
    endpoint: usize,
    rpc: RpcClient,
}

struct Endpoint {
    url: String,
    /// Without path and user: they may be somebody's key, and this is logged.
    name: String,
}

/// Why one endpoint gave nothing.
enum Failure {
    /// It does not answer.
    Silent(String),
    /// It answers that it cannot.
    Unable(String),
}

impl Link {
    pub(super) fn new(urls: impl IntoIterator<Item = String>, patience: Patience) -> Self {
        let endpoints = urls.into_iter().map(|url| Endpoint {
            name: name_of(&url),
            url,
        });
        Self {
            endpoints: endpoints.collect(),
            patience,
            genesis: OnceLock::new(),
            state: Mutex::new(State {
                at: 0,
                connection: None,
            }),
        }
    }

    /// The hash of block 0; known once anything has been answered.
    pub(super) fn genesis(&self) -> Option<H256> {
        self.genesis.get().copied()
    }

    /// Asks the endpoint at hand; when that gives nothing, each of the others.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        method: &str,
        params: RpcParams,
    ) -> Result<T, ChainError> {
        match self.say(method, params).await? {
            Said::Answer(answer) => Ok(answer),
            Said::Pool(error) => Err(ChainError::Unknown {
                why: error.to_string(),
            }),
        }
    }

    /// The same for what goes to the pool, whose no is an answer.
    pub(super) async fn say<T: DeserializeOwned>(
        &self,
        method: &str,
        params: RpcParams,
    ) -> Result<Said<T>, ChainError> {
        let mut failures = Failures::default();
        // Once more than there are: the connection at hand may have ended long ago, unnoticed.
        for _ in 0..=self.endpoints.len() {
            let connection = match self.connection().await {
                Ok(connection) => connection,
                Err(failure) => {
                    failures.add(failure);
                    continue;
                }
            };
            let asked = connection.rpc.request(method, params.clone());
            let failure = match timeout(self.patience.answer, asked).await {
                Ok(Ok(answer)) => return Ok(Said::Answer(answer)),
                Ok(Err(RpcError::User(error))) if is_of_the_pool(&error) => {
                    return Ok(Said::Pool(error));
                }
                Ok(Err(error @ (RpcError::User(_) | RpcError::Deserialization(_)))) => {
                    Failure::Unable(format!("{method}: {error}"))
                }
                Ok(Err(error)) => Failure::Silent(format!("{method}: {error}")),
                Err(_) => Failure::Silent(format!("{method}: no answer in time")),
            };
            failures.add(self.leave(&connection, failure).await);
        }
        Err(failures.into())
    }

    /// Subscribes. What comes, and whether it comes in time, is the caller's to judge.
    pub(super) async fn feed<T: DeserializeOwned>(
        &self,
        subscribe: &str,
        unsubscribe: &str,
    ) -> Result<Feed<T>, ChainError> {
        let connection = self.connection().await.map_err(|failure| {
            let mut failures = Failures::default();
            failures.add(failure);
            ChainError::from(failures)
        })?;
        let asked = connection.rpc.subscribe(subscribe, params![], unsubscribe);
        let why = match timeout(self.patience.answer, asked).await {
            Ok(Ok(items)) => return Ok(Feed { items, connection }),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".into(),
        };
        let mut failures = Failures::default();
        failures.add(self.leave(&connection, Failure::Silent(why)).await);
        Err(failures.into())
    }

    /// Gives up the endpoint that this feed comes from.
    pub(super) async fn leave_feed<T>(&self, feed: Feed<T>, why: &str) -> ChainError {
        let left = self
            .leave(&feed.connection, Failure::Silent(why.to_owned()))
            .await;
        let mut failures = Failures::default();
        failures.add(left);
        failures.into()
    }

    pub(super) fn endpoints(&self) -> usize {
        self.endpoints.len()
    }

    /// The connection at hand, or a new one. Whoever comes while one is being made waits for it.
    async fn connection(&self) -> Result<Arc<Connection>, Failure> {
        let mut state = self.state.lock().await;
        if let Some(connection) = &state.connection {
            return Ok(Arc::clone(connection));
        }
        let index = state.at;
        let Some(endpoint) = self.endpoints.get(index) else {
            return Err(Failure::Silent("no endpoint is configured".into()));
        };
        let why = match timeout(self.patience.answer, self.connect(endpoint)).await {
            Ok(Ok(rpc)) => {
                tracing::debug!(endpoint = endpoint.name, "connected to the chain");
                let connection = Arc::new(Connection {
                    endpoint: index,
                    rpc,
                });
                state.connection = Some(Arc::clone(&connection));
                return Ok(connection);
            }
            Ok(Err(why)) => why,
            Err(_) => "no connection in time".into(),
        };
        state.at = (index + 1) % self.endpoints.len();
        tracing::warn!(endpoint = endpoint.name, why, "no connection to the chain");
        Err(Failure::Silent(format!("{}: {why}", endpoint.name)))
    }

    async fn connect(&self, endpoint: &Endpoint) -> Result<RpcClient, String> {
        let rpc = RpcClient::from_insecure_url(&endpoint.url)
            .await
            .map_err(|error| chain_of_causes(&error))?;
        let genesis: H256 = rpc
            .request("chain_getBlockHash", params![0u32])
            .await
            .map_err(|error| chain_of_causes(&error))?;
        if *self.genesis.get_or_init(|| genesis) == genesis {
            return Ok(rpc);
        }
        Err("it is of another chain than the endpoint before; correct the configuration".into())
    }

    /// Gives up this connection, if nobody else has meanwhile, and turns to the next endpoint.
    async fn leave(&self, connection: &Arc<Connection>, failure: Failure) -> Failure {
        let mut state = self.state.lock().await;
        let name = self
            .endpoints
            .get(connection.endpoint)
            .map_or("", |endpoint| endpoint.name.as_str());
        let failure = match failure {
            Failure::Silent(why) => Failure::Silent(format!("{name}: {why}")),
            Failure::Unable(why) => Failure::Unable(format!("{name}: {why}")),
        };
        if let Some(current) = &state.connection
            && Arc::ptr_eq(current, connection)
        {
            tracing::warn!(why = failure.why(), "leaving an endpoint of the chain");
            state.connection = None;
            state.at = (connection.endpoint + 1) % self.endpoints.len().max(1);
        }
        failure
    }
}

impl Failure {
    fn why(&self) -> &str {
        match self {
            Failure::Silent(why) | Failure::Unable(why) => why,
        }
    }
}

#[derive(Default)]
struct Failures {
    whys: Vec<String>,
    unable: bool,
}

impl Failures {
    fn add(&mut self, failure: Failure) {
        self.unable |= matches!(failure, Failure::Unable(_));
        self.whys.push(failure.why().to_owned());
    }
}

impl From<Failures> for ChainError {
    fn from(failures: Failures) -> Self {
        let why = failures.whys.join("; ");
        match failures.unable {
            true => ChainError::Unknown { why },
            false => ChainError::Unreachable { why },
        }
    }
}

/// Substrate's `author` errors begin at 1000, its pool's at 1010 (substrate:client/rpc-api).
fn is_of_the_pool(error: &UserError) -> bool {
    (1000..2000).contains(&error.code)
}

/// `wss://key@host:1/key` is `host:1`.
fn name_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit('@').next().unwrap_or_default().to_owned()
}

/// The connection's errors keep their reason in their source.
fn chain_of_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn an_endpoint_is_named_without_what_may_be_secret() {
        for (url, name) in [
            ("wss://tfchain.grid.tf/ws", "tfchain.grid.tf"),
            ("wss://me:key@a.b:443/v1/key?token=x", "a.b:443"),
            ("ws://[::1]:9944", "[::1]:9944"),
            ("a.b", "a.b"),
        ] {
            assert_eq!(name_of(url), name);
        }
    }
}
