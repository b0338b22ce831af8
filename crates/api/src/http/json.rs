//! A JSON body, strictly: its type, its size, its fields.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::header,
};
use futures_util::StreamExt;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::{Path, Segment};

use super::{Kind, Problem, guard};

/// The parsed body.
pub(super) struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        // A page of another origin cannot send this type without a preflight.
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok());
        let kind = kind
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Problem::new(Kind::NotJsonType));
        }
        let body = read(request.into_body()).await?;
        let body = String::from_utf8(body).map_err(|_| Problem::new(Kind::NotJson))?;
        // First whether it is JSON at all, to its end and not too deep; then what it says.
        serde_json::from_str::<IgnoredAny>(&body).map_err(|e| {
            Problem::detail(Kind::NotJson, format!("The body is not valid JSON: {e}."))
        })?;
        let (depth, lists) = shape(body.as_bytes());
        if depth > DEEPEST {
            let words = format!("The body has more than {DEEPEST} levels.");
            return Err(Problem::detail(Kind::NotJson, words));
        }
        let mut json = serde_json::Deserializer::from_str(&body);
        let parsed = serde_path_to_error::deserialize(&mut json)
            .map_err(|e| Problem::at(Kind::Invalid, pointer(e.path()), words(e.inner())))?;
        if lists {
            // serde took it for the fields in order.
            let words = "No part of this is a list; fields stand in braces.";
            return Err(Problem::at(Kind::Invalid, "", words));
        }
        Ok(Self(parsed))
    }
}

/// The body, if it is not too large. What is too large is read on for a while and dropped: a client
/// that is still writing when the connection closes never sees the answer.
async fn read(body: Body) -> Result<Vec<u8>, Problem> {
    let mut frames = body.into_data_stream();
    let (mut kept, mut seen) = (Vec::new(), 0);
    while let Some(frame) = frames.next().await {
        let frame = frame.map_err(|_| Problem::new(Kind::NotJson))?;
        seen += frame.len();
        if seen <= guard::BODY {
            kept.extend_from_slice(&frame);
        } else if seen > MOST_DROPPED {
            break;
        }
    }
    if seen > guard::BODY {
        return Err(Problem::new(Kind::BodyTooLarge));
    }
    Ok(kept)
}

const MOST_DROPPED: usize = 8 * 1024 * 1024;

/// Lists and objects within one another; messages have two levels.
const DEEPEST: usize = 16;

/// How deep valid JSON is, and whether there are lists in it. `IgnoredAny` goes as deep as there is.
fn shape(json: &[u8]) -> (usize, bool) {
    let (mut now, mut most, mut in_text, mut lists) = (0_usize, 0, false, false);
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_text = !in_text,
            b'\\' => _ = bytes.next(),
            b'[' | b'{' if !in_text => {
                now += 1;
                most = most.max(now);
                lists |= *byte == b'[';
            }
            b']' | b'}' if !in_text => now = now.saturating_sub(1),
            _ => {}
        }
    }
    (most, lists)
}

/// RFC 6901. The type is in the way only where serde stops before the field.
fn pointer(path: &Path) -> String {
    let segment = |s: &Segment| match s {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => String::new(),
    };
    path.iter().map(segment).collect()
}

/// Without serde's line and column: the pointer says where.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text
        .rfind(" at line ")
        .map_or(text.as_str(), |at| &text[..at]);
    format!("{}.", text.replace('`', "'"))
}
