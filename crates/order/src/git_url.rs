//! The git URL policy (GIT_CHECK): the same in the browser and on the server.
//!
//! Checks go in the order syntax, scheme, address, so each text has one verdict. What passes is read
//! the same by this parser, by the WHATWG one and by an HTTP client: nothing in it can be repaired,
//! decoded or normalised into something else.

use std::fmt;

use words::{Flaw, Said};

use crate::{
    GitOrigin, git_host as host,
    shown::{is_plain, shown},
};

/// A repository URL that kept the policy. Canonical: host in lower case, default port dropped, one
/// trailing slash stripped, the path's spelling kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GitUrl {
    https: bool,
    host: String,
    port: u16,
    path: String,
    by_operator: bool,
}

/// Which rule a URL broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GitUrlClass {
    /// It cannot be read in one way only.
    Syntax,
    /// It is not https.
    Scheme,
    /// It leads somewhere this service does not connect to.
    Address,
}

/// Why a URL is refused, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GitUrlError {
    /// Nothing there.
    Empty,
    /// Over 2048 bytes.
    TooLong,
    /// Control character, space, backslash, quote, shell character, or not ASCII.
    BadCharacter(char),
    /// `https:` without two slashes, a dash first, and the like.
    Shape,
    /// `user@` or `user:password@`.
    UserInfo,
    /// The part between `https://` and the next slash.
    Host,
    /// No number from 1 to 65535.
    Port,
    /// `?` or `#` and what follows.
    Query,
    /// No path, or only a slash.
    NoPath,
    /// Empty or dot segments, or escapes that hide something.
    Path,
    /// No `https://`.
    NoScheme,
    /// Another scheme, or a remote helper.
    Scheme,
    /// One text for every address that is refused.
    Address,
    /// A port of another service.
    PortRefused,
}

impl GitUrlError {
    /// What to say about it, in any language.
    pub fn said(&self) -> Said {
        match self {
            Self::Empty => Flaw::GitEmpty.into(),
            Self::TooLong => Flaw::GitTooLong.into(),
            Self::BadCharacter(bad) => Said::with(Flaw::GitBadCharacter, shown(*bad)),
            Self::Shape => Flaw::GitShape.into(),
            Self::UserInfo => Flaw::GitUserInfo.into(),
            Self::Host => Flaw::GitHost.into(),
            Self::Port => Flaw::GitPort.into(),
            Self::Query => Flaw::GitQuery.into(),
            Self::NoPath => Flaw::GitNoPath.into(),
            Self::Path => Flaw::GitPath.into(),
            Self::NoScheme => Flaw::GitNoScheme.into(),
            Self::Scheme => Flaw::GitScheme.into(),
            Self::Address => Flaw::GitAddress.into(),
            Self::PortRefused => Flaw::GitPortRefused.into(),
        }
    }
}

said_in_english!(GitUrlError);

impl GitUrlError {
    /// Which rule was broken.
    pub fn class(&self) -> GitUrlClass {
        match self {
            Self::NoScheme | Self::Scheme => GitUrlClass::Scheme,
            Self::Address | Self::PortRefused => GitUrlClass::Address,
            _ => GitUrlClass::Syntax,
        }
    }
}

impl GitUrl {
    /// Parses a repository URL. Space around it is refused, not trimmed: the form trims.
    ///
    /// # Errors
    /// The first rule broken: syntax, then scheme, then address.
    pub fn parse(text: &str, allowed: &[GitOrigin]) -> Result<Self, GitUrlError> {
        if text.trim_matches(' ').is_empty() {
            return Err(GitUrlError::Empty);
        }
        if text.len() > 2048 {
            return Err(GitUrlError::TooLong);
        }
        if let Some(bad) = text.chars().find(|c| !c.is_ascii() || c.is_ascii_control()) {
            return Err(GitUrlError::BadCharacter(bad));
        }
        let (https, rest) = split_scheme(text)?;
        let end = rest.find(['/', '?', '#']);
        let (authority, path) = end
            .and_then(|end| rest.split_at_checked(end))
            .unwrap_or((rest, ""));
        let site = Site::read(https, authority);
        let at_site = |site: &Site| allowed.iter().any(|o| o.is(https, &site.host, site.port));
        let by_operator = site.as_ref().is_ok_and(at_site);
        // A plain http address is refused for its scheme, whatever else is wrong with it.
        if !https && !by_operator {
            return Err(GitUrlError::Scheme);
        }
        let plain = |c: char| is_plain(c, "-._~%+@:,=/[]?#");
        if let Some(bad) = rest.chars().find(|&c| !plain(c)) {
            return Err(GitUrlError::BadCharacter(bad));
        }
        if rest.contains(['?', '#']) {
            return Err(GitUrlError::Query);
        }
        let site = site?;
        let path = check_path(path)?;
        if !by_operator {
            if site.kind != host::Kind::Public {
                return Err(GitUrlError::Address);
            }
            if !host::is_web_port(site.port) {
                return Err(GitUrlError::PortRefused);
            }
        }
        Ok(Self {
            https,
            host: site.host,
            port: site.port,
            path: path.to_owned(),
            by_operator,
        })
    }

    /// Whether it is https; http only at an origin the operator allowed.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// The host name, lower case.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, the scheme's default filled in.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The path, starting with `/`, never ending with one, percent-escapes as typed.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether its origin is one the operator allowed: the address rules do not hold for it.
    pub fn is_allowed_by_operator(&self) -> bool {
        self.by_operator
    }
}

impl fmt::Display for GitUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, default) = if self.https {
            ("https", 443)
        } else {
            ("http", 80)
        };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port != default {
            write!(f, ":{}", self.port)?;
        }
        f.write_str(&self.path)
    }
}

