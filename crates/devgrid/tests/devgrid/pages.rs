//! The stand-in pages over a real socket. Time stands still unless a test moves it.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use devgrid::{DevGrid, DevGridConfig};
use grid::{At, Clock, Grid};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::support::{blueprint, cancel_call, plan};

/// Moves only by sleeping: time and sockets do not race.
#[derive(Default)]
struct HandClock(AtomicU64);

#[async_trait]
impl Clock for HandClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    async fn sleep(&self, duration: Duration) {
        let ms = u64::try_from(duration.as_millis()).unwrap();
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

struct Pages {
    grid: Arc<DevGrid>,
    clock: Arc<HandClock>,
    addr: SocketAddr,
}

impl Pages {
    async fn start() -> Self {
        let clock = Arc::new(HandClock::default());
        let grid = DevGrid::start(DevGridConfig::default(), clock.clone()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(Arc::clone(&grid).serve_pages(listener));
        Self { grid, clock, addr }
    }

    async fn get(&self, host: &str, path: &str) -> (u16, String) {
        let mut socket = TcpStream::connect(self.addr).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), body.to_owned())
    }

    async fn deploy(&self, name: &str) -> grid::Found {
        let plan = plan(&self.grid, name);
        let batch = self.grid.sign(&plan.calls()).await.unwrap();
        self.grid.submit(&batch).await.unwrap();
        self.clock.sleep(Duration::from_secs(6)).await;
        let found = self.grid.find(&plan, At::Best).await.unwrap();
        let (machine, gateway) = (found.machine.unwrap(), found.gateway.unwrap());
        self.grid.deploy(&plan.machine, machine).await.unwrap();
        self.grid.deploy(&plan.gateway, gateway).await.unwrap();
        found
    }

    fn host(&self, address: &str) -> String {
        format!("{address}.localhost:{}", self.addr.port())
    }
}

#[tokio::test]
async fn an_instance_is_absent_then_starting_then_there_then_gone() {
    let pages = Pages::start().await;
    let host = pages.host("myclub.ava.tf");
    assert_eq!(pages.get(&host, "/api/v1/ping").await.0, 404);

    let found = pages.deploy("myclub").await;
    let (status, text) = pages.get(&host, "/").await;
    assert_eq!(status, 502);
    assert!(text.contains("Still starting"), "{text}");

    pages.clock.sleep(Duration::from_secs(20)).await;
    assert_eq!(pages.get(&host, "/api/v1/ping").await, (200, "pong".into()));
    let (status, config) = pages.get(&host, "/api/v1/config").await;
    let config: serde_json::Value = serde_json::from_str(&config).unwrap();
    assert_eq!(
        (status, &config["instance"]["name"]),
        (200, &"myclub".into())
    );
    let (status, page) = pages.get(&host, "/").await;
    assert_eq!(status, 200);
    for part in [
        "This is not PeerTube",
        "<h1>myclub</h1>",
        "2 vCPU, 4 GiB memory, 50 GiB disk",
        &blueprint("myclub").flist,
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("secret-of-the-admin") && !page.contains("<script"));
    assert_eq!(pages.get(&host, "/nowhere").await.0, 404);

    let calls: Vec<_> = found.ids().into_iter().map(cancel_call).collect();
    let batch = pages.grid.sign(&calls).await.unwrap();
    pages.grid.submit(&batch).await.unwrap();
    pages.clock.sleep(Duration::from_secs(6)).await;
    assert_eq!(pages.get(&host, "/").await.0, 404);
}

#[tokio::test]
async fn client_keys_are_for_the_configured_host_only() {
    let pages = Pages::start().await;
    pages.deploy("myclub").await;
    pages.clock.sleep(Duration::from_secs(20)).await;
    let path = "/api/v1/oauth-clients/local";
    let (status, client) = pages.get(&pages.host("myclub.ava.tf"), path).await;
    assert_eq!(status, 200);
    assert!(client.contains("client_id"));
    for host in [
        "myclub.ava.tf",
        "myclub.ava.tf.localhost:1",
        "myclub.ava.tf.localhost",
    ] {
        assert_eq!(pages.get(host, path).await.0, 403, "{host}");
    }
}

#[tokio::test]
async fn the_ledger_is_open_to_the_curious() {
    let pages = Pages::start().await;
    pages.deploy("myclub").await;
    let by_name = pages.get(&pages.host("grid"), "/ledger").await;
    assert_eq!(by_name, pages.get("anything", "/.devgrid/ledger").await);
    let (status, text) = by_name;
    assert_eq!(status, 200);
    let ledger: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&ledger["block"], &ledger["nonce"]), (&2.into(), &1.into()));
    assert!(ledger["balance"].is_u64() && ledger["finalized"].is_u64());
    let contracts = ledger["contracts"].as_array().unwrap();
    let ours = contracts.iter().filter(|c| c["twin"] == pages.grid.twin());
    let told: Vec<_> = ours
        .map(|c| {
            (
                c["kind"].clone(),
                c["name"].clone(),
                c["node"].clone(),
                c["data"].clone(),
            )
        })
        .collect();
    let null = serde_json::Value::Null;
    assert_eq!(
        told,
        [
            ("name".into(), "myclub".into(), null.clone(), "".into()),
            (
                "node".into(),
                null.clone(),
                11.into(),
                "gridtube/myclub".into()
            ),
            ("node".into(), null, 101.into(), "gridtube/myclub".into()),
        ]
    );
    assert_eq!(pages.get(&pages.host("grid"), "/").await.0, 200);
    assert_eq!(pages.get("other.ava.tf", "/ledger").await.0, 404);
}

#[tokio::test]
async fn a_site_is_where_the_pages_are() {
    let pages = Pages::start().await;
    let site = pages.grid.site("myclub.ava.tf");
    let port = pages.addr.port();
    assert_eq!(site.url, format!("http://myclub.ava.tf.localhost:{port}"));
    assert_eq!(site.dial, Some(pages.addr));
}
