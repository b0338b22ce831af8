//! `/healthz`, `/readyz`, `/metrics`

use std::{fmt::Write, sync::atomic::Ordering};

use axum::{extract::State, http::header, response::IntoResponse};
use order::api::ProblemDetails;

use super::{App, Kind, Problem};

/// The process is alive.
#[utoipa::path(get, path = "/healthz", responses((status = 200, body = String)))]
pub(super) async fn healthz() -> &'static str {
    "ok"
}

/// Store and grid can be reached.
#[utoipa::path(
    get, path = "/readyz",
    responses((status = 200, body = String), (status = 503, body = ProblemDetails))
)]
pub(super) async fn readyz(State(app): State<App>) -> Result<&'static str, Problem> {
    app.engine.store.count_by_state().await.map_err(|error| {
        tracing::error!(%error, "the store does not answer");
        Problem::detail(Kind::Unavailable, "The database does not answer.")
    })?;
    app.engine.grid.head().await.map_err(|error| {
        tracing::error!(%error, "the grid does not answer");
        Problem::detail(Kind::Unavailable, "The grid does not answer.")
    })?;
    Ok("ready")
}

/// For Prometheus.
#[utoipa::path(get, path = "/metrics", responses((status = 200, body = String)))]
pub(super) async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let mut text = String::from("# TYPE gridtube_deployments gauge\n");
    for (state, count) in app.engine.store.count_by_state().await? {
        let state = serde_json::to_value(state).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "gridtube_deployments{{state={state}}} {count}");
    }
    let counters = &app.counters;
    for (name, kind, value) in [
        ("gridtube_event_streams", "gauge", &counters.streams),
        ("gridtube_git_checks_total", "counter", &counters.git_checks),
        (
            "gridtube_git_checks_busy_total",
            "counter",
            &counters.git_checks_busy,
        ),
    ] {
        let value = value.load(Ordering::Relaxed);
        let _ = writeln!(text, "# TYPE {name} {kind}\n{name} {value}");
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text))
}
