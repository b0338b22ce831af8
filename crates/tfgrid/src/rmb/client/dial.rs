//! How a relay is reached.

use std::fmt;
use std::io;
use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use http::Uri;
use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};

use crate::Error;

/// Where a relay listens. Read from `relay.grid.tf`, which stands for `wss://relay.grid.tf`; the bare
/// host is what a twin has on the chain. `ws://` is taken for this machine only: the token would go
/// in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RelayUrl {
    tls: bool,
    host: String,
    port: u16,
}

/// Bytes both ways.
pub trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// Opens connections to relays. [`Sockets`] is the one to use; another one is for tests.
#[async_trait]
pub trait Dial: Send + Sync + 'static {
    /// Connects; encrypted, if the relay's address says so.
    async fn dial(&self, relay: &RelayUrl) -> io::Result<Box<dyn Wire>>;
}

/// TCP, with TLS as the platform verifies it.
pub struct Sockets(TlsConnector);

impl Sockets {
    /// Trusts what the platform trusts, and these roots.
    ///
    /// # Errors
    /// [`Error::Tls`] when the platform's verifier cannot be used.
    pub fn new(extra_roots: Vec<CertificateDer<'static>>) -> Result<Self, Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = Verifier::new_with_extra_roots(extra_roots, Arc::clone(&provider))
            .and_then(|verifier| {
                Ok(ClientConfig::builder_with_provider(provider)
                    .with_safe_default_protocol_versions()?
                    .dangerous() // the platform's verifier, which is no less strict
                    .with_custom_certificate_verifier(Arc::new(verifier))
                    .with_no_client_auth())
            })
            .map_err(|error| Error::Tls(error.to_string()))?;
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }
}

#[async_trait]
impl Dial for Sockets {
    async fn dial(&self, relay: &RelayUrl) -> io::Result<Box<dyn Wire>> {
        let bare = relay.host.trim_matches(['[', ']']);
        let stream = TcpStream::connect((bare, relay.port)).await?;
        stream.set_nodelay(true)?;
        if !relay.tls {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(bare.to_owned())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        Ok(Box::new(self.0.connect(name, stream).await?))
    }
}

impl RelayUrl {
    /// The host, as it stands on the chain.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host, and the port unless it is the usual one.
    pub(super) fn authority(&self) -> String {
        let usual = if self.tls { 443 } else { 80 };
        if self.port == usual {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for RelayUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "wss" } else { "ws" };
        write!(f, "{scheme}://{}", self.authority())
    }
}

impl FromStr for RelayUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |remedy: &str| Error::Rule {
            at: format!("the relay `{text}`"),
            remedy: remedy.into(),
        };
        let whole = if text.contains("://") {
            text.to_owned()
        } else {
            format!("wss://{text}")
        };
        let uri: Uri = whole
            .parse()
            .map_err(|_| wrong("write it like `relay.grid.tf`"))?;
        let host = uri.host().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| wrong("write it like `relay.grid.tf`"))?;
        let more = uri.path_and_query().is_some_and(|rest| rest != "/");
        if more || uri.authority().is_some_and(|a| a.as_str().contains('@')) {
            return Err(wrong(
                "leave out all but the host and, if need be, the port",
            ));
        }
        let tls = match uri.scheme_str() {
            Some("wss") => true,
            Some("ws") if is_this_machine(host) => false,
            Some("ws") => {
                return Err(wrong(
                    "it must be `wss://`: a token is no use when all can read it",
                ));
            }
            _ => return Err(wrong("it starts with `wss://`, or with the host")),
        };
        let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let host = host.to_ascii_lowercase();
        Ok(Self { tls, host, port })
    }
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    bare == "localhost"
        || bare
            .parse()
            .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relays_are_read_and_print_as_one_would_write_them() {
        for (text, printed) in [
            ("relay.grid.tf", "wss://relay.grid.tf"),
            ("wss://Relay.dev.grid.tf/", "wss://relay.dev.grid.tf"),
            ("relay.grid.tf:8443", "wss://relay.grid.tf:8443"),
            ("ws://127.0.0.1:9000", "ws://127.0.0.1:9000"),
            ("ws://[::1]:9000", "ws://[::1]:9000"),
            ("ws://localhost", "ws://localhost"),
        ] {
            let relay: RelayUrl = text.parse().unwrap();
            assert_eq!(relay.to_string(), printed);
            assert_eq!(printed.parse(), Ok(relay));
        }
    }

    #[test]
    fn what_is_no_relay_is_refused_with_a_remedy() {
        for text in [
            "",
            "wss://",
            "https://relay.grid.tf",
            "ws://relay.grid.tf",
            "wss://a:b@relay.grid.tf",
            "relay.grid.tf/path",
            "relay.grid.tf/?token",
            "two hosts",
        ] {
            let error = text.parse::<RelayUrl>().unwrap_err().to_string();
            assert!(error.starts_with("the relay `"), "{error}");
        }
    }
}
