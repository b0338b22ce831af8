//! Envelopes as JSON: how test vectors and the example `envelope` write them. Nothing on the bus
//! looks like this.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Address, Envelope, Failure, Message, Nothing, Payload, Request};
use crate::Error;
use crate::deployment::nullable;
use crate::json::{Once, read_fields};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    #[serde(deserialize_with = "nullable")]
    uid: String,
    /// Not `Option` alone, because absent and `null` differ.
    #[serde(deserialize_with = "given")]
    tags: Option<Option<String>>,
    #[serde(deserialize_with = "nullable")]
    timestamp: u64,
    #[serde(deserialize_with = "nullable")]
    expiration: u64,
    source: Option<End>,
    destination: Option<End>,
    kind: Option<Kind>,
    command: Option<String>,
    /// The kinds as the protobuf names them.
    request: Option<Asked>,
    response: Option<IgnoredAny>,
    error: Option<Why>,
    ping: Option<IgnoredAny>,
    pong: Option<IgnoredAny>,
    plain: Option<String>,
    cipher: Option<String>,
    schema: Option<String>,
    federation: Option<String>,
    #[serde(deserialize_with = "nullable")]
    relays: Vec<String>,
    #[serde(
        deserialize_with = "given",
        alias = "ed25519_signature_with_prefix_hex",
        alias = "sr25519_signature_with_prefix_hex"
    )]
    signature: Option<Option<String>>,
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
    #[serde(deserialize_with = "nullable")]
    twin: u32,
    connection: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Why {
    #[serde(deserialize_with = "nullable")]
    code: u32,
    #[serde(deserialize_with = "nullable")]
    message: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    #[serde(deserialize_with = "nullable")]
    command: String,
}

impl Envelope {
    /// Reads an envelope written as JSON, for debugging: `uid`, `tags`, `timestamp`, `expiration`,
    /// `source` and `destination` (`twin`, `connection`), `command` of a request or `error` (`code`,
    /// `message`), `plain` as text or `cipher` in hex, `schema`, `federation`, `relays`, `signature`
    /// in hex. `kind` is `request`, `response`, `error`, `ping` or `pong`; when it is left out,
    /// command and error tell, and without both it is a response. As in the protobuf, `request`,
    /// `response`, `ping` and `pong` may stand in its place, each with its own fields in braces.
    ///
    /// `tags` and a `signature` that are left out are there and empty, which is what the published client
    /// (npm `@threefold/rmb_direct_client`) sends; `null` for none. Both hash the same.
    ///
    /// # Errors
    /// [`Error::Envelope`].
    pub fn from_json(text: &str) -> Result<Self, Error> {
        from_json(text).map_err(|why| {
            Error::Envelope(format!(
                "{why}; compare it with what `Envelope::from_json` documents"
            ))
        })
    }
}

fn from_json(text: &str) -> Result<Envelope, String> {
    let value = Once::read(text)?;
    refuse_misplaced(&value)?;
    let written: Written = read_fields("", value)?;
    let kind = written.kind.unwrap_or(match &written {
        w if w.error.is_some() => Kind::Error,
        w if w.command.is_some() || w.request.is_some() => Kind::Request,
        w if w.ping.is_some() => Kind::Ping,
        w if w.pong.is_some() => Kind::Pong,
        _ => Kind::Response,
    });
    let bytes = |digits: String| {
        hex::decode(digits.trim_start_matches("0x"))
            .map_err(|_| "cipher and signature are written in hex".to_owned())
    };
    let payload = match (written.plain, written.cipher) {
        (Some(_), Some(_)) => return Err("it has both `plain` and `cipher`".into()),
        (Some(plain), None) => Some(Payload::Plain(plain.into_bytes())),
        (None, Some(digits)) => Some(Payload::Cipher(bytes(digits)?)),
        (None, None) => None,
    };
    let empty = Some(String::new());
    Ok(Envelope {
        uid: written.uid,
        tags: written.tags.unwrap_or_else(|| empty.clone()),
        timestamp: written.timestamp,
        expiration: written.expiration,
        source: written.source.map(Address::from),
        destination: written.destination.map(Address::from),
        message: Some(match kind {
            Kind::Request => Message::Request(Request {
                command: match (written.command, written.request) {
                    (Some(command), _) | (None, Some(Asked { command })) => command,
                    (None, None) => String::new(),
                },
            }),
            Kind::Error => {
                let Why { code, message } = written.error.unwrap_or_default();
                Message::Error(Failure { code, message })
            }
            Kind::Response => Message::Response(Nothing {}),
            Kind::Ping => Message::Ping(Nothing {}),
            Kind::Pong => Message::Pong(Nothing {}),
        }),
        signature: (written.signature.unwrap_or(empty))
            .map(bytes)
            .transpose()?,
        schema: written.schema,
        federation: written.federation,
        payload,
        relays: written.relays,
    })
}

/// The fields that hold no fields.
const OTHERS: [&str; 12] = [
    "uid",
    "tags",
    "timestamp",
    "expiration",
    "kind",
    "command",
    "plain",
    "cipher",
    "schema",
    "federation",
    "relays",
    "signature",
];

/// What would be left out, or be taken for something else.
fn refuse_misplaced(value: &Value) -> Result<(), String> {
    let Value::Object(fields) = value else {
        return Err("fields in braces are expected".into());
    };
    if let Some(group) = ["message", "payload"]
        .into_iter()
        .find(|name| fields.contains_key(*name))
    {
        return Err(format!("what stands in `{group}` belongs one level up"));
    }
    let objects = [
        "source",
        "destination",
        "request",
        "response",
        "error",
        "ping",
        "pong",
    ];
    let known = |name: &str| OTHERS.contains(&name) || objects.contains(&name);
    let odd = |name: &&String| !known(name) && known(&name.to_lowercase());
    if let Some(name) = fields.keys().find(odd) {
        return Err(format!("`{name}` is written `{}`", name.to_lowercase()));
    }
    let list = |name: &&str| fields.get(*name).is_some_and(Value::is_array);
    match objects.into_iter().find(list) {
        Some(name) => Err(format!(
            "`{name}` is a list, and fields in braces are expected"
        )),
        None => Ok(()),
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
