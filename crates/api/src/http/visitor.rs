//! Whose request it is: the address that brakes and the git check count by.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use http::HeaderMap;
use ipnet::IpNet;

use super::App;

/// The visitor's address; an extension of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Visitor(pub(crate) IpAddr);

impl Visitor {
    /// What one customer of a provider usually has: an IPv4 /24, an IPv6 /56.
    pub(super) fn network(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & (u32::MAX << 8))),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 72))),
        }
    }
}

/// Finds the visitor out.
pub(super) async fn find(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let visitor = visitor(peer.ip(), request.headers(), &app.config.trusted_proxies);
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

/// Each proxy appends whom it was asked by: from the right, the first that is no proxy of ours is the
/// visitor. What stands left of it the visitor may have written.
fn visitor(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Visitor {
    let is_ours = |ip: IpAddr| trusted.iter().any(|net| net.contains(&ip.to_canonical()));
    let mut nearest = peer;
    let lines = headers.get_all("x-forwarded-for");
    let said: Vec<_> = lines.iter().filter_map(|v| v.to_str().ok()).collect();
    for hop in said.join(",").rsplit(',') {
        if !is_ours(nearest) {
            break;
        }
        match hop.trim().parse() {
            Ok(before) => nearest = before,
            Err(_) => break,
        }
    }
    Visitor(nearest.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|n| n.parse().unwrap());
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let Visitor(ip) = visitor(peer.parse().unwrap(), &headers, &trusted);
        ip.to_string()
    }

    #[test]
    fn only_our_own_proxies_are_believed() {
        let rows: [(&str, &[&str], &str); 10] = [
            ("198.51.100.7", &[], "198.51.100.7"),
            ("198.51.100.7", &["192.0.2.1"], "198.51.100.7"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["192.0.2.1"], "192.0.2.1"),
            ("::ffff:10.0.0.1", &["192.0.2.1"], "192.0.2.1"),
            ("10.0.0.1", &["1.1.1.1, 192.0.2.1"], "192.0.2.1"),
            ("10.0.0.1", &["1.1.1.1", "192.0.2.1, 10.0.0.9"], "192.0.2.1"),
            ("fd00::1", &["2001:db8::5"], "2001:db8::5"),
            ("10.0.0.1", &["192.0.2.1, nonsense"], "10.0.0.1"),
            ("10.0.0.1", &["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
        ];
        for (peer, forwarded, expected) in rows {
            assert_eq!(seen(peer, forwarded), expected, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn a_customer_is_a_network() {
        let network = |ip: &str| Visitor(ip.parse().unwrap()).network().to_string();
        assert_eq!(network("192.0.2.77"), "192.0.2.0");
        assert_eq!(network("2001:db8:1:2ff:3::4"), "2001:db8:1:200::");
        assert_eq!(network("::ffff:192.0.2.77"), "192.0.2.0");
    }
}
