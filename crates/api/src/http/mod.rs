//! The HTTP face: one folder or file for each noun of the API.

mod brakes;
mod catalog;
mod deployments;
mod git_checks;
mod guard;
mod health;
mod json;
mod metrics;
mod names;
mod pages;
mod problem;
mod serve;
mod tongue;
mod visitor;

use std::sync::Arc;

use axum::{Router, http::HeaderValue, middleware};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowOrigin, CorsLayer},
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{config::Config, engine::Engine, git_check::GitChecker};

pub use brakes::{Brakes, Limits};
pub use deployments::events::last_event_id;
pub use metrics::Counters;
pub use pages::{Dist, DistError};
pub use problem::{Kind, Problem};
pub use serve::serve;

/// What every handler can reach.
#[derive(Clone)]
pub struct App {
    /// The config file.
    pub config: Arc<Config>,
    /// The engine, with grid, store and secrets.
    pub engine: Arc<Engine>,
    /// The git check.
    pub git: Arc<GitChecker>,
    /// The built widget, if it is served here.
    pub dist: Option<Arc<Dist>>,
    /// Room at the locations, asked of the grid now and then.
    pub catalog: Arc<catalog::Cache>,
    /// Usual durations of the steps, from the store now and then.
    pub usual: Arc<deployments::Usual>,
    /// How often anybody may ask.
    pub brakes: Arc<Brakes>,
    /// What `/metrics` counts.
    pub counters: Arc<Counters>,
    /// Becomes true when the service is to stop.
    pub stop: tokio::sync::watch::Receiver<bool>,
}

/// The API's contract; paths and shapes are added where they are routed.
#[derive(OpenApi)]
#[openapi(info(
    title = "Gridtube",
    description = "Deploys a PeerTube on the ThreeFold Grid. Errors are problem+json (RFC 9457).",
    license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
))]
struct Contract;

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Contract::openapi())
        .routes(routes!(catalog::get))
        .routes(routes!(names::get))
        .routes(routes!(git_checks::post))
        .routes(routes!(deployments::create::post))
        .routes(routes!(deployments::show::get, deployments::delete::delete))
        .routes(routes!(deployments::events::get))
        .routes(routes!(deployments::password::post))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(metrics::get))
}

/// The OpenAPI document, generated from the handlers.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().split_for_parts().1
}

/// Everything under one roof. From the outside in: request id, log line, problems rendered, panics
/// caught, limits, CORS, whose it is, brakes, routes.
pub fn router(app: App) -> Router {
    let (api, openapi) = routes().split_for_parts();
    let openapi = axum::Json(openapi);
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list(
            app.config
                .widget_origins
                .iter()
                .filter_map(|o| HeaderValue::from_str(o).ok()),
        ))
        .allow_methods([http::Method::GET, http::Method::POST, http::Method::DELETE])
        .allow_headers([
            http::header::AUTHORIZATION,
            http::header::CONTENT_TYPE,
            http::HeaderName::from_static("idempotency-key"),
            http::HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([http::header::LOCATION]);
    api.route("/openapi.json", axum::routing::get(async move || openapi))
        .merge(pages::routes(&app))
        .fallback(|| async { Problem::new(Kind::NotFound) })
        .method_not_allowed_fallback(|| async { Problem::new(Kind::MethodNotAllowed) })
        .layer(middleware::from_fn_with_state(app.clone(), brakes::apply))
        .layer(middleware::from_fn_with_state(app.clone(), visitor::find))
        .layer(cors)
        .layer(middleware::from_fn(guard::limits))
        .layer(CatchPanicLayer::custom(|_| {
            axum::response::IntoResponse::into_response(Problem::new(Kind::Internal))
        }))
        .layer(middleware::from_fn(problem::render))
        // Only the widget's page, which says so itself, is to be shown by anybody.
        .layer(SetResponseHeaderLayer::if_not_present(
            http::header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        ))
        .layer(middleware::from_fn_with_state(app.clone(), guard::log))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(middleware::from_fn(guard::id))
        .with_state(app)
}
