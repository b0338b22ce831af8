//! The opening of a WebSocket, RFC 6455, section 4.1.
//!
//! The library that moves the frames could do it too, but writes the request into its log, and the
//! token with it.

use std::pin::Pin;

use base64ct::{Base64, Encoding as _};
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::Wire;

/// No answer of a node is anywhere near.
const LARGEST_MESSAGE: usize = 16 << 20;

pub(super) const NO_WEB_SOCKET: &str = "it does not speak WebSocket; see whether that is a relay";

pub(super) type Socket = WebSocketStream<TokioIo<Upgraded>>;

type Driver = Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>>;

/// Why there is no socket.
pub(super) enum Unopened {
    /// The relay answers with this status instead.
    Status(u16),
    /// It answers nothing, or nothing that helps.
    Broken(String),
}

impl<E: std::error::Error> From<E> for Unopened {
    fn from(error: E) -> Self {
        Self::Broken(error.to_string())
    }
}

pub(super) async fn upgrade(
    stream: Box<dyn Wire>,
    host: String,
    token: &str,
) -> Result<Socket, Unopened> {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce)?;
    let key = Base64::encode_string(&nonce);
    let request = Request::get(format!("/?{token}"))
        .header(header::HOST, host)
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_VERSION, "13")
        .header(header::SEC_WEBSOCKET_KEY, &key)
        .body(Empty::<Bytes>::new())?;

    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Boxed by its name: the compiler cannot see through the type that it is `Send`.
    let mut driver: Driver = Box::pin(connection.with_upgrades());
    let mut opening = std::pin::pin!(async {
        let response = sender.send_request(request).await?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(Unopened::Status(response.status().as_u16()));
        }
        let accept = response.headers().get(header::SEC_WEBSOCKET_ACCEPT);
        if accept.is_none_or(|accept| accept != derive_accept_key(key.as_bytes()).as_str()) {
            return Err(Unopened::Broken(NO_WEB_SOCKET.into()));
        }
        Ok(hyper::upgrade::on(response).await?)
    });
    let stream = tokio::select! {
        opened = &mut opening => opened?,
        // Done with HTTP, for good or ill: the rest needs nobody to move bytes.
        _ = &mut driver => opening.await?,
    };
    let limits = WebSocketConfig::default()
        .max_message_size(Some(LARGEST_MESSAGE))
        .max_frame_size(Some(LARGEST_MESSAGE));
    let stream = TokioIo::new(stream);
    Ok(WebSocketStream::from_raw_socket(stream, Role::Client, Some(limits)).await)
}
