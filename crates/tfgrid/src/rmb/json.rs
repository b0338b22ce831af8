//! Envelopes as JSON: how test vectors and the example `envelope` write them. Nothing on the bus
//! looks like this.

use serde::Deserialize;

use super::{Address, Envelope, Failure, Message, Nothing, Payload, Request};
use crate::Error;
use crate::error::without_value;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    uid: String,
    /// Not `Option` alone, because absent and `null` differ.
    #[serde(deserialize_with = "given")]
    tags: Option<Option<String>>,
    timestamp: u64,
    expiration: u64,
    source: Option<End>,
    destination: Option<End>,
    kind: Option<Kind>,
    command: Option<String>,
    error: Option<Why>,
    plain: Option<String>,
    cipher: Option<String>,
    schema: Option<String>,
    federation: Option<String>,
    relays: Vec<String>,
    #[serde(
        alias = "ed25519_signature_with_prefix_hex",
        alias = "sr25519_signature_with_prefix_hex"
    )]
    signature: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Request,
    Response,
    Error,
    Ping,
    Pong,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct End {
    twin: u32,
    connection: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Why {
    code: u32,
    message: String,
}

impl Envelope {
    /// Reads an envelope written as JSON, for debugging: `uid`, `tags`, `timestamp`, `expiration`,
    /// `source` and `destination` (`twin`, `connection`), `command` of a request or `error` (`code`,
    /// `message`), `plain` as text or `cipher` in hex, `schema`, `federation`, `relays`, `signature`
    /// in hex. `kind` is `request`, `response`, `error`, `ping` or `pong`; when it is left out,
    /// command and error tell, and without both it is a response.
    ///
    /// `tags` that are left out are an empty text, which is what the published client (npm
    /// `@threefold/rmb_direct_client`) sends; `null` for none. Both hash the same.
    ///
    /// # Errors
    /// [`Error::Envelope`].
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let wrong = |what: &str| Error::Envelope(what.to_owned());
        let written: Written =
            serde_json::from_str(text).map_err(|error| wrong(&without_value(&error)))?;
        let kind = written.kind.unwrap_or(match &written {
            w if w.error.is_some() => Kind::Error,
            w if w.command.is_some() => Kind::Request,
            _ => Kind::Response,
        });
        let bytes = |digits: String| {
            hex::decode(digits.trim_start_matches("0x"))
                .map_err(|_| wrong("cipher and signature are written in hex"))
        };
        let payload = match (written.plain, written.cipher) {
            (Some(_), Some(_)) => return Err(wrong("it has both `plain` and `cipher`")),
            (Some(plain), None) => Some(Payload::Plain(plain.into_bytes())),
            (None, Some(digits)) => Some(Payload::Cipher(bytes(digits)?)),
            (None, None) => None,
        };
        Ok(Self {
            uid: written.uid,
            tags: written.tags.unwrap_or_else(|| Some(String::new())),
            timestamp: written.timestamp,
            expiration: written.expiration,
            source: written.source.map(Address::from),
            destination: written.destination.map(Address::from),
            message: Some(match kind {
                Kind::Request => Message::Request(Request {
                    command: written.command.unwrap_or_default(),
                }),
                Kind::Error => {
                    let Why { code, message } = written.error.unwrap_or_default();
                    Message::Error(Failure { code, message })
                }
                Kind::Response => Message::Response(Nothing {}),
                Kind::Ping => Message::Ping(Nothing {}),
                Kind::Pong => Message::Pong(Nothing {}),
            }),
            signature: written.signature.map(bytes).transpose()?,
            schema: written.schema,
            federation: written.federation,
            payload,
            relays: written.relays,
        })
    }
}

impl From<End> for Address {
    fn from(End { twin, connection }: End) -> Self {
        Self { twin, connection }
    }
}

fn given<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}
