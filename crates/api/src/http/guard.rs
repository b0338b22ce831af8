//! What holds for every request: limits, and one line in the log.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, Method},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{App, Kind, Problem};

/// Bytes of a body.
pub(super) const BODY: usize = 64 * 1024;
const URL: usize = 2 * 1024;
const HEADERS: usize = 32 * 1024;
const REQUEST_ID: &str = "x-request-id";

/// Refuses what is too long before anything reads it.
pub(super) async fn limits(request: Request, next: Next) -> Response {
    if request.uri().to_string().len() > URL {
        return Problem::new(Kind::UrlTooLong).into_response();
    }
    let headers = request.headers();
    if headers
        .iter()
        .map(|(k, v)| k.as_str().len() + v.len())
        .sum::<usize>()
        > HEADERS
    {
        return Problem::new(Kind::HeadersTooLarge).into_response();
    }
    next.run(request).await
}

/// The method, unless it is one that somebody made up: metrics and log hold none of a client's words.
fn name(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let same = known.into_iter().find(|known| *known == method.as_str());
    same.unwrap_or("other")
}

/// Takes a request's id from a proxy only if it is one: what is logged and sent back is short and plain.
/// A request without one is given one.
pub(super) async fn id(mut request: Request, next: Next) -> Response {
    let plain = |id: &HeaderValue| {
        let is_plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_.".contains(b);
        (1..=128).contains(&id.len()) && id.as_bytes().iter().all(is_plain)
    };
    let headers = request.headers_mut();
    if !headers.get(REQUEST_ID).is_some_and(plain) {
        headers.remove(REQUEST_ID);
    }
    next.run(request).await
}

/// One line a request. The route, not the path: paths hold names, and ids of deployments.
pub(super) async fn log(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = name(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let id = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|v| v.to_str().ok());
    let id = id.unwrap_or_default().to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    app.counters.request(method, route, status);
    tracing::info!(
        id,
        method,
        route,
        status,
        ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    response
}
