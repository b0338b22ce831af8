//! An origin that the operator allows for git: a forge in his own network.

use std::fmt;

use crate::git_host;

/// `scheme://host:port`, exactly; http is allowed, and any host.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GitOrigin {
    https: bool,
    host: String,
    port: u16,
}

/// Why an origin is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitOriginError {
    /// Not `http://host:port` or `https://host:port`.
    #[error("write the origin as http://host:port or https://host:port, without a path")]
    Shape,
}

impl GitOrigin {
    /// Parses `scheme://host[:port]`. The host is a name, an IPv4 address, or an IPv6 address in
    /// brackets.
    ///
    /// # Errors
    /// [`GitOriginError::Shape`] for anything else.
    pub fn parse(text: &str) -> Result<Self, GitOriginError> {
        let (https, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(GitOriginError::Shape),
        };
        let (host, port) = git_host::split_port(rest).map_err(|()| GitOriginError::Shape)?;
        git_host::classify(host).ok_or(GitOriginError::Shape)?;
        Ok(Self {
            https,
            host: host.to_ascii_lowercase(),
            port: port.unwrap_or(if https { 443 } else { 80 }),
        })
    }

    /// Whether a URL with these parts is at this origin; the host in lower case.
    pub(crate) fn is(&self, https: bool, host: &str, port: u16) -> bool {
        self.https == https && self.host == host && self.port == port
    }
}

impl fmt::Display for GitOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}://{}:{}",
            if self.https { "https" } else { "http" },
            self.host,
            self.port
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (text, shown) in [
            ("http://localhost:8083", "http://localhost:8083"),
            ("https://Git.Lan", "https://git.lan:443"),
            ("http://[::1]", "http://[::1]:80"),
            ("http://10.0.0.7:3000", "http://10.0.0.7:3000"),
        ] {
            assert_eq!(GitOrigin::parse(text).expect(text).to_string(), shown);
        }
        for bad in [
            "",
            "git.lan",
            "ftp://a",
            "http://",
            "http://a/",
            "http://a:0",
            "http://a:x",
            "http://a:+80",
            "http://a:080",
            "http://a:",
            "http://a..b",
            "http://a_b",
            "http://[::g]",
            "http://u@a",
        ] {
            assert_eq!(GitOrigin::parse(bad), Err(GitOriginError::Shape), "{bad}");
        }
    }
}
