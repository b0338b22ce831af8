//! An HTTP server whose answers a test can take over.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A question that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Without the query.
    pub path: String,
    /// The parameters, in the order of their names.
    pub query: BTreeMap<String, String>,
}

/// What is answered.
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Value,
}

impl Said {
    pub(crate) fn ok(body: Value) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body,
        }
    }

    pub(crate) fn refusal(status: u16, words: impl Into<String>) -> Self {
        Self {
            status,
            ..Self::ok(serde_json::json!({ "error": words.into() }))
        }
    }
}

/// A server on a port of its own. Its owner says what it answers.
pub struct Web {
    address: SocketAddr,
    state: Arc<State>,
    _task: JoinSet<()>,
}

#[derive(Default)]
struct State {
    asked: Mutex<Vec<Asked>>,
    instead: Mutex<BTreeMap<String, (u16, String)>>,
}

impl Web {
    pub(crate) async fn start(answer: impl Fn(&Asked) -> Said + Send + Sync + 'static) -> Self {
        let state = Arc::<State>::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (shared, answer) = (Arc::clone(&state), Arc::new(answer));
        let handler = move |uri: Uri| {
            let (state, answer) = (Arc::clone(&shared), Arc::clone(&answer));
            async move { state.handle(&uri, &*answer) }
        };
        let mut task = JoinSet::new();
        task.spawn(async move {
            let service = Router::new().fallback(handler);
            axum::serve(listener, service).await.expect("it serves");
        });
        Self {
            address,
            state,
            _task: task,
        }
    }

    /// Where it listens: `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on answers this path with this status and body; a redirect's body is where it leads.
    pub fn instead(&self, path: &str, status: u16, body: impl Into<String>) {
        let mut instead = self.state.instead.lock().unwrap();
        instead.insert(path.to_owned(), (status, body.into()));
    }

    /// All questions so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }
}

impl State {
    fn handle(&self, uri: &Uri, answer: &dyn Fn(&Asked) -> Said) -> Response {
        let query = axum::extract::Query::<BTreeMap<String, String>>::try_from_uri(uri);
        let asked = Asked {
            path: uri.path().to_owned(),
            query: query.expect("a query").0,
        };
        self.asked.lock().unwrap().push(asked.clone());
        let json = (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        if let Some((status, body)) = self.instead.lock().unwrap().get(&asked.path) {
            let status = StatusCode::from_u16(*status).expect("a status");
            let mut response = (status, [json], body.clone()).into_response();
            if status.is_redirection() {
                let place = body.parse().expect("an address");
                response.headers_mut().insert(header::LOCATION, place);
            }
            return response;
        }
        let said = answer(&asked);
        let status = StatusCode::from_u16(said.status).expect("a status");
        let mut response = (status, [json], said.body.to_string()).into_response();
        for (name, value) in said.headers {
            let value = value.parse().expect("a header");
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
        response
    }
}
