//! The HTTP service over a real socket, on a fast development grid.

use std::{sync::Arc, time::Duration};

use api::{
    config::Config,
    engine::{Engine, Hints, HttpProbe, Line, Patience, Worker},
    entropy::OsEntropy,
    git_check::{GitCheckConfig, GitChecker, SystemResolver},
    http::{self, App, Brakes, Dist},
    secrets::Secrets,
    store::SqliteStore,
};
use devgrid::{DevGrid, DevGridConfig, TokioClock};
use grid::Clock;
use order::api::{Deployment, DeploymentRequest, ProblemDetails};
use reqwest::{Client, RequestBuilder, Response};
use tempfile::TempDir;

use crate::support::draft;
use tokio::{net::TcpListener, sync::watch};

const UNLIMITED: &str = "[limits]\nposts_by_network = 1000000\norders_by_site = 1000000\norders_by_subject = 1000000\n\
    posts = 1000000\nreads_by_network = 1000000\n";

/// What `@secret` in a config holds.
pub const SECRET: &str = "a secret of thirty-two characters";

fn write_private(path: &std::path::Path, text: &str) {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .unwrap();
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
}

pub struct Service {
    pub url: String,
    pub client: Client,
    pub grid: Arc<DevGrid>,
    pub engine: Arc<Engine>,
    stop: watch::Sender<bool>,
    dir: TempDir,
}

impl Service {
    /// With `more` appended to a config of one open site called `default`.
    pub async fn start(more: &str) -> Self {
        Self::start_with(more, Arc::new(TokioClock::new())).await
    }

    /// By this clock; the grid has one of its own.
    pub async fn start_with(more: &str, clock: Arc<dyn Clock>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(
            dir.path().join("index.html"),
            "<!doctype html><title>w</title>",
        )
        .unwrap();
        std::fs::write(dir.path().join("w-0123456789abcdef.js"), "1").unwrap();
        std::fs::write(dir.path().join("boot.js"), "2").unwrap();
        let limits = if more.contains("[limits]") {
            ""
        } else {
            UNLIMITED
        };
        let text = format!(
            "{more}\n[[sites]]\nid = \"default\"\norigins = [\"http://127.0.0.1:8080\"]\nmode = \"open\"\n{limits}"
        );
        let secret = dir.path().join("secret");
        write_private(&secret, SECRET);
        let text = text.replace("@secret", &secret.display().to_string());
        let file = dir.path().join("gridtube.toml");
        std::fs::write(&file, text).unwrap();
        let config = Config::read(&file).unwrap();
        let fast = DevGridConfig {
            block: Duration::from_millis(60),
            provision: Duration::from_millis(60),
            boot: Duration::from_millis(60),
            // Nothing is signed again because a disk was slow.
            era: 4096,
            ..DevGridConfig::default()
        };
        let grid = DevGrid::start(fast, Arc::new(TokioClock::new())).unwrap();
        let pages = TcpListener::bind("127.0.0.1:0").await.unwrap();
        grid.set_pages_addr(pages.local_addr().unwrap());
        tokio::spawn(Arc::clone(&grid).serve_pages(pages));
        let store = SqliteStore::open(&dir.path().join("db"), &OsEntropy)
            .await
            .unwrap();
        let (stop, stopping) = watch::channel(false);
        let engine = Arc::new(Engine {
            grid: Arc::clone(&grid) as _,
            store: Arc::new(store),
            clock,
            entropy: Arc::new(OsEntropy),
            probe: Arc::new(HttpProbe),
            secrets: Arc::new(Secrets::from_key(&[7; 32])),
            offers: Arc::new(config.offers()),
            hints: Hints::default(),
            meters: Arc::default(),
            line: Line::default(),
            patience: Patience {
                poll: Duration::from_millis(60),
                ..Patience::default()
            },
        });
        tokio::spawn(Worker::new(Arc::clone(&engine), stopping.clone()).run());
        let git = GitChecker::new(GitCheckConfig::default(), Arc::new(SystemResolver)).unwrap();
        let app = App {
            brakes: Arc::new(Brakes::new(&config.limits)),
            config: Arc::new(config),
            engine: Arc::clone(&engine),
            git: Arc::new(git),
            dist: Some(Arc::new(Dist::open(dir.path()).unwrap())),
            catalog: Arc::default(),
            usual: Arc::default(),
            counters: Arc::default(),
            stop: stopping,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stopping = app.stop.clone();
        tokio::spawn(http::serve(listener, http::router(app), stopping));
        let client = Client::builder().no_proxy().build().unwrap();
        Self {
            url,
            client,
            grid,
            engine,
            stop,
            dir,
        }
    }

    /// As a signal does.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client
            .get(format!("{}{path}", self.url))
            .send()
            .await
            .unwrap()
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.url))
    }

    pub fn order(&self, key: &str, name: &str) -> RequestBuilder {
        let request = DeploymentRequest {
            site: "default".into(),
            grant: None,
            order: draft(name),
        };
        self.post("/v1/deployments")
            .header("Idempotency-Key", key)
            .json(&request)
    }

    pub async fn deploy(&self, key: &str, name: &str) -> Deployment {
        let answer = self.order(key, name).send().await.unwrap();
        assert_eq!(answer.status(), 202);
        answer.json().await.unwrap()
    }

    pub fn of(
        &self,
        deployment: &Deployment,
        method: reqwest::Method,
        tail: &str,
    ) -> RequestBuilder {
        let url = format!("{}/v1/deployments/{}{tail}", self.url, deployment.id);
        self.client
            .request(method, url)
            .bearer_auth(deployment.capability.as_ref().unwrap())
    }

    /// The whole stream of events, as `(id, data)`; it ends when the deployment is settled.
    pub async fn events(&self, deployment: &Deployment, after: u64) -> Vec<(u64, String)> {
        let stream = self.stream(deployment, after).await;
        whole_events(&stream.text().await.unwrap())
    }

    /// The same, while it comes.
    pub async fn stream(&self, deployment: &Deployment, after: u64) -> Response {
        let request = self.of(deployment, reqwest::Method::GET, "/events");
        let request = request.header("Last-Event-ID", after);
        request.send().await.unwrap()
    }

    /// All that the service keeps: every file, one after the other.
    pub fn on_disk(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.dir.path()).unwrap();
        let paths = files.map(|file| file.unwrap().path());
        paths
            .flat_map(|path| std::fs::read(path).unwrap())
            .collect()
    }
}

/// The events of a stream of which nothing is missing.
pub fn whole_events(stream: &str) -> Vec<(u64, String)> {
    let field = |block: &str, name: &str| {
        let line = block
            .lines()
            .find_map(|l| l.strip_prefix(name))
            .map(str::trim);
        line.map(str::to_owned)
    };
    let (whole, _) = stream.rsplit_once("\n\n").unwrap_or_default();
    let blocks = whole.split("\n\n").filter(|b| b.contains("data:"));
    blocks
        .map(|b| {
            (
                field(b, "id:").unwrap().parse().unwrap(),
                field(b, "data:").unwrap(),
            )
        })
        .collect()
}

/// The problem in an answer, its form checked.
pub async fn problem(answer: Response, status: u16, name: &str) -> ProblemDetails {
    assert_eq!(answer.status(), status, "{name}");
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let id = answer.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let details: ProblemDetails = answer.json().await.unwrap();
    assert_eq!(details.r#type, format!("/problems/{name}"));
    assert_eq!(
        (details.status, details.request_id.as_str()),
        (status, id.as_str())
    );
    assert!(!details.detail.is_empty());
    details
}
