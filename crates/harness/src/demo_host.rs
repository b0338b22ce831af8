//! Somebody's web page that embeds the widget: another origin than the widget's.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{Html, IntoResponse},
    routing::get,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// A running host page; ends when dropped.
#[derive(Debug)]
pub struct DemoHost {
    address: SocketAddr,
    task: JoinHandle<()>,
    pages: Pages,
}

/// More pages of it: path, headers, content.
type Pages = Arc<Mutex<HashMap<String, (HeaderMap, String)>>>;

impl DemoHost {
    /// Serves a page whose frame shows `widget`, such as `http://localhost:8081/embed/default`.
    ///
    /// # Errors
    /// When the listener has no address.
    pub fn start(listener: TcpListener, widget: &str) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let page = page(widget);
        let home = move || {
            let page = page.clone();
            async move { (HEADERS, Html(page)).into_response() }
        };
        let service = widget.split("/embed/").next().unwrap_or_default();
        let gallery = crate::gallery::page(service);
        let gallery = move || async move { (HEADERS, Html(gallery)).into_response() };
        let pages = Pages::default();
        let more = Arc::clone(&pages);
        let other = move |uri: Uri| {
            let found = more.lock().ok().and_then(|p| p.get(uri.path()).cloned());
            async move { found.ok_or(StatusCode::NOT_FOUND) }
        };
        let app = Router::new()
            .route("/", get(home))
            .route("/gallery", get(gallery))
            .fallback(get(other));
        let task = tokio::spawn(async move {
            // Ends with the task alone.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            address,
            task,
            pages,
        })
    }

    /// Adds a page or a script, and gives its address.
    pub fn put(&self, path: &str, headers: &[(&'static str, &str)], content: &str) -> String {
        let mut all = HeaderMap::new();
        let kind = match path.rsplit_once('.') {
            Some((_, "js")) => "text/javascript",
            Some((_, "css")) => "text/css",
            _ => "text/html; charset=utf-8",
        };
        all.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                all.insert(*name, value);
            }
        }
        if let Ok(mut pages) = self.pages.lock() {
            pages.insert(path.to_owned(), (all, content.to_owned()));
        }
        format!("{}{path}", self.origin())
    }

    /// `http://127.0.0.1:port`
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for DemoHost {
    fn drop(&mut self) {
        self.task.abort();
    }
}

const HEADERS: [(HeaderName, &str); 2] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// What a site owner pastes.
pub fn snippet(widget: &str) -> String {
    format!(
        "<iframe src=\"{widget}\"\n        title=\"Deploy your own PeerTube\" \
         allow=\"clipboard-write\"\n        width=\"100%\" height=\"1500\" \
         style=\"border: 0\"></iframe>"
    )
}

fn page(widget: &str) -> String {
    let snippet = snippet(widget);
    let shown = snippet
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Harbour Film Club</title>
<link rel="icon" href="data:,">
<style>{STYLE}</style>
</head>
<body>
<header><p>Harbour Film Club</p><nav>Programme · Archive · <b>Our own channel</b></nav></header>
<main>
<h1>Your films, on a server of your own</h1>
<p>Every member may run a PeerTube for their group. The form below comes from another origin than
this page: it is Gridtube’s widget in a frame.</p>
{snippet}
<h2>How it got here</h2>
<p>These three lines are all that this page adds:</p>
<pre><code>{shown}</code></pre>
<p><a href="/gallery">Every other way of embedding it</a></p>
</main>
<footer>This page is a demonstration. There is no Harbour Film Club.</footer>
</body>
</html>
"#
    )
}

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #20242a; --soft: #5b6470; --line: #dcdfe4; --back: #f6f4ef }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7e9ec; --soft: #a2aab5; --line: #343a42; --back: #15181c } }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.6 Georgia, serif }
header, main, footer { max-width: 44rem; margin: 0 auto; padding: 1.5rem 1rem }
header { display: flex; flex-wrap: wrap; gap: 0 2rem; align-items: baseline;
  border-bottom: 1px solid var(--line) }
header p { margin: 0; font-size: 1.25rem } nav, footer { color: var(--soft); font-size: .9rem }
h1 { font-size: clamp(1.6rem, 5vw, 2.4rem); line-height: 1.2 } h2 { margin-top: 3rem }
pre { overflow-x: auto; padding: 1rem; border: 1px solid var(--line); font-size: .85rem }
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_embeds_what_it_shows() {
        let page = page("http://localhost:1/embed/default");
        assert!(page.contains("<iframe src=\"http://localhost:1/embed/default\""));
        assert!(page.contains("&lt;iframe src=\"http://localhost:1/embed/default\""));
        assert_eq!(snippet("x").lines().count(), 3);
    }
}
