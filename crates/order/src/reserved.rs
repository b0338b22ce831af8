//! Names nobody may have, and their look-alikes.
//!
//! Sources: RFC 2142 (mailbox names), the usual host names of mail and web services, names browsers
//! and mail programs look up by themselves (`wpad`, `autoconfig`, `isatap`), and ours.

/// The reserved name that this one is, or reads like. Dashes count for nothing, `0` reads like `o`,
/// `1` like `l` or `i`, `rn` like `m`, `vv` like `w`.
pub(crate) fn look_alike(name: &str) -> Option<&'static str> {
    let folded = fold(name);
    NAMES
        .iter()
        .copied()
        .find(|reserved| same(&folded, &fold(reserved)))
}

#[rustfmt::skip]
const NAMES: &[&str] = &[
    "abuse", "account", "accounts", "acme", "admin", "administrator", "api", "app", "auth",
    "autoconfig", "autodiscover", "billing", "blog", "broadcasthost", "caldav", "carddav", "cdn",
    "config", "console", "contact", "cpanel", "dashboard", "default", "demo", "dev", "dkim",
    "dmarc", "dns", "docs", "email", "example", "ftp", "gateway", "git", "graphql", "grid",
    "gridtube", "help", "host", "hostmaster", "http", "https", "imap", "imaps", "info", "internal",
    "intranet", "invalid", "irc", "isatap", "jabber", "kyc", "ldap", "legal", "local",
    "localdomain", "localhost", "login", "mail", "mailer", "mailer-daemon", "mailhost", "marketing",
    "metadata", "metrics", "mta-sts", "mx", "news", "nntp", "no-reply", "nobody", "noc", "node",
    "ns1", "ns2", "ns3", "ns4", "ns5", "ns6", "ns7", "ns8", "ns9", "ntp", "null", "oauth",
    "official", "openid", "operator", "password", "pay", "payment", "payments", "peertube",
    "phpmyadmin", "pop", "pop3", "pops", "postmaster", "privacy", "private", "proxy", "public",
    "register", "relay", "root", "sales", "secure", "security", "server", "sftp", "shop", "signin",
    "signup", "smtp", "smtps", "spf", "ssh", "ssl", "ssladmin", "sso", "staff", "static", "status",
    "superuser", "support", "sysadmin", "system", "team", "telnet", "terms", "test", "tfgrid",
    "threefold", "tls", "undefined", "usenet", "user", "uucp", "verify", "vpn", "wallet", "webmail",
    "webmaster", "whois", "wpad", "www", "www1", "www2", "xmpp",
];

/// In one pass from left to right, so `rnn` is `mn`, as it reads.
fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    let mut rest = name.bytes().filter(|&b| b != b'-').peekable();
    while let Some(byte) = rest.next() {
        folded.push(match (byte, rest.peek()) {
            (b'r', Some(b'n')) => pair(&mut rest, 'm'),
            (b'v', Some(b'v')) => pair(&mut rest, 'w'),
            (b'0', _) => 'o',
            _ => char::from(byte),
        });
    }
    folded
}

fn pair(rest: &mut impl Iterator<Item = u8>, reads_like: char) -> char {
    rest.next();
    reads_like
}

fn same(a: &str, b: &str) -> bool {
    let like = |a: u8, b: u8| match (a, b) {
        (b'1', other) | (other, b'1') => matches!(other, b'1' | b'l' | b'i'),
        (a, b) => a == b,
    };
    a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(a, b)| like(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s19_look_alikes_are_found_and_words_are_left_alone() {
        for (name, reserved) in [
            ("admin", "admin"),
            ("adm1n", "admin"),
            ("ad-min", "admin"),
            ("rnail", "mail"),
            ("ma1l", "mail"),
            ("vvvvvv", "www"),
            ("vvebrnai1", "webmail"),
            ("r00t", "root"),
            ("nsl", "ns1"),
            ("peer-tube", "peertube"),
        ] {
            assert_eq!(look_alike(name), Some(reserved), "{name}");
        }
        for name in ["mall", "myclub", "admins", "routes", "barn-mail", "w3c"] {
            assert_eq!(look_alike(name), None, "{name}");
        }
    }

    #[test]
    fn the_list_is_sorted_and_no_name_reads_like_another() {
        assert!(NAMES.is_sorted());
        for name in NAMES {
            assert_eq!(look_alike(name), Some(*name));
        }
    }
}
