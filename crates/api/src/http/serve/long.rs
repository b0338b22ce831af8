//! Answers that go on for hours.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream, stream::BoxStream};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A body, bit by bit.
type Bits = BoxStream<'static, Bytes>;

/// What is still to come; whoever is first takes it.
#[derive(Clone)]
struct ToCome(Arc<Mutex<Option<Bits>>>);

impl ToCome {
    fn take(&self) -> Option<Bits> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// An answer whose body comes bit by bit and may take hours. The last on its connection. Where nobody
/// takes it over it is a body like any other.
pub(in super::super) fn long(body: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let to_come = ToCome(Arc::new(Mutex::new(Some(body.boxed()))));
    let here = to_come.clone();
    let body = stream::once(async move {
        match here.take() {
            Some(body) => body,
            // The connection is taken away from whoever asks.
            None => stream::pending().boxed(),
        }
    });
    let mut response = Response::new(Body::from_stream(
        body.flatten().map(Ok::<_, std::convert::Infallible>),
    ));
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response.extensions_mut().insert(to_come);
    response
}

/// How a body's end is known.
#[derive(Debug, Clone, Copy)]
pub(super) enum Framing {
    /// Each bit says how long it is (RFC 9112, 7.1).
    Chunks,
    /// It is the connection's end.
    ToTheEnd,
}

/// The rest of an answer, left by who made its head.
#[derive(Clone, Default)]
pub(super) struct Rest(Arc<Mutex<Option<(Bits, Framing)>>>);

impl Rest {
    /// Leaves it, if it is a long one.
    pub(super) fn leave(&self, response: &mut Response, framing: Framing) {
        if let Some(to_come) = response.extensions_mut().remove::<ToCome>()
            && let Some(body) = to_come.take()
        {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((body, framing));
        }
    }

    pub(super) fn take(&self) -> Option<(Bits, Framing)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Bytes that a client may send while it is answered: further requests, none of which is read.
const IGNORED: usize = 64 * 1024;

/// Writes the rest of an answer, until it ends or the client goes.
pub(super) async fn write(mut socket: TcpStream, mut rest: Bits, framing: Framing) {
    let (mut ignored, mut left) = ([0; 64], IGNORED);
    loop {
        let (mut from, mut to) = socket.split();
        let written = tokio::select! {
            bytes = rest.next() => match bytes {
                Some(bytes) => to.write_all(&framing.frame(bytes)).await,
                None => break,
            },
            // Nothing more is asked on this connection; that it ends is what one waits for.
            read = from.read(&mut ignored) => match read {
                Ok(0) | Err(_) => return,
                Ok(read) if read > left => return,
                Ok(read) => {
                    left -= read;
                    Ok(())
                }
            },
        };
        if written.is_err() {
            return;
        }
    }
    if socket.write_all(framing.end()).await.is_ok() {
        // The client may have hung up before.
        let _ = socket.shutdown().await;
    }
}

impl Framing {
    fn frame(self, bytes: Bytes) -> Bytes {
        match self {
            // An empty chunk would be the end.
            Self::Chunks if !bytes.is_empty() => {
                let mut chunk = BytesMut::with_capacity(bytes.len() + 12);
                chunk.put_slice(format!("{:x}\r\n", bytes.len()).as_bytes());
                chunk.put(bytes);
                chunk.put_slice(b"\r\n");
                chunk.freeze()
            }
            _ => bytes,
        }
    }

    fn end(self) -> &'static [u8] {
        match self {
            Self::Chunks => b"0\r\n\r\n",
            Self::ToTheEnd => b"",
        }
    }
}
