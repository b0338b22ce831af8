//! Names to addresses, once a hop, all of them checked.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use async_trait::async_trait;
use order::GitUrl;
use tokio::{net::lookup_host, time::timeout};

use super::{
    addresses::{AddressPolicy, Refusal},
    answer::Finding,
};

/// At most this many addresses of a name are kept to connect to.
const KEPT: usize = 16;

/// Looks names up.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// All addresses of a name.
    ///
    /// # Errors
    /// When the name has none, or the look-up failed.
    async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, ResolveError>;
}

/// The look-up failed; the text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ResolveError(pub String);

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, ResolveError> {
        let found = lookup_host((host, 0))
            .await
            .map_err(|e| ResolveError(e.to_string()))?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Why a URL's host may not be, or cannot be, connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// One of its addresses is refused; for the log alone.
    Refused(Refusal),
    /// It has no addresses.
    Unknown(String),
    /// The look-up took too long.
    TooSlow,
}

/// Looks the URL's host up, once, and checks **every** answer: the addresses to connect to, with the
/// URL's port. The address rules do not hold for an origin the operator allowed.
///
/// # Errors
/// When one answer is refused, when there is none, or it took longer than `within`.
pub async fn admit(
    url: &GitUrl,
    resolver: &dyn Resolve,
    policy: &AddressPolicy,
    within: Duration,
) -> Result<Vec<SocketAddr>, Admission> {
    // An operator's origin may be an IPv6 literal, which URLs write in brackets.
    let host = url.host().trim_matches(['[', ']']);
    let mut found = match timeout(within, resolver.resolve(host)).await {
        Err(_) => return Err(Admission::TooSlow),
        Ok(Err(error)) => return Err(Admission::Unknown(error.to_string())),
        Ok(Ok(found)) if found.is_empty() => {
            return Err(Admission::Unknown("the name has no addresses".into()));
        }
        Ok(Ok(found)) => found,
    };
    if !url.is_allowed_by_operator() {
        found
            .iter()
            .try_for_each(|ip| policy.check(*ip))
            .map_err(Admission::Refused)?;
    }
    found.truncate(KEPT);
    Ok(found
        .into_iter()
        .map(|ip| SocketAddr::new(ip, url.port()))
        .collect())
}

impl From<Admission> for Finding {
    fn from(admission: Admission) -> Self {
        match admission {
            Admission::Refused(reason) => Self::Refused(reason.to_string()),
            Admission::Unknown(reason) => Self::UnknownHost(reason),
            Admission::TooSlow => Self::TooSlow,
        }
    }
}
