//! `GET /v1/deployments/{id}`

use axum::{
    Json,
    extract::State,
    http::{HeaderName, header},
};
use order::api::{Deployment, ProblemDetails};

use super::{
    super::{App, Problem, tongue::Tongue},
    Owned, resource,
};

/// The deployment. Needs its capability; a wrong one is 404.
#[utoipa::path(
    get, path = "/v1/deployments/{id}",
    params(("id" = String, Path), ("Authorization" = String, Header, description = "Bearer and the capability")),
    responses((status = 200, body = Deployment), (status = 404, body = ProblemDetails))
)]
pub(in super::super) async fn get(
    State(app): State<App>,
    Owned(record): Owned,
    tongue: Tongue,
) -> Result<([(HeaderName, &'static str); 1], Json<Deployment>), Problem> {
    let deployment = tongue.say(resource(&app, &record).await?);
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(deployment)))
}
