//! A static host: the files of one folder under some path, with the headers that the folder's own
//! `_headers` wants, or with none.

use std::{fs, io, net::SocketAddr, path::Path};

use axum::{
    Router,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, task::JoinHandle};
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// A running static host; ends when dropped.
#[derive(Debug)]
pub struct StaticHost {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl StaticHost {
    /// Serves `folder` below `/some/sub/dir/`.
    ///
    /// # Errors
    /// When `_headers` is wanted and cannot be read.
    pub fn start(listener: TcpListener, folder: &Path, headers: bool) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let rules = match headers {
            true => rules(&fs::read_to_string(folder.join("_headers"))?),
            false => vec![],
        };
        let folder = folder.to_owned();
        let app = Router::new().fallback(move |request: Request| {
            let (folder, rules) = (folder.clone(), rules.clone());
            async move { answer(&folder, &rules, request).await }
        });
        let task = tokio::spawn(async move {
            // Ends with the task alone.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self { address, task })
    }

    /// Where the page is.
    pub fn page(&self) -> String {
        format!("http://localhost:{}{DIRECTORY}/", self.address.port())
    }
}

impl Drop for StaticHost {
    fn drop(&mut self) {
        self.task.abort();
    }
}

const DIRECTORY: &str = "/some/sub/dir";

/// A path, perhaps with `*` at its end, and a header.
type Rule = (String, HeaderName, HeaderValue);

/// As Netlify reads them: a path, then indented lines with a header each.
fn rules(text: &str) -> Vec<Rule> {
    let mut rules = vec![];
    let mut path = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.trim_start().split_once(": ") {
            Some((name, value)) if line.starts_with(' ') => {
                if let (Ok(name), Ok(value)) = (name.parse(), value.parse()) {
                    rules.push((path.clone(), name, value));
                }
            }
            _ => line.clone_into(&mut path),
        }
    }
    rules
}

async fn answer(folder: &Path, rules: &[Rule], mut request: Request) -> Response {
    let path = request.uri().path().strip_prefix(DIRECTORY);
    let Some(path) = path.map(str::to_owned) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Ok(uri) = path.parse() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    *request.uri_mut() = uri;
    let Ok(response) = ServeDir::new(folder).oneshot(request).await;
    let mut response = response.into_response();
    for (of, name, value) in rules {
        let is = match of.strip_suffix('*') {
            Some(begin) => path.starts_with(begin),
            None => path == *of,
        };
        if is {
            response.headers_mut().insert(name.clone(), value.clone());
        }
    }
    response
}
