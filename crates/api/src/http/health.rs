//! `/healthz`, `/readyz`

use axum::extract::State;
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
    app.engine.store.count().await.map_err(|error| {
        tracing::error!(%error, "the store does not answer");
        Problem::detail(Kind::Unavailable, "The database does not answer.")
    })?;
    app.engine.grid.head().await.map_err(|error| {
        tracing::error!(%error, "the grid does not answer");
        Problem::detail(Kind::Unavailable, "The grid does not answer.")
    })?;
    Ok("ready")
}
