//! Which addresses may be connected to.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket},
    sync::LazyLock,
};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Every IPv4 network that is not public unicast (IANA special-purpose registry), and the retired
/// 6to4 relays.
const REFUSED_V4: [Ipv4Net; 14] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 3),
];

/// Global unicast. All else is refused by not being in it: mapped and NAT64 addresses, ULA,
/// link-local, and the overlays 0200::/7 and 0400::/7 that a server on the grid can reach.
const PUBLIC_V6: Ipv6Net = v6(0x2000, 0, 3);

/// Within global unicast: protocol assignments, documentation (two), 6to4.
const REFUSED_V6: [Ipv6Net; 4] = [
    v6(0x2001, 0, 23),
    v6(0x2001, 0xdb8, 32),
    v6(0x2002, 0, 16),
    v6(0x3fff, 0, 20),
];

/// Decides on single addresses: public ones, less the service's own and the operator's list.
#[derive(Debug, Clone, Default)]
pub struct AddressPolicy {
    refused: Vec<IpNet>,
    own: Vec<IpAddr>,
}

/// Why an address is refused. For the log alone: the visitor reads one text for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not on the public internet.
    NotPublic(IpAddr),
    /// This service itself.
    Own(IpAddr),
    /// The operator's list.
    Listed(IpAddr),
}

impl AddressPolicy {
    /// With the operator's extra networks and the service's own addresses.
    pub fn new(refused: Vec<IpNet>, own: Vec<IpAddr>) -> Self {
        Self { refused, own }
    }

    /// # Errors
    /// Why this address may not be connected to.
    pub fn check(&self, address: IpAddr) -> Result<(), Refusal> {
        let public = match address {
            IpAddr::V4(v4) => !REFUSED_V4.iter().any(|net| net.contains(&v4)),
            IpAddr::V6(v6) => {
                PUBLIC_V6.contains(&v6) && !REFUSED_V6.iter().any(|net| net.contains(&v6))
            }
        };
        if !public {
            Err(Refusal::NotPublic(address))
        } else if self.own.contains(&address) || is_this_machines(address) {
            Err(Refusal::Own(address))
        } else if self.refused.iter().any(|net| net.contains(&address)) {
            Err(Refusal::Listed(address))
        } else {
            Ok(())
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPublic(address) => write!(f, "{address} is not a public address"),
            Self::Own(address) => write!(f, "{address} is this service's own"),
            Self::Listed(address) => write!(f, "{address} is on the operator's list"),
        }
    }
}

/// Whether this machine has the address, now: it may have several, and IPv6 changes them. Asks the
/// system, which lets a socket have no other; where it lets a socket have any, this tells nothing.
fn is_this_machines(address: IpAddr) -> bool {
    // Addresses of documentation, which nobody has.
    static ANY_V4: LazyLock<bool> = LazyLock::new(|| can_have(Ipv4Addr::new(192, 0, 2, 1).into()));
    static ANY_V6: LazyLock<bool> =
        LazyLock::new(|| can_have(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()));
    let any = if address.is_ipv4() { *ANY_V4 } else { *ANY_V6 };
    !any && can_have(address)
}

fn can_have(address: IpAddr) -> bool {
    UdpSocket::bind((address, 0)).is_ok()
}

/// The addresses this machine would use towards the internet. Asks the routing table; sends nothing.
pub fn outbound_addresses() -> Vec<IpAddr> {
    let towards = |from: IpAddr, to: IpAddr| {
        let socket = UdpSocket::bind((from, 0)).ok()?;
        socket.connect((to, 9)).ok()?;
        socket.local_addr().ok().map(|address| address.ip())
    };
    let v4 = towards(
        Ipv4Addr::UNSPECIFIED.into(),
        Ipv4Addr::new(192, 0, 2, 1).into(),
    );
    let v6 = towards(
        Ipv6Addr::UNSPECIFIED.into(),
        Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 1).into(),
    );
    v4.into_iter().chain(v6).collect()
}

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(a: u16, b: u16, bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(address: &str) -> bool {
        AddressPolicy::default()
            .check(address.parse().unwrap())
            .is_ok()
    }

    #[test]
    fn both_ends_of_every_refused_network_are_refused_and_their_neighbours_are_not() {
        for net in REFUSED_V4 {
            assert!(!accepts(&net.network().to_string()), "{net}");
            assert!(!accepts(&net.broadcast().to_string()), "{net}");
        }
        for outside in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "191.255.255.255",
            "192.0.1.0",
            "192.0.3.0",
            "192.88.98.255",
            "192.88.100.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "198.51.101.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
        ] {
            assert!(accepts(outside), "{outside}");
        }
    }

    #[test]
    fn of_ipv6_only_global_unicast_without_the_special_networks() {
        for refused in [
            "::",
            "::1",
            "::ffff:8.8.8.8",
            "::8.8.8.8",
            "64:ff9b::808:808",
            "100::1",
            "200::1",
            "3ff::1",
            "400::1",
            "5ff::1",
            "1fff:ffff::1",
            "2001::1",
            "2001:1ff:ffff::1",
            "2001:db8::1",
            "2002:808:808::1",
            "3fff::1",
            "3fff:fff:ffff::1",
            "4000::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!accepts(refused), "{refused}");
        }
        for accepted in [
            "2000::1",
            "2001:200::1",
            "2606:4700::1111",
            "2a01:4f8::1",
            "2003::1",
            "3fff:1000::1",
        ] {
            assert!(accepts(accepted), "{accepted}");
        }
    }

    #[test]
    fn own_and_listed_addresses_are_refused() {
        let own: IpAddr = "93.184.216.34".parse().unwrap();
        let listed: IpAddr = "2606:4700::1".parse().unwrap();
        let policy = AddressPolicy::new(vec!["2606:4700::/32".parse().unwrap()], vec![own]);
        assert_eq!(policy.check(own), Err(Refusal::Own(own)));
        assert_eq!(policy.check(listed), Err(Refusal::Listed(listed)));
        assert_eq!(policy.check("93.184.216.35".parse().unwrap()), Ok(()));
    }

    #[test]
    fn asking_for_outbound_addresses_never_gives_the_wildcard() {
        assert!(
            outbound_addresses()
                .iter()
                .all(|address| !address.is_unspecified())
        );
    }
}
