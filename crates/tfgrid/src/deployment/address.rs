//! IP addresses and networks, in the form in which a node prints them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What Go prints for an address that is not set, also into a challenge.
const ABSENT: &str = "<nil>";

/// An IP address, or none (Go `net.IP`): `Display` is the canonical text, `<nil>` for none; in JSON
/// none is the empty text. An IPv4 address in IPv6 form is the IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Ip(pub Option<IpAddr>);

impl<T: Into<IpAddr>> From<T> for Ip {
    fn from(ip: T) -> Self {
        Self(Some(ip.into()))
    }
}

impl fmt::Display for Ip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(ip) => write!(f, "{}", ip.to_canonical()),
            None => f.write_str(ABSENT),
        }
    }
}

impl FromStr for Ip {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        match text.parse::<IpAddr>() {
            Ok(ip) => Ok(Self(Some(ip.to_canonical()))),
            Err(_) => Err("an IP address like 10.20.2.5 or 2001:db8::1 is expected"),
        }
    }
}

/// An IP address with the length of its network's prefix, or none (zosbase:pkg/gridtypes/common.go
/// `IPNet`). Bits behind the prefix are kept. `Display` and JSON as with [`Ip`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Cidr(Option<(IpAddr, u8)>);

impl Cidr {
    /// The network of this address and prefix length, at most 32 or 128.
    #[must_use]
    pub fn new(ip: impl Into<IpAddr>, prefix: u8) -> Self {
        let ip = ip.into();
        let longest = if ip.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.min(longest);
        match ip.to_canonical() {
            // The prefix of an IPv4 address in IPv6 form counts 96 bits before it.
            v4 if ip.is_ipv6() && v4.is_ipv4() => Self(Some((v4, prefix.saturating_sub(96)))),
            ip => Self(Some((ip, prefix))),
        }
    }

    /// The address, bits behind the prefix kept.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.0.map(|(ip, _)| ip)
    }

    /// The length of the prefix in bits.
    #[must_use]
    pub fn prefix(&self) -> Option<u8> {
        self.0.map(|(_, prefix)| prefix)
    }

    /// Whether none is set.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.0.is_none()
    }

    /// The network as IPv4, when it is one.
    pub(super) fn v4(&self) -> Option<(Ipv4Addr, u8)> {
        match self.0 {
            Some((IpAddr::V4(ip), prefix)) => Some((ip, prefix)),
            _ => None,
        }
    }

    /// Whether the IPv4 address lies in this IPv4 network.
    pub(super) fn contains(&self, ip: Ipv4Addr) -> bool {
        self.v4()
            .is_some_and(|(base, prefix)| first(base, prefix) == first(ip, prefix))
    }

    /// Whether the address is the network's first, as it should be where a network is meant.
    pub(super) fn is_network(&self) -> bool {
        self.v4()
            .is_some_and(|(ip, prefix)| first(ip, prefix) == u32::from(ip))
    }
}

/// The first address of the network, as a number.
fn first(ip: Ipv4Addr, prefix: u8) -> u32 {
    u32::from(ip) & u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0)
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((ip, prefix)) => write!(f, "{ip}/{prefix}"),
            None => f.write_str(ABSENT),
        }
    }
}

impl FromStr for Cidr {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "a network like 10.20.2.0/24 is expected";
        if text.is_empty() {
            return Ok(Self(None));
        }
        let (ip, prefix) = text.split_once('/').ok_or(EXPECTED)?;
        if !prefix.bytes().all(|b| b.is_ascii_digit()) {
            return Err(EXPECTED);
        }
        let ip: IpAddr = ip.parse().map_err(|_| EXPECTED)?;
        let prefix: u8 = prefix.parse().map_err(|_| EXPECTED)?;
        if prefix > if ip.is_ipv4() { 32 } else { 128 } {
            return Err(EXPECTED);
        }
        Ok(Self::new(ip, prefix))
    }
}

/// Text in JSON; the empty text for none.
macro_rules! as_text {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match self.0 {
                    Some(_) => to.collect_str(self),
                    None => to.serialize_str(""),
                }
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}
as_text!(Ip);
as_text!(Cidr);

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> Option<String> {
        text.parse::<Ip>().ok().map(|ip| ip.to_string())
    }

    fn cidr(text: &str) -> Option<String> {
        text.parse::<Cidr>().ok().map(|cidr| cidr.to_string())
    }

    #[test]
    fn addresses_print_as_go_prints_them() {
        for (read, printed) in [
            ("10.20.2.5", "10.20.2.5"),
            ("", "<nil>"),
            ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"),
            ("::", "::"),
            ("2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"),
            ("1:0:0:2:0:0:3:4", "1::2:0:0:3:4"),
            ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
            ("::ffff:10.20.2.5", "10.20.2.5"),
            ("0::ffff:0a14:0205", "10.20.2.5"),
        ] {
            assert_eq!(ip(read).as_deref(), Some(printed), "{read}");
        }
        for wrong in [
            "10.20.2",
            "10.020.2.5",
            "10.20.2.256",
            " 10.20.2.5",
            "fe80::1%eth0",
            "x",
        ] {
            assert_eq!(ip(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn networks_keep_what_is_behind_the_prefix() {
        for (read, printed) in [
            ("10.20.2.0/24", "10.20.2.0/24"),
            ("10.20.2.7/24", "10.20.2.7/24"),
            ("", "<nil>"),
            ("10.20.2.0/08", "10.20.2.0/8"),
            ("2001:DB8::7/64", "2001:db8::7/64"),
            ("::ffff:10.20.2.0/120", "10.20.2.0/24"),
            ("0.0.0.0/0", "0.0.0.0/0"),
        ] {
            assert_eq!(cidr(read).as_deref(), Some(printed), "{read}");
        }
        for wrong in [
            "10.20.2.0",
            "10.20.2.0/33",
            "::/129",
            "10.20.2.0/+4",
            "10.20.2.0/",
            "/8",
            "10.2.0.0/255.0.0.0",
        ] {
            assert_eq!(cidr(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_network_knows_its_members() {
        let network: Cidr = "10.20.0.0/16".parse().unwrap();
        assert!(network.is_network());
        assert!(network.contains([10, 20, 255, 255].into()));
        assert!(!network.contains([10, 21, 0, 0].into()));
        assert!(
            "0.0.0.0/0"
                .parse::<Cidr>()
                .unwrap()
                .contains([9, 9, 9, 9].into())
        );
        assert!(!"10.20.2.7/24".parse::<Cidr>().unwrap().is_network());
        assert!(!Cidr::default().contains([10, 20, 0, 1].into()));
    }
}
