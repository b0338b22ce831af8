//! What a host in a URL is: a public name, or something this service never connects to.

/// What a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name of the public tree. What it resolves to is the server's to judge.
    Public,
    /// An address in whatever spelling, a single label, or a name of a private tree.
    Refused,
}

/// `None` when it is no host at all.
pub(crate) fn classify(host: &str) -> Option<Kind> {
    if let Some(inner) = host.strip_prefix('[') {
        return is_ipv6(inner.strip_suffix(']')?).then_some(Kind::Refused);
    }
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    if host.len() > 253 || !host.split('.').all(label) {
        return None;
    }
    let last = host.rsplit('.').next()?;
    if is_number(last) {
        return is_ipv4(host).then_some(Kind::Refused);
    }
    let private = !host.contains('.') || PRIVATE.iter().any(|tree| is_under(host, tree));
    Some(if private { Kind::Refused } else { Kind::Public })
}

/// RFC 4291. The standard library's parser would cost the widget three times as much.
fn is_ipv6(text: &str) -> bool {
    if let Some((front, tail)) = text.rsplit_once(':')
        && tail.contains('.')
    {
        let plain = |p: &str| {
            p.bytes().all(|b| b.is_ascii_digit())
                && (p.len() == 1 || !p.starts_with('0'))
                && number(p, 10).is_some_and(|n| n < 256)
        };
        // It stands for two groups.
        let groups = [front, ":0:0"].concat();
        return tail.split('.').count() == 4 && tail.split('.').all(plain) && is_ipv6(&groups);
    }
    let group = |g: &str| (1..=4).contains(&g.len()) && g.bytes().all(|b| b.is_ascii_hexdigit());
    let count = |part: &str| match part {
        "" => Some(0),
        _ => part.split(':').all(group).then(|| part.split(':').count()),
    };
    let gap = text.as_bytes().windows(2).position(|pair| pair == b"::");
    match gap.and_then(|at| Some((text.get(..at)?, text.get(at + 2..)?))) {
        Some((front, back)) => count(front)
            .zip(count(back))
            .is_some_and(|(a, b)| a + b <= 7),
        None => count(text) == Some(8),
    }
}

/// Host and port of an authority; the colons of an IPv6 address are inside brackets. The port has
/// one spelling: no sign, no zero in front.
///
/// # Errors
/// The unit when what follows the host is no port.
pub(crate) fn split_port(authority: &str) -> Result<(&str, Option<u16>), ()> {
    let bracket = authority.rfind(']').unwrap_or(0);
    let colon = authority.bytes().skip(bracket).position(|b| b == b':');
    let at_colon = colon.and_then(|colon| authority.split_at_checked(bracket + colon));
    let Some((host, port)) = at_colon else {
        return Ok((authority, None));
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    if !digits.bytes().all(|b| b.is_ascii_digit()) || digits.starts_with('0') {
        return Err(());
    }
    let port = number(digits, 10).and_then(|port| u16::try_from(port).ok());
    port.map(|port| (host, Some(port))).ok_or(())
}

/// https, or a port that nobody else is known to listen on.
pub(crate) fn is_web_port(port: u16) -> bool {
    port == 443 || (port >= 1024 && !SERVICES.contains(&port))
}

/// Trees that public DNS does not serve, or that lead into some private network: RFC 6761, 6762,
/// 7686, 8375, 9476, ICANN's `.internal`, and what routers and clusters use.
#[rustfmt::skip]
const PRIVATE: &[&str] = &[
    "alt", "arpa", "cluster", "corp", "domain", "example", "home", "internal", "intranet", "invalid",
    "lan", "local", "localdomain", "localhost", "onion", "private", "svc", "test",
    "workgroup",
];

/// Well-known services from 1024 on that speak something else than https.
const SERVICES: &[u16] = &[
    1433, 1521, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 4369, 5432, 5672, 5900, 5984, 6000, 6379,
    6443, 7001, 9000, 9042, 9092, 9200, 9300, 10250, 10255, 11211, 25565, 27017,
];

fn is_under(host: &str, tree: &str) -> bool {
    let (host, tree) = (host.as_bytes(), tree.as_bytes());
    let at = host.len().checked_sub(tree.len());
    at.is_some_and(|at| host[at..].eq_ignore_ascii_case(tree) && (at == 0 || host[at - 1] == b'.'))
}

/// A label that makes WHATWG parsers read the whole host as an IPv4 address.
fn is_number(label: &str) -> bool {
    label.bytes().all(|b| b.is_ascii_digit()) || hex(label).is_some()
}

fn hex(label: &str) -> Option<&str> {
    let digits = label
        .strip_prefix("0x")
        .or_else(|| label.strip_prefix("0X"))?;
    digits
        .bytes()
        .all(|b| b.is_ascii_hexdigit())
        .then_some(digits)
}

/// As the WHATWG URL standard reads it: up to four parts, decimal, octal or hexadecimal, the last
/// one filling what is left.
fn is_ipv4(host: &str) -> bool {
    let parts: Vec<Option<u64>> = host.split('.').map(part).collect();
    let Some((last, front)) = parts.split_last() else {
        return false;
    };
    let front_fits = front.iter().all(|p| p.is_some_and(|n| n < 256));
    let room = 4_u32.checked_sub(u32::try_from(front.len()).unwrap_or(u32::MAX));
    let last_fits = |room: u32| last.is_some_and(|n| n < 256_u64.pow(room));
    front_fits && room.filter(|&room| room > 0).is_some_and(last_fits)
}

fn part(text: &str) -> Option<u64> {
    let (digits, radix) = match hex(text) {
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        Some(0)
    } else {
        number(digits, radix)
    }
}

/// One parser for all numbers: each type would bring its own into the widget.
pub(crate) fn number(digits: &str, radix: u32) -> Option<u64> {
    u64::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_is_what_the_standard_library_reads() {
        let pieces = [
            "",
            ":",
            "::",
            "0",
            "ffff",
            "12345",
            "g",
            "1.2.3.4",
            "1.2.3.04",
            "1.2.3",
            "256.0.0.0",
        ];
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            let longer = texts.iter().flat_map(|t| pieces.map(|p| format!("{t}{p}")));
            texts = longer
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect();
        }
        texts.extend((1..10).map(|n| vec!["a"; n].join(":")));
        texts.extend((1..10).map(|n| format!("{}::", vec!["a"; n].join(":"))));
        for text in texts {
            let theirs = text.parse::<std::net::Ipv6Addr>().is_ok();
            assert_eq!(is_ipv6(&text), theirs, "{text:?}");
        }
    }

    #[test]
    fn addresses_are_known_in_every_spelling() {
        for host in [
            "127.0.0.1",
            "127.1",
            "0",
            "0x",
            "0x7f.1",
            "0177.0.0.1",
            "017700000001",
            "4294967295",
            "0377.00000000377.00377.0000377",
            "[::1]",
            "[::ffff:10.0.0.1]",
        ] {
            assert_eq!(classify(host), Some(Kind::Refused), "{host}");
        }
        for host in [
            "1.2.3.4.5",
            "256.1.1.1",
            "4294967296",
            "1.2.3.09",
            "[::1",
            "[]",
            "a..b",
            "",
        ] {
            assert_eq!(classify(host), None, "{host}");
        }
        assert_eq!(classify("0x7f.com"), Some(Kind::Public));
        assert_eq!(classify("Nas.LAN"), Some(Kind::Refused));
        assert_eq!(classify("mylan.org"), Some(Kind::Public));
    }
}
