//! `DELETE /v1/deployments/{id}`

use axum::{Json, extract::State, http::StatusCode};
use order::api::{Deployment, ProblemDetails};

use super::{
    super::{App, Kind, Problem, tongue::Tongue},
    Owned, resource,
};

/// Ends the deployment, at any time. Idempotent: 202 while it is taken down, 200 once it is over.
#[utoipa::path(
    delete, path = "/v1/deployments/{id}",
    params(("id" = String, Path), ("Authorization" = String, Header, description = "Bearer and the capability")),
    responses(
        (status = 202, body = Deployment, description = "being taken down"),
        (status = 200, body = Deployment, description = "nothing is left"),
        (status = 404, body = ProblemDetails),
    )
)]
pub(in super::super) async fn delete(
    State(app): State<App>,
    Owned(record): Owned,
    tongue: Tongue,
) -> Result<(StatusCode, Json<Deployment>), Problem> {
    let engine = &app.engine;
    if !record.state.is_over() && !record.cancel {
        engine.store.request_cancel(&record.id).await?;
        engine.hints.wanted(&record.id);
    }
    let now = engine
        .store
        .get(&record.id)
        .await?
        .ok_or(Problem::new(Kind::NotFound))?;
    let status = if now.state.is_over() {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    Ok((status, Json(tongue.say(resource(&app, &now).await?))))
}
