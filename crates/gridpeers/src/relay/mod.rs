//! A relay: who comes in, and where messages go (rmb-rs:src/relay).

mod state;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tfgrid::rmb::{Dial, RelayUrl, Wire};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::Book;
use crate::clock::expect;
use state::{Inside, State};

/// A relay on a port of its own.
pub struct Relay {
    state: Arc<State>,
    address: SocketAddr,
    _accepting: JoinSet<()>,
}

/// Reaches a relay inside the process, whatever the address.
pub struct InMemory(Arc<State>);

impl Relay {
    /// Listens.
    pub async fn start(book: &Book) -> Self {
        let state = Arc::new(State {
            book: book.clone(),
            inside: Mutex::default(),
            arrivals: Notify::new(),
            muted: watch::Sender::new(false),
            tasks: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut accepting = JoinSet::new();
        let shared = Arc::clone(&state);
        accepting.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.serve(stream);
            }
        });
        Self {
            state,
            address,
            _accepting: accepting,
        }
    }

    /// Where it listens.
    pub fn url(&self) -> RelayUrl {
        format!("ws://{}", self.address).parse().expect("a relay")
    }

    /// Where it listens, as a socket's address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The way to it that needs no sockets.
    pub fn in_memory(&self) -> Arc<InMemory> {
        Arc::new(InMemory(Arc::clone(&self.state)))
    }

    /// Closes all connections of a twin.
    pub fn cut(&self, twin: u32) {
        let mut inside = self.state.inside.lock().unwrap();
        inside.sessions.retain(|(owner, _), _| *owner != twin);
    }

    /// From now on, or no longer: reads nothing and says nothing, as behind a dead line.
    pub fn mute(&self, muted: bool) {
        self.state.muted.send_replace(muted);
    }

    /// Answers upgrades with this status, or no longer.
    pub fn refuse(&self, status: Option<u16>) {
        self.state.inside.lock().unwrap().refuse = status;
    }

    /// Routes so many more messages of a twin, and drops the rest with an error.
    pub fn limit(&self, twin: u32, messages: usize) {
        let mut inside = self.state.inside.lock().unwrap();
        inside.allowance.insert(twin, messages);
    }

    /// Each message is so long on its way from now on.
    pub fn delay(&self, latency: Duration) {
        self.state.inside.lock().unwrap().latency = latency;
    }

    /// How many messages have come in.
    pub fn routed(&self) -> usize {
        self.state.inside.lock().unwrap().routed
    }

    /// Loses the next messages without a word.
    pub fn lose(&self, messages: usize) {
        self.state.inside.lock().unwrap().lose = messages;
    }

    /// Returns once all messages that were to be lost are.
    pub async fn wait_until_lost(&self) {
        self.wait_until(|inside| inside.lose == 0).await;
    }

    /// Returns at the next attempt to connect that it has not returned for.
    pub async fn next_attempt(&self) {
        self.wait_until(|inside| inside.attempts > inside.attempts_told)
            .await;
        self.state.inside.lock().unwrap().attempts_told += 1;
    }

    /// How many connections there have ever been.
    pub fn upgrades(&self) -> usize {
        self.state.inside.lock().unwrap().upgrades
    }

    /// Returns once the twin is connected, or once it is not.
    pub async fn wait_for(&self, twin: u32, connected: bool) {
        self.wait_until(|inside| {
            connected == inside.sessions.keys().any(|(owner, _)| *owner == twin)
        })
        .await;
    }

    /// Returns once there have been so many connections.
    pub async fn wait_for_upgrades(&self, count: usize) {
        self.wait_until(|inside| inside.upgrades >= count).await;
    }

    async fn wait_until(&self, holds: impl Fn(&Inside) -> bool) {
        let change = async {
            loop {
                let change = self.state.arrivals.notified();
                tokio::pin!(change);
                change.as_mut().enable();
                if holds(&self.state.inside.lock().unwrap()) {
                    return;
                }
                change.await;
            }
        };
        expect("what the relay was to see", change).await;
    }
}

#[async_trait]
impl Dial for InMemory {
    async fn dial(&self, _: &RelayUrl) -> io::Result<Box<dyn Wire>> {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        self.0.serve(theirs);
        Ok(Box::new(ours))
    }
}

/// Reaches relays over TCP, without TLS.
pub(crate) struct Plain(pub(crate) SocketAddr);

#[async_trait]
impl Dial for Plain {
    async fn dial(&self, _: &RelayUrl) -> io::Result<Box<dyn Wire>> {
        Ok(Box::new(TcpStream::connect(self.0).await?))
    }
}

impl Relay {
    pub(crate) fn plain(&self) -> Arc<dyn Dial> {
        Arc::new(Plain(self.address))
    }
}
