//! Pages that follow a deployment.

use std::time::Instant;

use anyhow::{Context, ensure};
use futures_util::future::try_join_all;
use harness::{
    client::ApiClient,
    gridtube::{Home, Settings},
};
use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{UNBRAKED, resident_kib, row};

const STREAMS: usize = 5000;

pub(crate) async fn streams() -> anyhow::Result<()> {
    // It stays where it is until it is ended: the machine takes an hour.
    let mut home = Home::new(Settings {
        more: UNBRAKED.into(),
        devgrid: "block_ms = 1000\nprovision_ms = 3600000\n".into(),
        ..Settings::default()
    })?;
    let service = home.start().await?;
    let client = ApiClient::new(&service)?;
    let access = client.deploy("watched").await?;
    client.until(&access, "starting").await?;
    let request = format!(
        "GET /v1/deployments/{}/events HTTP/1.1\r\nhost: localhost\r\n\
         authorization: Bearer {}\r\n\r\n",
        access.id, access.capability
    );
    let before = resident_kib(&service)?;
    let mut sockets = Vec::with_capacity(STREAMS);
    for _ in 0..STREAMS {
        let mut socket = TcpStream::connect(("127.0.0.1", service.port())).await?;
        socket.write_all(request.as_bytes()).await?;
        until_seen(&mut socket, "starting").await?;
        sockets.push(socket);
    }
    let each = (resident_kib(&service)? - before) as f64 / STREAMS as f64;
    row(
        "memory of an idle stream of events, of 5,000",
        &format!("{each:.1} KiB"),
    );
    let begun = Instant::now();
    let path = format!("/v1/deployments/{}", access.id);
    let delete = client.to(Method::DELETE, &path);
    let deleted = delete.bearer_auth(&access.capability).send().await?;
    ensure!(deleted.status().is_success(), "{}", deleted.status());
    try_join_all(sockets.iter_mut().map(|s| until_seen(s, "unwinding"))).await?;
    row(
        "one event to 5,000 streams, from the request that causes it",
        &format!("{} ms", begun.elapsed().as_millis()),
    );
    service.kill().await
}

async fn until_seen(socket: &mut TcpStream, text: &str) -> anyhow::Result<()> {
    let mut read = Vec::with_capacity(2048);
    loop {
        let got = socket.read_buf(&mut read).await?;
        ensure!(got > 0, "the stream ended without {text}");
        let seen = std::str::from_utf8(&read).context("not UTF-8")?;
        if seen.contains(text) {
            return Ok(());
        }
    }
}
