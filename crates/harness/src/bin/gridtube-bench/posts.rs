//! Orders.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use futures_util::stream::{self, StreamExt};
use harness::{
    client::{self, ApiClient},
    gridtube::{Home, Settings},
};
use reqwest::{Method, StatusCode};

use crate::{UNBRAKED, rate, row};

const POSTS: usize = 2000;
const AT_ONCE: usize = 64;

/// Orders, refused and accepted; and what the service weighs before them.
pub(crate) async fn posts() -> anyhow::Result<()> {
    let mut home = Home::new(Settings {
        more: UNBRAKED.into(),
        ..Settings::default()
    })?;
    let service = home.start().await?;
    let client = ApiClient::new(&service)?;
    let catalogue = client.to(Method::GET, "/v1/catalog").send().await?;
    ensure!(catalogue.status().is_success(), "no catalogue");
    let idle = resident_kib(service.id().context("it has ended")?)?;
    row(
        "memory of the idle API (VmRSS)",
        &format!("{:.1} MB", idle as f64 * 1.024e-3),
    );
    let took = post_all(&client, "www", StatusCode::UNPROCESSABLE_ENTITY).await?;
    rate("orders refused (64 at once)", POSTS, took);
    let took = post_all(&client, "club-", StatusCode::ACCEPTED).await?;
    rate("orders accepted (64 at once)", POSTS, took);
    service.kill().await
}

async fn post_all(
    client: &ApiClient,
    name: &str,
    expected: StatusCode,
) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let mut answers = stream::iter(0..POSTS)
        .map(|i| async move {
            // A refused name stays refused whatever follows it: it is sent as it is.
            let numbered = if name.ends_with('-') {
                format!("{name}{i}")
            } else {
                name.into()
            };
            let key = format!("key-of-the-order-{numbered}");
            client.post(&key, &client::order(&numbered)).await
        })
        .buffer_unordered(AT_ONCE);
    while let Some(answer) = answers.next().await {
        let (status, answer) = answer?;
        ensure!(status == expected, "{status}: {answer}");
    }
    Ok(begun.elapsed())
}

fn resident_kib(process: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    let number = line.and_then(|l| l.split_whitespace().next());
    Ok(number.context("no VmRSS")?.parse()?)
}
