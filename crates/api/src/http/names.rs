//! `GET /v1/names/{domain}/{name}`

use axum::{
    Json,
    extract::{Path, State},
};
use order::{
    InstanceName,
    api::{NameAnswer, NameState, ProblemDetails},
};

use words::Reply;

use super::{App, Kind, Problem, tongue::Tongue};
use crate::store::StoreError;

/// Whether an address can be had. A hint: the deployment itself is what reserves.
#[utoipa::path(
    get, path = "/v1/names/{domain}/{name}",
    params(("domain" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = NameAnswer), (status = 404, body = ProblemDetails))
)]
pub(super) async fn get(
    State(app): State<App>,
    Path((domain, name)): Path<(String, String)>,
    tongue: Tongue,
) -> Result<Json<NameAnswer>, Problem> {
    let catalogue = &app.engine.offers.catalogue;
    let domain = catalogue
        .domain(&domain)
        .ok_or(Problem::new(Kind::NotFound))?;
    let answer = |state, message: Option<String>| {
        Ok(Json(tongue.say(NameAnswer {
            address: format!("{}.{domain}", name.trim()),
            state,
            message,
        })))
    };
    let name: InstanceName = match name.parse() {
        Ok(name) => name,
        Err(error) => {
            let state = if error.is_reserved() {
                NameState::Reserved
            } else {
                NameState::Invalid
            };
            return answer(state, Some(error.to_string()));
        }
    };
    if is_taken(&app, &name, domain.as_str()).await? {
        return answer(
            NameState::Taken,
            Some(Reply::SomebodyHasIt.english().into()),
        );
    }
    answer(NameState::Free, None)
}

/// By our own books, then by the chain. A chain that does not answer is not asked twice: the paid
/// batch decides.
pub(super) async fn is_taken(
    app: &App,
    name: &InstanceName,
    domain: &str,
) -> Result<bool, StoreError> {
    let address = format!("{name}.{domain}");
    if app
        .engine
        .store
        .address_is_taken(&address, quarantined_since(app))
        .await?
    {
        return Ok(true);
    }
    match app.engine.grid.name_is_free(name.as_str()).await {
        Ok(free) => Ok(!free),
        Err(error) => {
            tracing::warn!(%error, "the name could not be asked of the chain");
            Ok(false)
        }
    }
}

/// Addresses of instances that ended after this are not given away.
pub(super) fn quarantined_since(app: &App) -> u64 {
    let days = u64::from(app.config.quarantine_days);
    app.engine
        .clock
        .now_ms()
        .saturating_sub(days * 24 * 60 * 60 * 1000)
}
