//! The git check: does the URL a visitor typed answer as a public git repository? (GIT_CHECK)
//!
//! A visitor gives a URL and a server fetches it, so every connection made here is one that the
//! address rules allowed: names are looked up once a hop, every answer is checked, the answers are
//! pinned, and redirects are followed by hand. Our own small smart-HTTP client, never the `git`
//! binary: that does its own look-ups and redirects.

mod addresses;
mod advertisement;
mod answer;
mod cache;
mod client;
mod limits;
mod ls_refs;
mod pkt_line;
mod redirect;
mod refs;
mod resolve;
mod talk;

use std::{net::IpAddr, sync::Arc};

use order::{GitOrigin, GitUrl, api::GitCheck};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};
use tokio_rustls::rustls::{self, pki_types::CertificateDer};

pub use addresses::{AddressPolicy, Refusal, outbound_addresses};
pub use ipnet::IpNet;
pub use limits::{Budgets, Busy};
pub use resolve::{Admission, Resolve, ResolveError, SystemResolver, admit};

use answer::Finding;
use cache::Cache;
use client::Connector;
use limits::Slots;
use talk::Step;

/// Reads a body as every kind of answer that there is: for fuzzing, which finds what panics.
#[cfg(fuzzing)]
pub fn read_any(bytes: &[u8]) {
    for cut in [false, true] {
        let body = pkt_line::Body {
            bytes: bytes.to_vec(),
            cut,
        };
        let _ = advertisement::parse(&body);
        if let Ok(refs) = ls_refs::parse(&body) {
            let asked = refs.branches().pop();
            for chosen in [refs.choose(None), refs.choose(asked.as_deref())] {
                let _ = chosen;
            }
            assert!(
                refs.branches()
                    .iter()
                    .all(|name| !name.contains(char::is_control))
            );
        }
    }
}

/// What the operator decides about the check.
#[derive(Debug, Clone, Default)]
pub struct GitCheckConfig {
    /// Origins for which the address rules do not hold: a forge in the operator's own network.
    pub allowed_origins: Vec<GitOrigin>,
    /// Networks refused besides those that are not public.
    pub refused: Vec<IpNet>,
    /// This service's own addresses, refused too; see [`outbound_addresses`].
    pub own_addresses: Vec<IpAddr>,
    /// Certificate authorities trusted besides the system's.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// Time, size and number limits.
    pub budgets: Budgets,
}

/// The checker cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum GitCheckerError {
    /// TLS has nothing to trust.
    #[error(
        "no certificate authorities to check https hosts against ({0}): \
         install the system's `ca-certificates`, or set SSL_CERT_FILE"
    )]
    Tls(#[from] rustls::Error),
}

/// Checks git URLs; one for the whole service, shared by reference.
pub struct GitChecker {
    allowed: Vec<GitOrigin>,
    policy: AddressPolicy,
    resolver: Arc<dyn Resolve>,
    connector: Connector,
    budgets: Budgets,
    clients: Slots<IpAddr>,
    hosts: Slots<String>,
    in_flight: Semaphore,
    cache: Cache,
}

impl GitChecker {
    /// Makes a checker; reads the system's certificate authorities once.
    ///
    /// # Errors
    /// When the system has no certificate authorities.
    pub fn new(
        config: GitCheckConfig,
        resolver: Arc<dyn Resolve>,
    ) -> Result<Self, GitCheckerError> {
        let budgets = config.budgets;
        Ok(Self {
            allowed: config.allowed_origins,
            policy: AddressPolicy::new(config.refused, config.own_addresses),
            resolver,
            connector: Connector::new(config.extra_roots, &budgets)?,
            clients: Slots::new(budgets.per_client),
            hosts: Slots::new(budgets.per_host),
            in_flight: Semaphore::new(budgets.in_flight),
            cache: Cache::new(&budgets),
            budgets,
        })
    }

