//! The token that opens a relay's socket: a JWT in form, signed with the account's own key.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::identity::{self, AccountId, Identity};

/// A label only: what signs is the account's key, whatever stands here (rmb-rs:src/token/mod.rs).
const HEADER: &str = r#"{"alg":"RS512","typ":"JWT"}"#;

/// What a relay is told, `wss://relay.grid.tf/?<token>`: the token is the whole query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The twin that connects.
    #[serde(rename = "sub")]
    pub twin: u32,
    /// Since when it is good, in seconds of Unix time.
    #[serde(rename = "iat")]
    pub issued: u64,
    /// Until when it is good, in seconds of Unix time. Only the opening is checked: a minute is
    /// plenty.
    #[serde(rename = "exp")]
    pub expires: u64,
    /// Which of the twin's connections this is. A second one of the same name ends the first.
    #[serde(rename = "sid", default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

impl Token {
    /// The token's text: header, claims and signature in base64url, with dots between them.
    #[must_use]
    pub fn sign(&self, identity: &Identity) -> String {
        // Numbers and a text: this cannot fail.
        let claims = serde_json::to_string(self).unwrap_or_default();
        let signed = [HEADER, &claims]
            .map(|part| Base64UrlUnpadded::encode_string(part.as_bytes()))
            .join(".");
        let signature = identity.sign_prefixed(signed.as_bytes());
        let signature = Base64UrlUnpadded::encode_string(&signature);
        format!("{signed}.{signature}")
    }

    /// The twin that a token claims to be of, without any check: whose account to look up for
    /// [`Token::verify`].
    ///
    /// # Errors
    /// [`Error::Token`].
    pub fn claimed_twin(text: &str) -> Result<u32, Error> {
        parse(text).map(|(token, ..)| token.twin)
    }

    /// Reads and checks a token as a relay does: signed by this account, and not expired at `now`,
    /// in seconds of Unix time.
    ///
    /// # Errors
    /// [`Error::Token`].
    pub fn verify(text: &str, account: &AccountId, now: u64) -> Result<Self, Error> {
        let (token, signed, signature) = parse(text)?;
        identity::verify_prefixed(account, signed.as_bytes(), &signature)
            .map_err(|_| wrong("its signature is not by the twin's account; sign with that one"))?;
        if token.expires < now {
            return Err(wrong(
                "it has expired; make a new one, and check that the clock is right",
            ));
        }
        Ok(token)
    }
}

/// The claims, what is signed, and the signature.
fn parse(text: &str) -> Result<(Token, &str, Vec<u8>), Error> {
    let parts = || {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let decode = |part| Base64UrlUnpadded::decode_vec(part).ok();
        let header: serde_json::Value = serde_json::from_slice(&decode(header)?).ok()?;
        header.is_object().then_some(())?;
        let claims = serde_json::from_slice(&decode(claims)?).ok()?;
        Some((claims, signed, decode(signature)?))
    };
    parts().ok_or_else(|| wrong("it is no JWT of three parts in base64url; make a new one"))
}

fn wrong(what: &str) -> Error {
    Error::Token(what.into())
}
