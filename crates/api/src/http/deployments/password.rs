//! `POST /v1/deployments/{id}/password`

use axum::{
    Json,
    extract::State,
    http::{HeaderName, header},
};
use order::api::{Password, ProblemDetails, State as Stands};

use super::{
    super::{App, Kind, Problem},
    Owned,
};

/// Reveals the admin password, once; then it is erased.
#[utoipa::path(
    post, path = "/v1/deployments/{id}/password",
    params(("id" = String, Path), ("Authorization" = String, Header, description = "Bearer and the capability")),
    responses(
        (status = 200, body = Password),
        (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails, description = "not ready yet"),
        (status = 410, body = ProblemDetails, description = "revealed before"),
    )
)]
pub(in super::super) async fn post(
    State(app): State<App>,
    Owned(record): Owned,
) -> Result<([(HeaderName, &'static str); 1], Json<Password>), Problem> {
    match record.state {
        Stands::Ready => {}
        Stands::Unwinding | Stands::Failed | Stands::Deleted => {
            return Err(Problem::new(Kind::PasswordGone));
        }
        _ => return Err(Problem::new(Kind::NotReady)),
    }
    let sealed = app.engine.store.take_password(&record.id).await?;
    let sealed = sealed.ok_or(Problem::new(Kind::PasswordGone))?;
    let password = app.engine.secrets.unseal(&record.id, &sealed)?;
    let password = String::from_utf8_lossy(&password).into_owned();
    let answer = Password {
        username: "root".into(),
        password,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)))
}
