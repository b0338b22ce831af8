//! `GET /v1/deployments/{id}/events`

use std::{
    collections::VecDeque,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use futures_util::stream;
use order::api::{Event, ProblemDetails};

use super::{
    super::{App, Counters, Kind, Problem, serve::long},
    Owned,
};
use crate::engine::Watching;

/// After so long without an event a comment is sent, so that nobody in between takes the connection for
/// a dead one.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Server-sent events from after `Last-Event-ID` (0 without one) until the deployment is settled.
/// An event's id is its number in the store, so a stream that was cut goes on without gap or double.
#[utoipa::path(
    get, path = "/v1/deployments/{id}/events",
    params(
        ("id" = String, Path),
        ("Authorization" = String, Header, description = "Bearer and the capability"),
        ("Last-Event-ID" = Option<u64>, Header, description = "the last event that was seen"),
    ),
    responses(
        (status = 200, body = Event, content_type = "text/event-stream"),
        (status = 404, body = ProblemDetails),
        (status = 503, body = ProblemDetails, description = "as many streams are open as there may be"),
    )
)]
pub(in super::super) async fn get(
    State(app): State<App>,
    Owned(record): Owned,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let open = Open::one_more(&app).ok_or(Problem::new(Kind::Busy))?;
    let after = last_event_id(headers.get("last-event-id"));
    let follow = Follow {
        _open: open,
        changes: app.engine.hints.watch(&record.id),
        app,
        id: record.id,
        after,
        ready: VecDeque::new(),
        last_round: false,
    };
    let mut response = long(stream::unfold(follow, Follow::next));
    for (name, value) in [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // nginx and its kin would hold the events back.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// What a client says that it saw last: decimal digits. All else is nothing seen, and so is a number
/// that no event has: it gets what it may have seen before rather than nothing for ever.
pub fn last_event_id(header: Option<&HeaderValue>) -> u64 {
    let text = header.and_then(|v| v.to_str().ok()).unwrap_or_default();
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number.filter(|n| i64::try_from(*n).is_ok()).unwrap_or(0)
}

/// Counts the stream for as long as it is open.
struct Open(Arc<Counters>);

impl Open {
    /// `None` when there are as many as there may be.
    fn one_more(app: &App) -> Option<Self> {
        let open = Self(Arc::clone(&app.counters));
        let before = app.counters.streams.fetch_add(1, Ordering::Relaxed);
        // Dropped, it is not counted any more.
        (before < u64::from(app.config.limits.streams.get())).then_some(open)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Follow {
    app: App,
    id: String,
    after: u64,
    ready: VecDeque<(u64, Event)>,
    changes: Watching,
    last_round: bool,
    _open: Open,
}

impl Follow {
    async fn next(mut self) -> Option<(Bytes, Self)> {
        loop {
            if let Some((number, event)) = self.ready.pop_front() {
                self.after = number;
                let data = serde_json::to_string(&event).unwrap_or_default();
                let text = format!("id: {number}\nevent: step\ndata: {data}\n\n");
                return Some((text.into(), self));
            }
            if self.last_round {
                return None;
            }
            if let Next::Silence = self.read().await? {
                return Some((Bytes::from_static(b":\n\n"), self));
            }
        }
    }

    /// Reads what is new; when nothing is, waits for a change first. `None` ends the stream: the
    /// client comes back with the last number it saw.
    async fn read(&mut self) -> Option<Next> {
        let store = Arc::clone(&self.app.engine.store);
        // Settled first, events second: whatever settled it is among the events then.
        let settled = store.get(&self.id).await.ok()??.is_settled();
        self.ready = store.events(&self.id, self.after).await.ok()?.into();
        if settled && self.ready.is_empty() {
            self.last_round = true;
        }
        if self.last_round || !self.ready.is_empty() {
            return Some(Next::Read);
        }
        let mut stop = self.app.stop.clone();
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => None,
            () = self.changes.changed() => Some(Next::Read),
            () = tokio::time::sleep(HEARTBEAT) => Some(Next::Silence),
        }
    }
}

enum Next {
    Read,
    Silence,
}
