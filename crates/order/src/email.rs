//! The administrator's e-mail address.

use std::{fmt, str::FromStr};

use words::{Flaw, Said};

use crate::shown::{is_plain, shown};

/// An address PeerTube accepts for its administrator. Syntax only: nothing is sent to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminEmail(String);

/// Why an e-mail address is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EmailError {
    /// There must be exactly one `@`, with text on both sides.
    Shape,
    /// RFC 5321: 64 bytes before the `@`, 254 in all.
    TooLong,
    /// A character that the part before the `@` cannot have.
    BadLocal(char),
    /// The part after the `@` is no host name.
    BadHost,
}

impl EmailError {
    /// What to say about it, in any language.
    pub fn said(&self) -> Said {
        match self {
            Self::Shape => Flaw::EmailShape.into(),
            Self::TooLong => Flaw::EmailTooLong.into(),
            Self::BadLocal(bad) => Said::with(Flaw::EmailBadLocal, shown(*bad)),
            Self::BadHost => Flaw::EmailBadHost.into(),
        }
    }
}

said_in_english!(EmailError);

impl AdminEmail {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AdminEmail {
    type Err = EmailError;

    /// Spaces around it are ignored. The local part is RFC 5322's dot-atom: quoted forms exist, and
    /// nobody types them by intent.
    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim_matches(' ');
        let (local, host) = text.split_once('@').ok_or(EmailError::Shape)?;
        if local.is_empty() || host.is_empty() || host.contains('@') {
            return Err(EmailError::Shape);
        }
        if text.len() > 254 || local.len() > 64 {
            return Err(EmailError::TooLong);
        }
        let atom = |c: char| is_plain(c, "!#$%&'*+/=?^_`{|}~-.");
        if let Some(bad) = local.chars().find(|&c| !atom(c)) {
            return Err(EmailError::BadLocal(bad));
        }
        if local.split('.').any(str::is_empty) {
            return Err(EmailError::BadLocal('.'));
        }
        let label = |l: &str| {
            (1..=63).contains(&l.len())
                && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !l.starts_with('-')
                && !l.ends_with('-')
        };
        // PeerTube's first start ends with an error when the last label is none of those there are.
        let top = |l: &str| {
            l.len() > 1 && (l.bytes().all(|b| b.is_ascii_alphabetic()) || l.starts_with("xn--"))
        };
        let last = host.rsplit_once('.').map(|(_, last)| last);
        if !host.split('.').all(label) || !last.is_some_and(top) {
            return Err(EmailError::BadHost);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for AdminEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_addresses_pass_and_are_trimmed() {
        for good in [
            "a@b.co",
            " ann.o'neil+tube@mail.example.org ",
            "x_1@xn--mnchen-3ya.de",
            "x@b.xn--p1ai",
        ] {
            assert_eq!(
                good.parse::<AdminEmail>().expect(good).as_str(),
                good.trim()
            );
        }
    }

    #[test]
    fn each_refusal_has_its_reason() {
        use EmailError::{BadHost, BadLocal, Shape, TooLong};
        let long = format!("{}@b.co", "a".repeat(65));
        let longest = format!("a@{}.co", "abcdefghi.".repeat(25));
        let rows = [
            (longest.as_str(), TooLong),
            ("", Shape),
            ("ann", Shape),
            ("@b.co", Shape),
            ("a@", Shape),
            ("a@b@c.co", Shape),
            (&long, TooLong),
            ("a b@c.co", BadLocal(' ')),
            ("a\n@c.co", BadLocal('\n')),
            (".a@c.co", BadLocal('.')),
            ("a..b@c.co", BadLocal('.')),
            ("\"a\"@c.co", BadLocal('"')),
            ("a@localhost", BadHost),
            ("a@-b.co", BadHost),
            ("a@b..co", BadHost),
            ("a@1.2.3.4", BadHost),
            ("a@b.c", BadHost),
            ("a@b.c1", BadHost),
            ("a@b.c-d", BadHost),
            ("a@b.co\r\nX: y", BadHost),
        ];
        for (text, reason) in rows {
            assert_eq!(text.parse::<AdminEmail>(), Err(reason), "{text:?}");
        }
    }
}
