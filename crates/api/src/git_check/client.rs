//! One connection to one admitted host. Straight on `hyper`, over a socket we opened: nothing here
//! could look a name up, follow a redirect, use a proxy, decompress, or share a connection with
//! another check; and the socket is closed when the check ends, not some time after.

use std::{future::Future, io, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use order::GitUrl;
use rustls_platform_verifier::Verifier;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, Error as TlsError,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, ServerName},
    },
};

use super::{answer::Finding, limits::Budgets, ls_refs::AGENT, pkt_line::Body};

/// Makes connections; holds what they share, which is the TLS settings alone.
pub(super) struct Connector {
    tls: TlsConnector,
    connect: Duration,
    headers: Duration,
    body: usize,
}

/// One host of one check. A second request uses the first one's connection when the host keeps it.
pub(super) struct Hop<'a> {
    connector: &'a Connector,
    url: &'a GitUrl,
    pinned: Vec<SocketAddr>,
    open: Option<Open>,
}

/// What a host answered.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The body's start; empty unless the status is 200.
    pub(super) body: Body,
}

/// No answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// No connection, or it broke; the text is for the log.
    Broken(String),
    /// The certificate does not prove that this is the host.
    Certificate(String),
    /// Connected, but no answer in time.
    TooSlow,
}

/// A connection: who holds it drives it, and dropping it closes the socket.
struct Open {
    sender: SendRequest<Full<Bytes>>,
    driver: Driver,
}

/// Moves the bytes; none when the connection is over.
type Driver = Option<Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>>>;

impl Connector {
    pub(super) fn new(
        extra_roots: Vec<CertificateDer<'static>>,
        budgets: &Budgets,
    ) -> Result<Self, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = Verifier::new_with_extra_roots(extra_roots, Arc::clone(&provider))?;
        let mut tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous() // the platform's verifier, which is no less strict
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let Budgets {
            connect,
            headers,
            body,
            ..
        } = *budgets;
        Ok(Self {
            tls: TlsConnector::from(Arc::new(tls)),
            connect,
            headers,
            body,
        })
    }

    /// Gets ready to talk to one URL's host at these addresses; opens nothing yet.
    pub(super) fn hop<'a>(&'a self, url: &'a GitUrl, pinned: Vec<SocketAddr>) -> Hop<'a> {
        Hop {
            connector: self,
            url,
            pinned,
            open: None,
        }
    }

    /// To the first address, or one more: of the other family when there is one, as one of the two
    /// may have no route.
    async fn connect(&self, pinned: &[SocketAddr]) -> Result<TcpStream, Failure> {
        let [first, others @ ..] = pinned else {
            return Err(Failure::Broken("no address".into()));
        };
        let other = others
            .iter()
            .find(|a| a.is_ipv4() != first.is_ipv4())
            .or(others.first());
        let attempts = if other.is_some() { 2 } else { 1 };
        let mut error = io::Error::from(io::ErrorKind::TimedOut);
        for address in std::iter::once(first).chain(other) {
            match timeout(self.connect / attempts, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(refused)) => error = refused,
                Err(_) => {}
            }
        }
        Err(broken(error))
    }

    async fn open(&self, url: &GitUrl, stream: TcpStream) -> Result<Open, Failure> {
        stream.set_nodelay(true).map_err(broken)?;
        if !url.is_https() {
            return Open::new(stream).await;
        }
        let host = url.host().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host).map_err(broken)?;
        Open::new(self.tls.connect(name, stream).await.map_err(tls_failure)?).await
    }
}

