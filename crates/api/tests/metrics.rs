//! `/metrics`: what is printed is what Prometheus reads, and what the dashboard and the alarms ask for.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/service.rs"]
#[allow(dead_code, unreachable_pub)] // each test binary uses its own part
mod service;
#[allow(dead_code, unreachable_pub)]
mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use api::{engine::Sweeper, http::Limits};
use devgrid::{Faults, TokioClock};
use grid::Clock;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use service::{Service, problem};

/// The families by name: kind, and the samples as they stand.
type Families = BTreeMap<String, (String, Vec<String>)>;

/// Reads strictly: each family once, with help and kind before its samples, and no sample twice.
fn read(text: &str) -> Families {
    let mut families = Families::new();
    let mut helped = String::new();
    let mut current = String::new();
    let mut seen = BTreeSet::new();
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').unwrap();
            assert!(words.ends_with('.'), "{line}");
            helped = name.to_owned();
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert_eq!(name, helped, "help first");
            assert_eq!(name.ends_with("_total"), kind == "counter", "{line}");
            current = name.to_owned();
            let before = families.insert(current.clone(), (kind.to_owned(), vec![]));
            assert_eq!(before, None, "{name} stands once");
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            value.parse::<f64>().unwrap();
            let name = series.split('{').next().unwrap();
            let (kind, samples) = families.get_mut(&current).unwrap();
            let suffix = name.strip_prefix(current.as_str()).unwrap();
            let suffixes = match kind.as_str() {
                "histogram" => &["_bucket", "_sum", "_count"][..],
                _ => &[""],
            };
            assert!(suffixes.contains(&suffix), "{line}");
            assert!(seen.insert(series.to_owned()), "{series} stands once");
            samples.push(line.to_owned());
        }
    }
    families
}

async fn metrics(service: &Service) -> (String, Families) {
    let text = service.get("/metrics").await.text().await.unwrap();
    let families = read(&text);
    (text, families)
}

#[tokio::test]
async fn what_is_counted_can_be_read_and_is_right() {
    let service = Service::start("").await;
    let made = service.deploy("a-key-of-our-own", "metrics-club").await;
    // Until it is ready.
    service.events(&made, 0).await;
    let check = service.post("/v1/git-checks");
    let check = check.json(&serde_json::json!({ "url": "http://a" }));
    check.send().await.unwrap();
    let (text, families) = metrics(&service).await;
    for line in [
        "gridtube_deployments{state=\"ready\"} 1",
        "gridtube_spend_usd_per_month 9.18",
        "gridtube_step_seconds_count{step=\"contracts\"} 1",
        "gridtube_step_seconds_bucket{step=\"check\",le=\"+Inf\"} 1",
        "gridtube_payments_total 1",
        "gridtube_unwinding_oldest_seconds 0",
        "gridtube_git_checks_total{answer=\"invalid_url\"} 1",
        "gridtube_event_streams 0",
        "gridtube_grid_up 1",
        "gridtube_requests_total{method=\"POST\",route=\"/v1/deployments\",status=\"202\"} 1",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}\n{text}");
    }
    assert!(
        !text.contains("metrics-club") && !text.contains(&made.id),
        "nothing of anybody's"
    );
    // A histogram's buckets only grow.
    let (_, steps) = &families["gridtube_step_seconds"];
    let of_machine = steps
        .iter()
        .filter(|l| l.contains("_bucket{step=\"machine\""));
    let counts: Vec<u64> = of_machine
        .map(|l| l.rsplit_once(' ').unwrap().1.parse().unwrap())
        .collect();
    assert!(
        counts.is_sorted() && counts.last() == Some(&1),
        "{counts:?}"
    );
}

#[tokio::test]
async fn dashboard_and_alarms_ask_for_what_there_is() {
    let service = Service::start("").await;
    Sweeper::new(Arc::clone(&service.engine))
        .round()
        .await
        .unwrap();
    let (_, families) = metrics(&service).await;
    let dashboard = include_str!("../../../docs/examples/operators/grafana.json");
    let dashboard: Value = serde_json::from_str(dashboard).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let asked = panels.iter().flat_map(|p| p["targets"].as_array().unwrap());
    let mut asked: Vec<String> = asked
        .map(|t| t["expr"].as_str().unwrap().to_owned())
        .collect();
    let in_dashboard = asked.len();
    let alarms = include_str!("../../../docs/examples/operators/alerts.yml");
    let exprs = alarms
        .lines()
        .filter_map(|l| l.trim().strip_prefix("expr: "));
    asked.extend(exprs.map(str::to_owned));
    assert!(
        in_dashboard >= 8 && asked.len() >= in_dashboard + 6,
        "{asked:?}"
    );
    for expr in &asked {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let names: Vec<_> = expr
            .split(|c| !word(c))
            .filter(|w| w.starts_with("gridtube_"))
            .collect();
        assert!(!names.is_empty(), "{expr}");
        for name in names {
            let suffixes = ["_bucket", "_sum", "_count"];
            let family = suffixes.iter().find_map(|s| name.strip_suffix(s));
            let known = |name: &str| families.contains_key(name);
            assert!(known(name) || family.is_some_and(known), "{name} in {expr}");
        }
    }
}

