//! `GET /v1/catalog`

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::future::{join_all, try_join_all};
use order::{Catalogue, LocationState, Price};
use sha2::{Digest, Sha256};

use super::App;
use crate::{config::Prices, offers::Offers, time::rfc3339};

/// The catalogue as the grid last left it.
#[derive(Debug, Default)]
pub struct Cache {
    last: Mutex<Option<Last>>,
    /// Held by whoever asks the grid: one at a time.
    asking: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Clone)]
struct Last {
    /// When the grid was asked, milliseconds since 1970.
    at: u64,
    /// When it said its prices.
    priced_at: Option<u64>,
    catalogue: Arc<Catalogue>,
}

/// How long what the grid said is served as it is.
const FRESH: Duration = Duration::from_secs(30);

/// How long it is served while the grid is asked again, so that nobody waits for it.
const USABLE: Duration = Duration::from_secs(300);

/// How long a price is good for: the chain's own changes once an hour.
const PRICED: Duration = Duration::from_secs(300);

/// What is on offer now. Cacheable, with an ETag.
#[utoipa::path(
    get, path = "/v1/catalog",
    responses((status = 200, body = Catalogue), (status = 304, description = "as before"))
)]
pub(super) async fn get(State(app): State<App>, headers: HeaderMap) -> Response {
    let catalogue = current(&app).await;
    let text = serde_json::to_vec(&*catalogue).unwrap_or_default();
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
    (cache, Json(&*catalogue)).into_response()
}

/// The catalogue with each location's room and each size's price. A grid that does not answer leaves
/// both as they were: the preflight decides.
pub(super) async fn current(app: &App) -> Arc<Catalogue> {
    let asking = &app.catalog.asking;
    let Some(catalogue) = app.catalog.within(USABLE, app) else {
        let _asking = asking.lock().await;
        // Perhaps somebody else has asked meanwhile.
        return match app.catalog.within(FRESH, app) {
            Some(catalogue) => catalogue,
            None => ask(app).await,
        };
    };
    if app.catalog.within(FRESH, app).is_none()
        && let Ok(asking) = Arc::clone(asking).try_lock_owned()
    {
        let app = app.clone();
        tokio::spawn(async move {
            ask(&app).await;
            drop(asking);
        });
    }
    catalogue
}

impl Cache {
    /// What was last said, if it is no older than this.
    fn within(&self, age: Duration, app: &App) -> Option<Arc<Catalogue>> {
        let last = self.last();
        let last = last.as_ref()?;
        is_within(age, last.at, app).then(|| Arc::clone(&last.catalogue))
    }

    fn last(&self) -> MutexGuard<'_, Option<Last>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_within(age: Duration, since: u64, app: &App) -> bool {
    let now = app.engine.clock.now_ms();
    u128::from(now.saturating_sub(since)) < age.as_millis()
}

/// Asks the grid and keeps what it says.
async fn ask(app: &App) -> Arc<Catalogue> {
    let offers = &app.engine.offers;
    let before = app.catalog.last().clone();
    let at = app.engine.clock.now_ms();
    let (rooms, prices) = tokio::join!(rooms(app), prices(app, before.as_ref()));
    let mut catalogue = offers.catalogue.clone();
    for (location, room) in catalogue.locations.iter_mut().zip(rooms) {
        if room == Some(false) {
            location.state = LocationState::Full;
        }
    }
    let priced_at = match prices {
        Some(prices) => {
            for (size, price) in catalogue.sizes.iter_mut().zip(prices) {
                size.price = price;
            }
            Some(at)
        }
        None => before.and_then(|before| {
            let priced = catalogue.sizes.iter_mut().zip(&before.catalogue.sizes);
            priced.for_each(|(size, before)| size.price.clone_from(&before.price));
            before.priced_at
        }),
    };
    catalogue.prices_at = priced_at.map(rfc3339);
    let catalogue = Arc::new(catalogue);
    *app.catalog.last() = Some(Last {
        at,
        priced_at,
        catalogue: Arc::clone(&catalogue),
    });
    catalogue
}

/// Whether each location has room, as far as the grid says.
async fn rooms(app: &App) -> Vec<Option<bool>> {
    let offers = &app.engine.offers;
    let (size, domain) = smallest(offers);
    let locations = offers.catalogue.locations.iter();
    join_all(locations.map(async |location| {
        let want = offers.want_of(&size, location.id.as_str(), "", &domain);
        match (location.state, want) {
            (LocationState::Open, Ok(want)) => app.engine.grid.has_room(&want).await.ok(),
            _ => None,
        }
    }))
    .await
}

/// What the grid takes for each size; `None` when it was asked lately, does not say, or takes nothing.
async fn prices(app: &App, before: Option<&Last>) -> Option<Vec<Price>> {
    let offers = &app.engine.offers;
    let lately = before.and_then(|before| before.priced_at);
    if offers.prices == Prices::Config || lately.is_some_and(|at| is_within(PRICED, at, app)) {
        return None;
    }
    let location = offers.catalogue.locations.first()?.id.as_str();
    let (_, domain) = smallest(offers);
    let sizes = offers.catalogue.sizes.iter();
    let asked = try_join_all(sizes.map(async |size| {
        match offers.want_of(size.id.as_str(), location, "", &domain) {
            Ok(want) => app.engine.grid.price(&want).await,
            Err(_) => Ok(None),
        }
    }));
    let prices: Option<Vec<_>> = match asked.await {
        Ok(prices) => prices.into_iter().collect(),
        Err(error) => {
            tracing::warn!(%error, "the grid does not say its prices: the last ones stay");
            None
        }
    };
    let price = |price: grid::Price| Price {
        usd_month: price.usd().to_string(),
        tft_month: Some(price.tft().to_string()),
    };
    Some(prices?.into_iter().map(price).collect())
}

/// The smallest size and the usual domain.
fn smallest(offers: &Offers) -> (String, String) {
    let size = offers.catalogue.sizes.first();
    let domain = offers.catalogue.domains.first();
    (
        size.map(|s| s.id.to_string()).unwrap_or_default(),
        domain.map(|d| d.id.to_string()).unwrap_or_default(),
    )
}