impl Hop<'_> {
    /// `GET <url>/info/refs?service=git-upload-pack`
    pub(super) async fn get(&mut self) -> Result<Reply, Failure> {
        let request = self.request(
            Method::GET,
            "/info/refs?service=git-upload-pack",
            &[],
            vec![],
        );
        self.send(request?).await
    }

    /// `POST <url>/git-upload-pack`
    pub(super) async fn post(&mut self, body: Vec<u8>) -> Result<Reply, Failure> {
        let types = [
            (
                header::CONTENT_TYPE,
                "application/x-git-upload-pack-request",
            ),
            (header::ACCEPT, "application/x-git-upload-pack-result"),
        ];
        self.send(self.request(Method::POST, "/git-upload-pack", &types, body)?)
            .await
    }

    fn request(
        &self,
        method: Method,
        rest: &str,
        headers: &[(header::HeaderName, &str)],
        body: Vec<u8>,
    ) -> Result<Request<Full<Bytes>>, Failure> {
        let (host, port) = (self.url.host(), self.url.port());
        let usual = if self.url.is_https() { 443 } else { 80 };
        let host = if port == usual {
            host.to_owned()
        } else {
            format!("{host}:{port}")
        };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{rest}", self.url.path()))
            .header(header::HOST, host)
            .header(header::USER_AGENT, format!("{AGENT} (gridtube)"))
            .header("git-protocol", "version=2");
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        request
            .body(Full::from(body))
            .map_err(|error| Failure::Broken(error.to_string()))
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Reply, Failure> {
        let (connector, url) = (self.connector, self.url);
        let kept = match self.open.take() {
            Some(mut open) => open.is_ready().await.then_some(open),
            None => None,
        };
        // Whatever has no time limit of its own below ends with the whole check.
        let (mut open, response) = match kept {
            Some(mut open) => {
                let answered = timeout(connector.headers, open.answer(request));
                let response = answered.await.map_err(|_| Failure::TooSlow)??;
                (open, response)
            }
            None => {
                let stream = connector.connect(&self.pinned).await?;
                let answered = timeout(connector.headers, async {
                    let mut open = connector.open(url, stream).await?;
                    let response = open.answer(request).await?;
                    Ok((open, response))
                });
                answered.await.map_err(|_| Failure::TooSlow)??
            }
        };
        let (head, incoming) = response.into_parts();
        let mut body = Body {
            bytes: Vec::new(),
            cut: false,
        };
        if head.status == StatusCode::OK {
            body = open
                .drive(read(incoming, connector.body))
                .await
                .map_err(broken)?;
            self.open = (!body.cut).then_some(open);
        }
        Ok(Reply {
            status: head.status,
            headers: head.headers,
            body,
        })
    }
}

impl Open {
    async fn new<S>(stream: S) -> Result<Self, Failure>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
    {
        // Bounds the headers; bodies are counted by us.
        let handshake = Builder::new()
            .max_buf_size(64 * 1024)
            .handshake(TokioIo::new(stream));
        let (sender, driver) = handshake.await.map_err(broken)?;
        Ok(Self {
            sender,
            driver: Some(Box::pin(driver)),
        })
    }

    async fn is_ready(&mut self) -> bool {
        let Self { sender, driver } = self;
        drive(driver, sender.ready()).await.is_ok()
    }

    async fn answer(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<http::Response<hyper::body::Incoming>, Failure> {
        let Self { sender, driver } = self;
        drive(driver, sender.send_request(request))
            .await
            .map_err(broken)
    }

    async fn drive<T>(&mut self, work: impl Future<Output = T>) -> T {
        drive(&mut self.driver, work).await
    }
}

/// Does the work while keeping the connection going. A connection that ends is dropped, so that the
/// work learns of it; what was read from it is still there.
async fn drive<T>(driver: &mut Driver, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    loop {
        let Some(going) = driver else {
            return work.await;
        };
        tokio::select! {
            done = &mut work => return done,
            _ = going => *driver = None,
        }
    }
}

async fn read(mut incoming: hyper::body::Incoming, most: usize) -> Result<Body, hyper::Error> {
    let mut body = Body {
        bytes: Vec::new(),
        cut: false,
    };
    while let Some(frame) = incoming.frame().await {
        if let Ok(data) = frame?.into_data() {
            let room = most - body.bytes.len();
            body.bytes.extend_from_slice(&data[..data.len().min(room)]);
            if data.len() > room {
                body.cut = true;
                break;
            }
        }
    }
    Ok(body)
}

fn broken(error: impl std::error::Error) -> Failure {
    let cause = error
        .source()
        .map(|cause| format!(": {cause}"))
        .unwrap_or_default();
    Failure::Broken(format!("{error}{cause}"))
}

fn tls_failure(error: io::Error) -> Failure {
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(TlsError::InvalidCertificate(why)) => Failure::Certificate(why.to_string()),
        _ => broken(error),
    }
}

impl From<Failure> for Finding {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Broken(why) => Self::Unreachable(why),
            Failure::Certificate(why) => Self::BadCertificate(why),
            Failure::TooSlow => Self::TooSlow,
        }
    }
}
