//! The DNS, asked as the nodes ask it: for addresses.

use std::io;
use std::net::IpAddr;

use async_trait::async_trait;

/// Looks host names up. [`SystemDns`] is the one to use; another one is for tests.
#[async_trait]
pub trait Dns: Send + Sync + 'static {
    /// The addresses of a host; empty when there are none.
    ///
    /// # Errors
    /// When nobody knows: ask again.
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's own resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDns;

#[async_trait]
impl Dns for SystemDns {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        match tokio::net::lookup_host((host, 443)).await {
            Ok(found) => Ok(found.map(|address| address.ip()).collect()),
            Err(error) if is_absence(&error) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

/// The system tells "there is none" from "nobody answers" in words alone.
fn is_absence(error: &io::Error) -> bool {
    let text = error.to_string();
    text.contains("not known") || text.contains("No address associated")
}
