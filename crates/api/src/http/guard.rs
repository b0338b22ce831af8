//! What holds for every request: limits, and one line in the log.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{App, Kind, Problem};

/// Bytes of a body.
pub(super) const BODY: usize = 64 * 1024;
const URL: usize = 2 * 1024;
const HEADERS: usize = 32 * 1024;

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

/// One line a request. The route, not the path: paths hold names, and ids of deployments.
pub(super) async fn log(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|v| v.to_str().ok());
    let id = id.unwrap_or_default().to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    app.counters.request(&method, route, status);
    tracing::info!(
        id,
        %method,
        route,
        status,
        ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    response
}