/// What stands between the scheme and the path.
struct Site {
    kind: host::Kind,
    host: String,
    port: u16,
}

impl Site {
    fn read(https: bool, authority: &str) -> Result<Self, GitUrlError> {
        if authority.contains('@') {
            return Err(GitUrlError::UserInfo);
        }
        let (host, port) = host::split_port(authority).map_err(|()| GitUrlError::Port)?;
        Ok(Self {
            kind: host::classify(host).ok_or(GitUrlError::Host)?,
            host: host.to_ascii_lowercase(),
            port: port.unwrap_or(if https { 443 } else { 80 }),
        })
    }
}

/// Whether it is https, and what follows `://`; anything but http and https ends here.
fn split_scheme(text: &str) -> Result<(bool, &str), GitUrlError> {
    let scheme = |name: &str| {
        let (head, rest) = text.split_at_checked(name.len())?;
        head.eq_ignore_ascii_case(name).then_some(rest)
    };
    if let Some(rest) = scheme("https:") {
        return match rest.strip_prefix("//") {
            Some(rest) => Ok((true, rest)),
            // A helper of that name.
            None if rest.starts_with(':') => Err(GitUrlError::Scheme),
            None => Err(GitUrlError::Shape),
        };
    }
    if let Some(rest) = scheme("http://") {
        return Ok((false, rest));
    }
    if text.starts_with(['-', ':']) {
        return Err(GitUrlError::Shape);
    }
    if text.starts_with("//") || text.starts_with("\\\\") {
        return Err(GitUrlError::Scheme);
    }
    // `scheme:`, `helper::`, `C:`, and the `user@host:path` of ssh.
    let before_colon = text.split_once(':').map(|(before, _)| before);
    let named = |c: char| is_plain(c, "+.-_@[]");
    if before_colon.is_some_and(|before| before.chars().all(named)) {
        return Err(GitUrlError::Scheme);
    }
    let plain = |c: char| is_plain(c, "-._~%/:@");
    match text.chars().find(|&c| !plain(c)) {
        Some(bad) => Err(GitUrlError::BadCharacter(bad)),
        None => Err(GitUrlError::NoScheme),
    }
}

/// One trailing slash is dropped; nothing else is changed.
fn check_path(path: &str) -> Result<&str, GitUrlError> {
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() {
        return Err(GitUrlError::NoPath);
    }
    let segment = |s: &str| !s.is_empty() && s != "." && s != ".." && escapes_are_plain(s);
    let mut segments = path.split('/').skip(1);
    if path.contains(['[', ']']) || !segments.all(segment) {
        return Err(GitUrlError::Path);
    }
    Ok(path)
}

/// Whether every `%` begins an escape, none hides a dot, slash, backslash, percent sign or control
/// character, and together they are text: bytes that are none read as something else elsewhere.
fn escapes_are_plain(segment: &str) -> bool {
    let mut parts = segment.split('%');
    let mut decoded: Vec<u8> = parts.next().unwrap_or_default().into();
    for part in parts {
        let Some((hex, rest)) = part.split_at_checked(2) else {
            return false;
        };
        let byte = match host::number(hex, 16) {
            Some(byte) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => byte as u8,
            _ => return false,
        };
        if b"./\\%".contains(&byte) {
            return false;
        }
        decoded.push(byte);
        decoded.extend_from_slice(rest.as_bytes());
    }
    std::str::from_utf8(&decoded).is_ok_and(|text| !text.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> Vec<GitOrigin> {
        ["http://localhost:8083", "https://10.0.0.7:3000"]
            .map(|origin| GitOrigin::parse(origin).expect(origin))
            .to_vec()
    }

    #[test]
    fn an_origin_of_the_operator_is_free_of_the_address_rules_alone() {
        use GitUrlError::{Address, NoPath, Path, Query, Scheme, UserInfo};
        let parse = |text: &str| GitUrl::parse(text, &allowed());
        for good in ["http://localhost:8083/a/b", "https://10.0.0.7:3000/a"] {
            let url = parse(good).expect(good);
            assert!(url.is_allowed_by_operator());
            assert_eq!(url.to_string(), good);
            assert!(GitUrl::parse(good, &[]).is_err(), "{good}");
        }
        let rows = [
            ("http://localhost:8083/", NoPath),
            ("http://localhost:8083/a/../b", Path),
            ("http://localhost:8083/a?b", Query),
            ("https://u@10.0.0.7:3000/a", UserInfo),
            ("http://u@localhost:8083/a", Scheme),
            ("http://localhost:8084/a", Scheme),
            ("http://localhost/a", Scheme),
            ("https://localhost:8083/a", Address),
            ("https://10.0.0.7/a", Address),
            ("https://10.0.0.70:3000/a", Address),
        ];
        for (text, error) in rows {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn s08_a_refused_address_does_not_tell_its_reason() {
        for text in [
            "https://10.0.0.1/a",
            "https://[::1]/a",
            "https://metadata/a",
            "https://a.internal:8443/a",
            "https://1.1.1.1:22/a",
        ] {
            assert_eq!(
                GitUrl::parse(text, &[]),
                Err(GitUrlError::Address),
                "{text}"
            );
        }
    }

    #[test]
    fn the_canonical_form_changes_the_host_the_port_and_one_slash_only() {
        let url = GitUrl::parse("HTTPS://Git.Example.ORG:443/Ann%20B/r/", &[]).expect("accepted");
        assert_eq!(url.to_string(), "https://git.example.org/Ann%20B/r");
        assert!(!url.is_allowed_by_operator());
    }
}
