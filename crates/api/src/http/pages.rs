//! The widget's pages: `/`, `/embed/{site}`, and the built files beside them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    extract::{self, Query, State},
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use order::page::{FILE_HEADERS, cache_control, page_headers};
use serde::Deserialize;
use tower::ServiceExt;
use tower_http::services::ServeDir;

use words::Lang;

use super::{App, Kind, Problem, tongue::Tongue};
use crate::config::SiteMode;

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
async fn standalone(State(app): State<App>, request: extract::Request) -> Response {
    let mode = app
        .config
        .site(DEFAULT_SITE)
        .map_or(SiteMode::Open, |site| site.mode);
    page(&app, &[], mode, lang(&request)).await
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
    let site = state.config.site(&path.0);
    let origins = site.map_or(&[][..], |site| &site.origins);
    let mode = site.map_or(SiteMode::Open, |site| site.mode);
    page(&state, origins, mode, lang(&request)).await
}

async fn file(
    State(app): State<App>,
    extract::Path(name): extract::Path<String>,
    mut request: extract::Request,
) -> Response {
    // Pages go out with their headers alone.
    let is_page = name.ends_with(".html");
    let (Some(dist), Ok(uri), false) = (&app.dist, format!("/{name}").parse(), is_page) else {
        return Problem::new(Kind::NotFound).into_response();
    };
    *request.uri_mut() = uri;
    let files = ServeDir::new(&dist.folder)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip();
    let Ok(response) = files.oneshot(request).await;
    let mut response = response.into_response();
    let headers = response.headers_mut();
    for (name, value) in FILE_HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let cache = HeaderValue::from_static(cache_control(&name));
    headers.insert(header::CACHE_CONTROL, cache);
    response
}

/// What the query of a page says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    lang: String,
}

/// The language that the page's address asks for, else the browser. An address that cannot be read asks for
/// none.
fn lang(request: &extract::Request) -> Lang {
    let asked = Query::<Asked>::try_from_uri(request.uri()).ok();
    let lang = asked.and_then(|Query(asked)| Lang::from_tag(&asked.lang));
    lang.unwrap_or_else(|| Tongue::of(request.headers()).0)
}

async fn page(app: &App, origins: &[String], grant: SiteMode, lang: Lang) -> Response {
    let Some(dist): Option<&Arc<Dist>> = app.dist.as_ref() else {
        return Problem::new(Kind::NotFound).into_response();
    };
    let index = match tokio::fs::read_to_string(dist.folder.join(lang.page())).await {
        Ok(index) => index,
        Err(why) => {
            tracing::error!(%why, "the widget's page cannot be read: is it being built anew?");
            return Problem::new(Kind::Internal).into_response();
        }
    };
    // The language is chosen: `boot.js` need not.
    let index = index.replacen("<html ", "<html data-chosen ", 1);
    let index = match grant {
        SiteMode::Invite => index.replacen(NO_GRANT, &NO_GRANT.replace("\"\"", "\"invite\""), 1),
        SiteMode::Open | SiteMode::Token => index,
    };
    // The widget answers none but these.
    let index = index.replacen(NO_ORIGINS, &NO_ORIGINS.replace("\"\"", &quoted(origins)), 1);
    let mut response = Html(index).into_response();
    let headers = response.headers_mut();
    for (name, value) in page_headers("", &origins.join(" ")) {
        // Origins of the config are checked: they fit into a header.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    let vary = HeaderValue::from_static("accept-language");
    headers.insert(header::VARY, vary);
    response
}

/// Whose the page is that no site is named for, as the widget has it.
const DEFAULT_SITE: &str = "default";
const NO_GRANT: &str = "<meta name=\"gridtube-grant\" content=\"\">";
const NO_ORIGINS: &str = "<meta name=\"gridtube-origins\" content=\"\">";

/// Origins of the config are checked: they hold no quotes.
fn quoted(origins: &[String]) -> String {
    format!("\"{}\"", origins.join(" "))
}