#[tokio::test]
async fn s24_as_many_streams_as_there_may_be_and_no_more() {
    assert_eq!(Limits::default().streams.get(), 5000, "fewer below");
    let service = Service::start("[limits]\nstreams = 2\n").await;
    // It waits for the chain, and whoever watches it waits, too.
    service.grid.set_faults(Faults {
        chain_down: true,
        ..Faults::default()
    });
    let open = service.deploy("a-key-of-our-own", "stream-club").await;
    let follow = async || {
        let answer = service.of(&open, Method::GET, "/events").send().await;
        answer.unwrap()
    };
    let (one, two) = (follow().await, follow().await);
    assert_eq!(
        (one.status(), two.status()),
        (StatusCode::OK, StatusCode::OK)
    );
    let busy = problem(follow().await, 503, "busy").await;
    assert!(busy.retryable);
    let (text, _) = metrics(&service).await;
    assert!(text.contains("\ngridtube_event_streams 2\n"), "{text}");
    assert!(text.contains("\ngridtube_grid_up 0\n"), "{text}");
    drop(one);
    let again = async {
        while follow().await.status() != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let freed = tokio::time::timeout(Duration::from_secs(60), again).await;
    freed.expect("a place is free again");
}

#[tokio::test]
async fn s25_a_panic_is_a_500_without_its_text_and_the_service_goes_on() {
    let clock = Arc::new(Bomb::default());
    let service = Service::start_with("", Arc::clone(&clock) as _).await;
    assert_eq!(service.get("/v1/catalog").await.status(), StatusCode::OK);
    clock.armed.store(true, Ordering::Relaxed);
    let internal = problem(service.get("/v1/catalog").await, 500, "internal").await;
    clock.armed.store(false, Ordering::Relaxed);
    let text = serde_json::to_string(&internal).unwrap();
    assert!(!text.contains("boom") && internal.retryable, "{text}");
    assert_eq!(service.get("/v1/catalog").await.status(), StatusCode::OK);
    let made = service.deploy("a-key-of-our-own", "after-all").await;
    assert!(!service.events(&made, 0).await.is_empty());
}

/// A clock that panics when it is told to.
#[derive(Default)]
struct Bomb {
    clock: TokioClock,
    armed: AtomicBool,
}

#[async_trait::async_trait]
impl Clock for Bomb {
    fn now_ms(&self) -> u64 {
        assert!(!self.armed.load(Ordering::Relaxed), "boom, and a secret");
        self.clock.now_ms()
    }

    async fn sleep(&self, duration: Duration) {
        self.clock.sleep(duration).await;
    }
}

#[tokio::test]
async fn s23_what_a_client_makes_up_is_not_kept() {
    let service = Service::start("").await;
    for n in 0..20 {
        let method = Method::from_bytes(format!("EVIL{n}").as_bytes()).unwrap();
        let made_up = service
            .client
            .request(method, format!("{}/v1/x", service.url));
        problem(made_up.send().await.unwrap(), 404, "not-found").await;
    }
    let metrics = service.get("/metrics").await.text().await.unwrap();
    assert!(!metrics.contains("EVIL"), "{metrics}");
    let counted = "gridtube_requests_total{method=\"other\",route=\"none\",status=\"404\"} 20";
    assert!(metrics.contains(counted), "{metrics}");
    for (sent, is_kept) in [
        ("of-a-proxy.1", true),
        ("a b", false),
        (&"x".repeat(500), false),
    ] {
        let get = service.client.get(format!("{}/healthz", service.url));
        let answer = get.header("x-request-id", sent).send().await.unwrap();
        let id = answer.headers()["x-request-id"].to_str().unwrap();
        assert_eq!(id == sent, is_kept, "{id}");
    }
}
