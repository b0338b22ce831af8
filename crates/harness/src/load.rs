//! As many requests as a service can take: many connections, on each of which one is always under way.
//! It does next to nothing itself, for it shares the processor with what it measures.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use futures_util::future::try_join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const CONNECTIONS: usize = 64;

/// A request as it goes over the wire.
pub fn post(path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

/// Sends all of them and reads all answers; how long that took.
///
/// # Errors
/// When the service hangs up, or answers with another status than this.
pub async fn send(to: SocketAddr, requests: &[Vec<u8>], status: u16) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let shares = requests.chunks(requests.len().div_ceil(CONNECTIONS).max(1));
    try_join_all(shares.map(|share| one_connection(to, share, status))).await?;
    Ok(begun.elapsed())
}

async fn one_connection(to: SocketAddr, requests: &[Vec<u8>], status: u16) -> anyhow::Result<()> {
    let mut socket = TcpStream::connect(to).await?;
    socket.set_nodelay(true)?;
    let mut read = Vec::with_capacity(1 << 12);
    for request in requests {
        socket.write_all(request).await?;
        read.clear();
        let got = loop {
            ensure!(socket.read_buf(&mut read).await? > 0, "it hung up");
            if let Some(got) = answer(&read)? {
                break got;
            }
        };
        ensure!(
            got == status,
            "{got} instead of {status}: {}",
            String::from_utf8_lossy(&read)
        );
    }
    Ok(())
}

/// The status of an answer; nothing until it is all there.
fn answer(bytes: &[u8]) -> anyhow::Result<Option<u16>> {
    let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&bytes[..end])?;
    let status = head.get(9..12).context("no status")?.parse()?;
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .context("an answer without a length")?;
    let whole = end + 4 + length.parse::<usize>()?;
    Ok((bytes.len() >= whole).then_some(status))
}
