//! `POST /v1/git-checks`

use std::sync::atomic::Ordering;

use axum::{Extension, Json, extract::State};
use order::api::{GitCheck, GitCheckRequest, ProblemDetails};

use super::{App, Kind, Problem, json, tongue::Tongue, visitor::Visitor};
use crate::git_check::Busy;

/// Whether a repository works as a settings repository. 200 whenever the check itself ran.
#[utoipa::path(
    post, path = "/v1/git-checks",
    request_body = GitCheckRequest,
    responses(
        (status = 200, body = GitCheck),
        (status = 429, body = ProblemDetails, description = "this client has too many checks running"),
        (status = 503, body = ProblemDetails, description = "too many checks are running"),
    )
)]
pub(super) async fn post(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    tongue: Tongue,
    json::Json(request): json::Json<GitCheckRequest>,
) -> Result<Json<GitCheck>, Problem> {
    let check = check(&app, &request.url, visitor).await?;
    Ok(Json(tongue.say(check)))
}

pub(super) async fn check(app: &App, url: &str, visitor: Visitor) -> Result<GitCheck, Problem> {
    match app.git.check(url, visitor.0).await {
        Ok(check) => {
            app.counters.git_check(check.state);
            Ok(check)
        }
        Err(busy) => {
            app.counters.git_checks_busy.fetch_add(1, Ordering::Relaxed);
            let kind = match busy {
                Busy::Client => Kind::TooManyChecks,
                Busy::Host | Busy::Service => Kind::Busy,
            };
            Err(Problem::new(kind))
        }
    }
}
