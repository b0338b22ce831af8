//! `GET /v1/catalog`

use std::{sync::Mutex, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use order::{Catalogue, LocationState};
use sha2::{Digest, Sha256};

use super::App;

/// The catalogue as the grid last left it.
#[derive(Debug, Default)]
pub struct Cache(Mutex<Option<(u64, Catalogue)>>);

/// How long an answer of the grid about room is good for.
const FRESH: Duration = Duration::from_secs(30);

/// What is on offer now. Cacheable, with an ETag.
#[utoipa::path(
    get, path = "/v1/catalog",
    responses((status = 200, body = Catalogue), (status = 304, description = "as before"))
)]
pub(super) async fn get(State(app): State<App>, headers: HeaderMap) -> Response {
    let catalogue = current(&app).await;
    let text = serde_json::to_vec(&catalogue).unwrap_or_default();
    let digest: [u8; 32] = Sha256::digest(&text).into();
    let tag: String = digest[..8].iter().map(|b| format!("{b:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let cache = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|v| v.as_bytes() == tag.as_bytes())
    {
        return (StatusCode::NOT_MODIFIED, cache).into_response();
    }
    (cache, Json(catalogue)).into_response()
}

/// The catalogue with each location's room. A grid that does not answer leaves it as configured: the
/// preflight decides.
pub(super) async fn current(app: &App) -> Catalogue {
    let now = app.engine.clock.now_ms();
    if let Some((at, catalogue)) = &*lock(&app.catalog)
        && now.saturating_sub(*at) < u64::try_from(FRESH.as_millis()).unwrap_or(u64::MAX)
    {
        return catalogue.clone();
    }
    let offers = &app.engine.offers;
    let mut catalogue = offers.catalogue.clone();
    let smallest = catalogue
        .sizes
        .first()
        .map(|s| s.id.to_string())
        .unwrap_or_default();
    let domain = catalogue
        .domains
        .first()
        .map(|d| d.id.to_string())
        .unwrap_or_default();
    for location in catalogue
        .locations
        .iter_mut()
        .filter(|l| l.state == LocationState::Open)
    {
        let draft = order::OrderDraft {
            size: smallest.clone(),
            location: location.id.to_string(),
            name: String::new(),
            domain: domain.clone(),
            git_url: None,
            ssh_key: None,
            private: false,
            p2p: false,
            admin_email: None,
        };
        let Ok(want) = offers.want(&draft) else {
            continue;
        };
        if matches!(app.engine.grid.has_room(&want).await, Ok(false)) {
            location.state = LocationState::Full;
        }
    }
    *lock(&app.catalog) = Some((now, catalogue.clone()));
    catalogue
}

fn lock(cache: &Cache) -> std::sync::MutexGuard<'_, Option<(u64, Catalogue)>> {
    cache
        .0
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
