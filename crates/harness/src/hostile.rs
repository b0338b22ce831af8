//! Servers that misbehave, on plain sockets, and what they saw.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};

/// How a server treats each connection.
#[derive(Debug, Clone)]
pub enum Manner {
    /// Answers each request with these bytes, and closes.
    Says(Vec<u8>),
    /// Answers the first request with the first of these, and so on; closes after each.
    InTurn(Vec<Vec<u8>>),
    /// Reads the request and never answers.
    Silent,
    /// Answers with these bytes and then, forever, with one byte now and again (a slow loris).
    Drips(Vec<u8>),
    /// Answers with the first bytes, then with the second ones over and over.
    Endless(Vec<u8>, Vec<u8>),
}

/// A misbehaving server on loopback; ends when dropped.
pub struct Hostile {
    address: SocketAddr,
    seen: Arc<Seen>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    open: AtomicUsize,
    gone: AtomicUsize,
    peak: AtomicUsize,
    sent: AtomicUsize,
    requests: Mutex<Vec<String>>,
    changed: Notify,
}

impl Hostile {
    /// Starts on 127.0.0.1, at a port of the system's choice.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(manner: Manner) -> io::Result<Self> {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into(), manner).await
    }

    /// Starts at this address; on Linux all of 127/8 is loopback.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn start_at(address: SocketAddr, manner: Manner) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Seen::default());
        let task = tokio::spawn(accept(listener, manner, Arc::clone(&seen)));
        Ok(Self {
            address,
            seen,
            task,
        })
    }

    /// A server that only counts who comes: whoever does has gone where he must not.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn trap(at: IpAddr, port: u16) -> io::Result<Self> {
        Self::start_at((at, port).into(), Manner::Says(Vec::new())).await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://localhost:port`
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// How many were open at the same time, at most.
    pub fn peak(&self) -> usize {
        self.seen.peak.load(Ordering::SeqCst)
    }

    /// How many bytes were handed to the system to send.
    pub fn sent(&self) -> usize {
        self.seen.sent.load(Ordering::SeqCst)
    }

    /// The requests' heads so far.
    pub fn requests(&self) -> Vec<String> {
        self.seen
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until this many connections are open at once.
    pub async fn until_open(&self, open: usize) {
        self.until(|seen| seen.open.load(Ordering::SeqCst) == open)
            .await;
    }

    /// Waits until so many connections were made and all of them have ended.
    pub async fn until_gone(&self, connections: usize) {
        self.until(|seen| {
            seen.gone.load(Ordering::SeqCst) == connections
                && seen.connections.load(Ordering::SeqCst) == connections
        })
        .await;
    }

    async fn until(&self, done: impl Fn(&Seen) -> bool) {
        loop {
            let changed = self.seen.changed.notified();
            tokio::pin!(changed);
            // Registered before looking, so that no change is missed.
            changed.as_mut().enable();
            if done(&self.seen) {
                return;
            }
            changed.await;
        }
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An HTTP answer with its length.
pub fn http(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut answer = head(status, headers);
    answer.truncate(answer.len() - 2);
    answer.extend(format!("content-length: {}\r\n\r\n", body.len()).into_bytes());
    answer.extend_from_slice(body);
    answer
}

/// An HTTP answer's head without a length: its body ends with the connection.
pub fn head(status: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}

/// The type of a git advertisement, as a header.
pub const ADVERTISEMENT: (&str, &str) = (
    "content-type",
    "application/x-git-upload-pack-advertisement",
);

/// A git packet line.
pub fn packet(line: &str) -> Vec<u8> {
    format!("{:04x}{line}\n", line.len() + 5).into_bytes()
}

async fn accept(listener: TcpListener, manner: Manner, seen: Arc<Seen>) {
    // Dropping the set ends the connections together with the server.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        seen.connections.fetch_add(1, Ordering::SeqCst);
        let (manner, seen) = (manner.clone(), Arc::clone(&seen));
        connections.spawn(async move {
            // Counted here, after whatever ended before this connection was made has been noticed.
            let open = Open::new(seen);
            // An error is the client going away, which is what tests wait for.
            let _ = treat(stream, &manner, &open.0).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

impl Seen {
    /// Notes a request; returns how many came before it.
    fn note(&self, request: String) -> usize {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push(request);
        requests.len() - 1
    }
}

struct Open(Arc<Seen>);

impl Open {
    fn new(seen: Arc<Seen>) -> Self {
        let open = seen.open.fetch_add(1, Ordering::SeqCst) + 1;
        seen.peak.fetch_max(open, Ordering::SeqCst);
        seen.changed.notify_waiters();
        Self(seen)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
        self.0.gone.fetch_add(1, Ordering::SeqCst);
        self.0.changed.notify_waiters();
    }
}

async fn treat(mut stream: TcpStream, manner: &Manner, seen: &Seen) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let turn = seen.note(String::from_utf8_lossy(&request).into_owned());
    match manner {
        Manner::Says(answer) => say(&mut stream, answer).await,
        Manner::InTurn(answers) => match answers.get(turn) {
            Some(answer) => say(&mut stream, answer).await,
            None => Ok(()),
        },
        Manner::Silent => until_closed(&mut stream).await,
        Manner::Drips(start) => {
            stream.write_all(start).await?;
            loop {
                stream.write_all(b"x").await?;
                // How slow the loris is; nothing waits for it.
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        Manner::Endless(start, more) => {
            stream.write_all(start).await?;
            loop {
                stream.write_all(more).await?;
                seen.sent.fetch_add(more.len(), Ordering::SeqCst);
            }
        }
    }
}

async fn say(stream: &mut TcpStream, answer: &[u8]) -> io::Result<()> {
    stream.write_all(answer).await?;
    stream.shutdown().await
}

async fn until_closed(stream: &mut TcpStream) -> io::Result<()> {
    while stream.read(&mut [0; 1024]).await? > 0 {}
    Ok(())
}
