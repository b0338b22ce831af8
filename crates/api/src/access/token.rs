//! The host page's own word that a visitor may deploy: a short-lived token that its backend signs.
//!
//! `v1.<site>.<subject>.<expiry>.<nonce>.<sizes>.<signature>` in plain ASCII:
//! - *site*: the id in the service's config;
//! - *subject*: whom the site means, 1 to 64 of `A-Za-z0-9_-`: a user's number, never an address;
//! - *expiry*: seconds since 1970, at most five minutes ahead;
//! - *nonce*: 16 to 64 of `A-Za-z0-9_-`, new for each token: it is good for one deployment;
//! - *sizes*: the sizes allowed, joined by `+`; empty for all the site allows;
//! - *signature*: base64url without padding, HMAC-SHA256 of all that stands before its dot.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// No token may be good for longer, seconds.
pub const LONGEST: u64 = 5 * 60;
/// What the clocks of two machines may differ by, seconds.
const SKEW: u64 = 5;

/// A token whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Whom the site means.
    pub subject: String,
    /// Makes it good for one deployment.
    pub nonce: String,
    /// When it ends, seconds since 1970: its nonce need not be kept for longer.
    pub expiry: u64,
    /// The sizes it allows; empty for all.
    pub sizes: Vec<String>,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not the seven parts, or a part that cannot be read.
    #[error("the token is not of the form v1.site.subject.expiry.nonce.sizes.signature")]
    Form,
    /// Signed with another secret, or changed since.
    #[error("the token's signature does not hold: is the site's secret the right one?")]
    Signature,
    /// Made for another site.
    #[error("the token is for another site")]
    Site,
    /// Older than its expiry.
    #[error("the token has expired: the page asks its server for a new one")]
    Expired,
    /// Good for longer than five minutes.
    #[error("the token is good for too long: five minutes is the limit")]
    TooLong,
}

impl Token {
    /// Reads a token. `secrets` are the site's: the one in use, and while it is being changed the old
    /// one; `now` is in seconds since 1970.
    ///
    /// # Errors
    /// The first thing wrong, the signature first: nothing unsigned is told anything.
    pub fn read(text: &str, site: &str, secrets: &[&[u8]], now: u64) -> Result<Self, TokenError> {
        let (signed, signature) = text.rsplit_once('.').ok_or(TokenError::Form)?;
        let mut mac = [0; 32];
        let decoded = Base64UrlUnpadded::decode(signature, &mut mac);
        if decoded.map(<[u8]>::len) != Ok(32) {
            return Err(TokenError::Form);
        }
        // Every secret is tried, so that the time tells nothing of which one holds.
        let holds = |held, secret: &&[u8]| held | keyed(secret, signed).verify_slice(&mac).is_ok();
        if !secrets.iter().fold(false, holds) {
            return Err(TokenError::Signature);
        }
        let parts: Vec<_> = signed.split('.').collect();
        let ["v1", of, subject, expiry, nonce, sizes] = parts[..] else {
            return Err(TokenError::Form);
        };
        if of != site {
            return Err(TokenError::Site);
        }
        let digits = !expiry.is_empty() && expiry.bytes().all(|b| b.is_ascii_digit());
        let expiry: u64 = match expiry.parse() {
            Ok(expiry) if digits => expiry,
            _ => return Err(TokenError::Form),
        };
        if !is_word(subject, 1) || !is_word(nonce, 16) {
            return Err(TokenError::Form);
        }
        if expiry.saturating_add(SKEW) < now {
            return Err(TokenError::Expired);
        }
        if expiry > now.saturating_add(LONGEST + SKEW) {
            return Err(TokenError::TooLong);
        }
        let sizes: Vec<_> = match sizes {
            "" => vec![],
            sizes => sizes.split('+').map(str::to_owned).collect(),
        };
        // Nobody means all sizes by a list of none.
        if sizes.iter().any(String::is_empty) {
            return Err(TokenError::Form);
        }
        Ok(Self {
            subject: subject.into(),
            nonce: nonce.into(),
            expiry,
            sizes,
        })
    }
}

/// Signs a token: what a host's backend does, here for tests and for the operator's trials.
pub fn sign(
    secret: &[u8],
    site: &str,
    subject: &str,
    expiry: u64,
    nonce: &str,
    sizes: &str,
) -> String {
    let signed = format!("v1.{site}.{subject}.{expiry}.{nonce}.{sizes}");
    let mac = keyed(secret, &signed).finalize().into_bytes();
    format!("{signed}.{}", Base64UrlUnpadded::encode_string(&mac))
}

