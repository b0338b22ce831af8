//! The widget's pages: `/`, `/embed/{site}`, and the built files beside them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    extract::{self, State},
    http::{HeaderName, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use tower::ServiceExt;
use tower_http::services::ServeDir;

use super::{App, Kind, Problem};

/// The built widget.
#[derive(Debug)]
pub struct Dist {
    folder: PathBuf,
}

/// Why the built widget cannot be served.
#[derive(Debug, thiserror::Error)]
#[error(
    "the built widget is not at {path} ({why}): build it with `cargo xtask serve`, set `dist` to \
     where it is, or set dist = \"\" to serve the API alone"
)]
pub struct DistError {
    path: String,
    why: std::io::Error,
}

impl Dist {
    /// Looks whether the page is there; it is read when it is asked for, as the files beside it are.
    ///
    /// # Errors
    /// When there is no `index.html` in it.
    pub fn open(folder: &Path) -> Result<Self, DistError> {
        let path = folder.join("index.html");
        fs::metadata(&path).map_err(|why| DistError {
            path: path.display().to_string(),
            why,
        })?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }
}

pub(super) fn routes(app: &App) -> Router<App> {
    if app.dist.is_none() {
        return Router::new();
    }
    // The page's links are relative, so each place that has the page has the files beside it.
    Router::new()
        .route("/", get(standalone))
        .route("/{file}", get(file))
        .route("/embed/{site}", get(embedded))
}

/// The page on its own: nobody may frame it.
async fn standalone(State(app): State<App>) -> Response {
    page(&app, &[]).await
}

/// The page for one site: that site's origins may frame it, nobody else. An unknown site's page is
/// framed by nobody. Sites have no dot in their ids, files have one.
async fn embedded(
    state: State<App>,
    path: extract::Path<String>,
    request: extract::Request,
) -> Response {
    if path.0.contains('.') {
        return file(state, path, request).await;
    }
    match state.config.site(&path.0) {
        Some(site) => page(&state, &site.origins).await,
        None => page(&state, &[]).await,
    }
}

async fn file(
    State(app): State<App>,
    extract::Path(name): extract::Path<String>,
    mut request: extract::Request,
) -> Response {
    let (Some(dist), Ok(uri)) = (&app.dist, format!("/{name}").parse()) else {
        return Problem::new(Kind::NotFound).into_response();
    };
    *request.uri_mut() = uri;
    let files = ServeDir::new(&dist.folder)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip();
    let Ok(response) = files.oneshot(request).await;
    let cache = if is_hashed(&name) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = [
        (header::CACHE_CONTROL, cache),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
        // Modules of another origin, `embed.js`, come no other way; nothing here is secret.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, response).into_response()
}

/// Whether the name holds the hash of what is in it, as trunk writes it: 16 hex digits.
fn is_hashed(name: &str) -> bool {
    let hex = |part: &str| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit());
    name.split(['-', '_', '.']).any(hex)
}

async fn page(app: &App, origins: &[String]) -> Response {
    let Some(dist): Option<&Arc<Dist>> = app.dist.as_ref() else {
        return Problem::new(Kind::NotFound).into_response();
    };
    let index = match tokio::fs::read_to_string(dist.folder.join("index.html")).await {
        Ok(index) => index,
        Err(why) => {
            tracing::error!(%why, "the widget's page cannot be read: is it being built anew?");
            return Problem::new(Kind::Internal).into_response();
        }
    };
    // The widget answers none but these.
    let index = index.replacen(NO_ORIGINS, &NO_ORIGINS.replace("\"\"", &quoted(origins)), 1);
    let ancestors = match origins {
        [] => "'none'".to_owned(),
        origins => origins.join(" "),
    };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors {ancestors}"
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-cache".into()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
        (header::REFERRER_POLICY, "no-referrer".into()),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin".into(),
        ),
        (
            HeaderName::from_static("cross-origin-embedder-policy"),
            "require-corp".into(),
        ),
        (
            HeaderName::from_static("permissions-policy"),
            PERMISSIONS.into(),
        ),
    ];
    (headers, Html(index)).into_response()
}

const NO_ORIGINS: &str = "<meta name=\"gridtube-origins\" content=\"\">";

/// Origins of the config are checked: they hold no quotes.
fn quoted(origins: &[String]) -> String {
    format!("\"{}\"", origins.join(" "))
}

/// All off but writing to the clipboard.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), \
    encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), \
    microphone=(), midi=(), payment=(), usb=(), clipboard-read=(), clipboard-write=(self)";
