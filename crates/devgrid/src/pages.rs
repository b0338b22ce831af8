//! The stand-in pages' server: what the gateways and the machines behind them would answer, told
//! apart by the `Host` header.

use std::{future::Future, io, sync::Arc};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{DevGrid, Instance, page, sites::Answer};

/// The host of the grid's own pages.
const GRID_HOST: &str = "grid";

const HEADERS: [(HeaderName, &str); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
];

impl DevGrid {
    /// Serves the stand-in pages for as long as the future is polled: an instance at
    /// `http://<name>.<domain>.localhost:<port>`, the grid at `http://grid.localhost:<port>`. Its
    /// address is known to [`grid::Grid::site`] from now on.
    ///
    /// The future ends with an error only when the listener does.
    pub fn serve_pages(
        self: Arc<Self>,
        listener: TcpListener,
    ) -> impl Future<Output = io::Result<()>> + Send {
        let bound = listener.local_addr();
        if let Ok(addr) = bound {
            self.set_pages_addr(addr);
        }
        async move {
            bound?;
            axum::serve(listener, self.router()).await
        }
    }

    /// The stand-in pages, to be served elsewhere; then tell [`DevGrid::set_pages_addr`] where.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/", get(home))
            .route("/ledger", get(grid_ledger))
            .route("/.devgrid/ledger", get(ledger))
            .route("/api/v1/ping", get(ping))
            .route("/api/v1/config", get(config))
            .route("/api/v1/oauth-clients/local", get(oauth_client))
            .fallback(no_such_page)
            .with_state(Arc::clone(self))
    }
}

type Grid = State<Arc<DevGrid>>;

async fn home(State(grid): Grid, headers: HeaderMap) -> Response {
    if address(&headers) == GRID_HOST {
        return html(StatusCode::OK, page::grid(&grid.ledger()));
    }
    match instance(&grid, &headers) {
        Ok(instance) => html(StatusCode::OK, page::instance(&instance)),
        Err(response) => *response,
    }
}

async fn ledger(State(grid): Grid) -> Response {
    (HEADERS, Json(grid.ledger())).into_response()
}

async fn grid_ledger(grid: Grid, headers: HeaderMap, uri: Uri) -> Response {
    match address(&headers) == GRID_HOST {
        true => ledger(grid).await,
        false => no_such_page(grid, headers, uri).await,
    }
}

async fn ping(State(grid): Grid, headers: HeaderMap) -> Response {
    match instance(&grid, &headers) {
        Ok(_) => (HEADERS, "pong").into_response(),
        Err(response) => *response,
    }
}

async fn config(State(grid): Grid, headers: HeaderMap) -> Response {
    match instance(&grid, &headers) {
        Ok(instance) => {
            let config = json!({
                "instance": { "name": instance.name, "shortDescription": "A stand-in" },
                "serverVersion": "0.0.0-devgrid",
            });
            (HEADERS, Json(config)).into_response()
        }
        Err(response) => *response,
    }
}

/// PeerTube tells its own client's keys only to who calls it by the very host and port that it is
/// configured with: that is why the health check asks for it.
async fn oauth_client(State(grid): Grid, headers: HeaderMap) -> Response {
    match instance(&grid, &headers) {
        Ok(instance) => {
            let port = grid.pages_addr().port();
            if host(&headers) != format!("{}.localhost:{port}", instance.address) {
                let error = json!({ "error": "Getting client tokens for this host is forbidden" });
                return (StatusCode::FORBIDDEN, HEADERS, Json(error)).into_response();
            }
            let client = json!({ "client_id": "stand-in", "client_secret": "stand-in" });
            (HEADERS, Json(client)).into_response()
        }
        Err(response) => *response,
    }
}

async fn no_such_page(State(grid): Grid, headers: HeaderMap, uri: Uri) -> Response {
    match instance(&grid, &headers) {
        Err(response) if address(&headers) != GRID_HOST => *response,
        _ => {
            let what = format!("{}{}", host(&headers), uri.path());
            html(StatusCode::NOT_FOUND, page::nothing(&what))
        }
    }
}

/// The instance that was called, or the gateway's own answer.
fn instance(grid: &DevGrid, headers: &HeaderMap) -> Result<Instance, Box<Response>> {
    let address = address(headers);
    match grid.answer(&address) {
        Answer::Running(instance) => Ok(*instance),
        Answer::Starting => Err(html(StatusCode::BAD_GATEWAY, page::starting(&address)).into()),
        Answer::Nothing => Err(html(StatusCode::NOT_FOUND, page::nothing(&address)).into()),
    }
}

/// The host name on the grid: without port and without `.localhost`.
fn address(headers: &HeaderMap) -> String {
    let host = host(headers);
    let name = host
        .rsplit_once(':')
        .map_or(host.as_str(), |(name, _)| name);
    name.strip_suffix(".localhost").unwrap_or(name).to_owned()
}

fn host(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    host.unwrap_or_default().to_ascii_lowercase()
}

fn html(status: StatusCode, text: String) -> Response {
    (status, HEADERS, Html(text)).into_response()
}