    /// Checks a URL as typed, for the client at this address: its default branch.
    ///
    /// # Errors
    /// [`Busy`] when a limit on checks at the same time is reached; the same check may succeed later.
    pub async fn check(&self, text: &str, client: IpAddr) -> Result<GitCheck, Busy> {
        self.check_ref(text, None, client).await
    }

    /// The same for a branch or tag, by its short or full name; `None` is the default branch.
    ///
    /// # Errors
    /// As [`GitChecker::check`].
    pub async fn check_ref(
        &self,
        text: &str,
        asked: Option<&str>,
        client: IpAddr,
    ) -> Result<GitCheck, Busy> {
        let url = match GitUrl::parse(text, &self.allowed) {
            Ok(url) => url,
            Err(error) => {
                let answer = answer::invalid(text, &error, &self.allowed);
                // Who tries addresses is seen.
                let at = authority(text);
                tracing::info!(?at, state = ?answer.state, ?error, "git check");
                return Ok(answer);
            }
        };
        let key = (url.to_string(), asked.map(str::to_owned));
        if let Some(known) = self.cache.get(&key, Instant::now()) {
            return Ok(known);
        }
        let _client = self
            .clients
            .try_take(limits::client_key(client))
            .ok_or(Busy::Client)?;
        let deadline = Instant::now() + self.budgets.wall;
        let mut base = url.clone();
        let mut hops = 0;
        let finding = loop {
            let host = self.hosts.take(base.host().to_owned());
            let _host = before(deadline, host).await.ok_or(Busy::Host)?;
            // Somebody else's check of the same repository may have answered while this one waited.
            if let Some(known) = self.cache.get(&key, Instant::now()) {
                return Ok(known);
            }
            let slot = self.in_flight.acquire();
            let _slot = before(deadline, slot).await.ok_or(Busy::Service)?;
            match timeout_at(deadline, self.step(&base, asked)).await {
                Err(_) => break Finding::TooSlow,
                Ok(Step::Found(finding)) => break finding,
                Ok(Step::Moved(_)) if hops == self.budgets.redirects => {
                    break Finding::Unreachable("too many redirects".into());
                }
                Ok(Step::Moved(to)) => {
                    match redirect::follow(&base, &to, &self.allowed) {
                        Ok(next) => base = next,
                        Err(finding) => break finding,
                    }
                    hops += 1;
                }
            }
        };
        let reason = finding.reason().to_owned();
        let answer = answer::of(&url, &base, asked, finding, &self.allowed);
        // Debug formatting escapes what a host or visitor sent: a log line stays one line.
        tracing::info!(url = ?key.0, at = ?base.host(), hops, state = ?answer.state, ?reason, "git check");
        self.cache.put(key, answer.clone(), Instant::now());
        Ok(answer)
    }

    /// One hop: look up, check every answer, connect to one of them, ask.
    async fn step(&self, base: &GitUrl, asked: Option<&str>) -> Step {
        match admit(base, &*self.resolver, &self.policy, self.budgets.resolve).await {
            Ok(pinned) => talk::talk(&mut self.connector.hop(base, pinned), asked).await,
            Err(reason) => Step::Found(reason.into()),
        }
    }
}

/// Host and port of what is no good URL, and nothing that may be a secret: no user, path or query; nothing
/// at all of a text that has no `//`.
fn authority(text: &str) -> String {
    let rest = text.split_once("//").map_or("", |(_, rest)| rest);
    let whole = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = whole.rsplit('@').next().unwrap_or_default();
    host.chars().take(200).collect()
}

/// The outcome, if it comes before the deadline; one that comes just after it is no outcome, so that
/// a check whose time is over opens no connection.
async fn before<T>(deadline: Instant, waiting: impl Future<Output = T>) -> Option<T> {
    let outcome = timeout_at(deadline, waiting).await.ok();
    outcome.filter(|_| Instant::now() < deadline)
}