fn keyed(secret: &[u8], text: &str) -> Hmac<Sha256> {
    #[allow(clippy::expect_used)] // HMAC takes keys of any length
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length");
    mac.update(text.as_bytes());
    mac
}

fn is_word(text: &str, least: usize) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    (least..=64).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"a secret of the site";
    const NONCE: &str = "nonce-of-sixteen";
    const NOW: u64 = 1_800_000_000;

    fn token(expiry: u64) -> String {
        sign(SECRET, "club", "user-7", expiry, NONCE, "small+mid")
    }

    fn read(text: &str) -> Result<Token, TokenError> {
        Token::read(text, "club", &[SECRET], NOW)
    }

    #[test]
    fn a_token_says_whom_the_site_means() {
        let token = read(&token(NOW + 300)).unwrap();
        assert_eq!(
            (token.subject.as_str(), token.nonce.as_str()),
            ("user-7", NONCE)
        );
        assert_eq!(
            (token.expiry, token.sizes),
            (NOW + 300, vec!["small".into(), "mid".into()])
        );
        let all = sign(SECRET, "club", "u", NOW, NONCE, "");
        assert_eq!(read(&all).unwrap().sizes, Vec::<String>::new());
        for none in ["+", "small+", "+small", "small++mid"] {
            let none = sign(SECRET, "club", "u", NOW, NONCE, none);
            assert_eq!(read(&none), Err(TokenError::Form));
        }
    }

    #[test]
    fn the_signature_is_what_other_languages_compute() {
        // printf 'v1.club.u.1.nonce-of-sixteen.' | openssl dgst -sha256 -hmac 'key'
        let text = sign(b"key", "club", "u", 1, NONCE, "");
        let (_, signature) = text.rsplit_once('.').unwrap();
        let mac = Base64UrlUnpadded::decode_vec(signature).unwrap();
        let hex: String = mac.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, OPENSSL);
    }

    const OPENSSL: &str = "e5cf1a725600aa308da5ae8572aa2ea6954fb82df5769deb20a3c68428c205e9";

    #[test]
    fn whatever_is_changed_breaks_it() {
        let good = token(NOW + 60);
        for at in 0..good.len() {
            for with in ["A", "b", ".", "+"] {
                let mut bad = good.clone();
                bad.replace_range(at..=at, with);
                // The last character holds four bits that mean nothing; the decoder refuses them too.
                assert!(bad == good || read(&bad).is_err(), "{bad}");
            }
            assert!(read(&good[..at]).is_err());
        }
        assert!(read(&format!("{good}A")).is_err());
    }

    #[test]
    fn another_site_time_or_form_is_refused_by_name() {
        let for_other = Token::read(&token(NOW), "other", &[SECRET], NOW);
        assert_eq!(for_other, Err(TokenError::Site));
        assert_eq!(read(&token(NOW - 6)), Err(TokenError::Expired));
        assert!(read(&token(NOW - 5)).is_ok());
        assert_eq!(read(&token(NOW + 306)), Err(TokenError::TooLong));
        assert_eq!(read(&token(u64::MAX)), Err(TokenError::TooLong));
        for (subject, nonce) in [("", NONCE), ("a b", NONCE), ("u", "short"), ("é", NONCE)] {
            let odd = sign(SECRET, "club", subject, NOW, nonce, "");
            assert_eq!(read(&odd), Err(TokenError::Form), "{odd}");
        }
        for odd in ["", "v1", "v1......", "v1.club.u.1.n..x"] {
            assert_eq!(read(odd), Err(TokenError::Form), "{odd}");
        }
    }

    #[test]
    fn while_a_secret_is_changed_both_hold() {
        let (old, new) = (&b"old"[..], &b"new"[..]);
        for secret in [old, new] {
            let text = sign(secret, "club", "u", NOW, NONCE, "");
            assert!(Token::read(&text, "club", &[new, old], NOW).is_ok());
        }
        let text = sign(old, "club", "u", NOW, NONCE, "");
        assert_eq!(
            Token::read(&text, "club", &[new], NOW),
            Err(TokenError::Signature)
        );
        assert_eq!(
            Token::read(&text, "club", &[], NOW),
            Err(TokenError::Signature)
        );
    }
}
