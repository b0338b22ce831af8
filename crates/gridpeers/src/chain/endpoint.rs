//! A node's door: JSON-RPC over a WebSocket, onto a ledger that may have several, with faults.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use subxt::rpcs::client::{RpcClient, RpcParams};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use super::ledger::{Ledger, Refusal};

/// What the next question of a kind meets, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection ends before anything is done.
    Close,
    /// It is done, and the connection ends before that is said.
    CloseAfter,
    /// It is done, and nothing is said.
    Silence,
}

/// Ends with all its connections when dropped.
pub struct Endpoint {
    /// Where it listens: `ws://127.0.0.1:port`.
    pub url: String,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

/// By method, or by method and parameters, as in `chain_getBlockHash[0]`.
pub type Answers = BTreeMap<String, Value>;

struct Shared {
    ledger: Arc<Mutex<Ledger>>,
    faults: Mutex<HashMap<String, Fault>>,
    answers: Mutex<Answers>,
    /// Who is asked instead, to be recorded.
    upstream: Option<RpcClient>,
    deaf: AtomicBool,
    asked: watch::Sender<Vec<String>>,
    /// Changes when something may have happened to the ledger.
    changed: watch::Sender<()>,
}

impl Endpoint {
    /// On a port of its own.
    pub async fn start(ledger: &Arc<Mutex<Ledger>>) -> Self {
        Self::start_at(ledger, "127.0.0.1:0").await
    }

    /// At this address, where another one may have been.
    pub async fn start_at(ledger: &Arc<Mutex<Ledger>>, address: &str) -> Self {
        Self::with(Arc::clone(ledger), address, None).await
    }

    /// Asks another one, and keeps what that answers.
    pub async fn recording(upstream: &str) -> Self {
        let upstream = RpcClient::from_insecure_url(upstream).await.unwrap();
        Self::with(nothing(), "127.0.0.1:0", Some(upstream)).await
    }

    /// Answers what was recorded, and knows nothing else.
    pub async fn replaying(answers: Answers) -> Self {
        let endpoint = Self::with(nothing(), "127.0.0.1:0", None).await;
        *endpoint.shared.answers.lock().unwrap() = answers;
        endpoint
    }

    /// What was recorded.
    pub fn recorded(&self) -> Answers {
        self.shared.answers.lock().unwrap().clone()
    }

    async fn with(ledger: Arc<Mutex<Ledger>>, address: &str, upstream: Option<RpcClient>) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            ledger,
            upstream,
            faults: Mutex::default(),
            answers: Mutex::default(),
            deaf: AtomicBool::new(false),
            asked: watch::Sender::default(),
            changed: watch::Sender::new(()),
        });
        let mut tasks = JoinSet::new();
        let all = Arc::clone(&shared);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(Arc::clone(&all), stream));
            }
        });
        Self {
            url,
            shared,
            _tasks: tasks,
        }
    }

    /// The next question of this method meets this.
    pub fn fault(&self, method: &str, fault: Fault) {
        let mut faults = self.shared.faults.lock().unwrap();
        faults.insert(method.to_owned(), fault);
    }

    /// The methods that were asked for, in order.
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.borrow().clone()
    }

    /// Until this has been asked.
    pub async fn wait_for(&self, method: &str) {
        let mut asked = self.shared.asked.subscribe();
        let there = |asked: &Vec<String>| asked.iter().any(|asked| asked == method);
        asked.wait_for(there).await.unwrap();
    }

    /// From now on nothing is answered.
    pub fn deaf(&self) {
        self.shared.deaf.store(true, Ordering::SeqCst);
    }

    /// From now on this is the answer.
    pub fn answers(&self, method: &str, answer: Value) {
        let mut answers = self.shared.answers.lock().unwrap();
        answers.insert(method.to_owned(), answer);
    }

    /// Host and port.
    pub fn address(&self) -> String {
        self.url.trim_start_matches("ws://").to_owned()
    }

    /// Looks at what was done to the ledger, and tells those who have subscribed.
    pub fn tell(&self) {
        self.shared.changed.send_replace(());
    }
}

impl Shared {
    async fn answer(&self, method: &str, params: &Value) -> Result<Value, Refusal> {
        let exactly = match params {
            Value::Null => format!("{method}[]"),
            params => format!("{method}{params}"),
        };
        if let Some(upstream) = &self.upstream {
            let mut list = RpcParams::new();
            for param in params.as_array().into_iter().flatten() {
                list.push(param).unwrap();
            }
            let answer: Value = upstream.request(method, list).await.unwrap();
            let mut answers = self.answers.lock().unwrap();
            answers.insert(exactly, answer.clone());
            return Ok(answer);
        }
        let answers = self.answers.lock().unwrap();
        match answers.get(&exactly).or_else(|| answers.get(method)) {
            Some(answer) => Ok(answer.clone()),
            None => self.ledger.lock().unwrap().answer(method, params),
        }
    }
}

fn nothing() -> Arc<Mutex<Ledger>> {
    let mut ledger = Ledger::new();
    ledger.remembers = 0;
    Arc::new(Mutex::new(ledger))
}

async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
        return;
    };
    let mut changed = shared.changed.subscribe();
    let (mut feed, mut last) = (None::<u64>, 0);
    loop {
        if let Some(id) = feed {
            let header = newest(&shared.ledger, &mut last);
            let params = header.map(|header| json!({"subscription": id, "result": header}));
            if let Some(params) = params {
                let text = json!({"jsonrpc": "2.0", "method": "chain_newHead", "params": params});
                if socket.send(Message::text(text.to_string())).await.is_err() {
                    return;
                }
            }
        }
        let message = tokio::select! {
            message = socket.next() => message,
            _ = changed.changed() => continue,
        };
        let Some(Ok(message)) = message else { return };
        let Message::Text(text) = message else {
            continue;
        };
        let question: Value = serde_json::from_str(text.as_str()).unwrap();
        let method = question["method"].as_str().unwrap();
        shared
            .asked
            .send_modify(|asked| asked.push(method.to_owned()));
        if shared.deaf.load(Ordering::SeqCst) {
            continue;
        }
        let fault = shared.faults.lock().unwrap().remove(method);
        if fault == Some(Fault::Close) {
            return;
        }
        let result = match method {
            "chain_subscribeNewHeads" => {
                (feed, last) = (Some(7), 0);
                Ok(json!(7))
            }
            "chain_unsubscribeNewHeads" => {
                feed = None;
                Ok(json!(true))
            }
            _ => shared.answer(method, &question["params"]).await,
        };
        shared.changed.send_replace(());
        match fault {
            Some(Fault::Silence) => continue,
            Some(_) => return,
            None => {}
        }
        let id = &question["id"];
        let answer = match result {
            Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            Err((code, message, data)) => {
                let error = json!({"code": code, "message": message, "data": data});
                json!({"jsonrpc": "2.0", "id": id, "error": error})
            }
        };
        if socket
            .send(Message::text(answer.to_string()))
            .await
            .is_err()
        {
            return;
        }
    }
}

/// The newest header, if it has not been told yet.
fn newest(ledger: &Mutex<Ledger>, told: &mut usize) -> Option<Value> {
    let ledger = ledger.lock().unwrap();
    let seen = std::mem::replace(told, ledger.blocks.len());
    (seen != ledger.blocks.len()).then(|| ledger.header(ledger.best()))
}
