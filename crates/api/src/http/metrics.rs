//! `GET /metrics`

use std::{
    collections::BTreeMap,
    fmt::{self, Display, Write},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{extract::State as Of, http::header, response::IntoResponse};
use order::api::{GitState, State};
use serde::Serialize;

use super::{App, Problem, catalog};
use crate::{engine::BUCKETS, store::Count};

/// What is counted beside what store, engine and grid can be asked for.
#[derive(Debug, Default)]
pub struct Counters {
    /// Streams of events open now.
    pub streams: AtomicU64,
    /// Git checks refused because too many were running.
    pub git_checks_busy: AtomicU64,
    git_checks: Mutex<BTreeMap<String, u64>>,
    requests: Mutex<BTreeMap<(&'static str, String, u16), u64>>,
}

/// How long a look at the grid may take: whoever asks for metrics does not wait longer than this.
const LOOK: Duration = Duration::from_secs(2);

impl Counters {
    /// A git check ran and said this.
    pub(super) fn git_check(&self, state: GitState) {
        *lock(&self.git_checks).entry(name(state)).or_default() += 1;
    }

    /// A request was answered.
    pub(super) fn request(&self, method: &'static str, route: &str, status: u16) {
        let key = (method, route.to_owned(), status);
        *lock(&self.requests).entry(key).or_default() += 1;
    }
}

/// For Prometheus.
#[utoipa::path(get, path = "/metrics", responses((status = 200, body = String)))]
pub(super) async fn get(Of(app): Of<App>) -> Result<impl IntoResponse, Problem> {
    let mut text = Text::default();
    of_deployments(&mut text, &app).await?;
    of_engine(&mut text, &app);
    of_grid(&mut text, &app).await;
    of_requests(&mut text, &app.counters);
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text.0))
}

async fn of_deployments(text: &mut Text, app: &App) -> Result<(), Problem> {
    let counts = app.engine.store.count().await?;
    let mut states = BTreeMap::new();
    for count in &counts {
        *states.entry(name(count.state)).or_insert(0) += count.deployments;
    }
    text.family(
        "gridtube_deployments",
        "gauge",
        "Deployments in each state.",
    );
    for (state, deployments) in states {
        text.sample(&[("state", &state)], deployments);
    }
    text.family(
        "gridtube_spend_usd_per_month",
        "gauge",
        "What the deployments that are paid for cost, by the prices that the form shows.",
    );
    let catalogue = catalog::current(app).await;
    let cents = counts.iter().filter(|count| is_paid(count)).map(|count| {
        let size = catalogue.size(&count.size);
        size.map_or(0, |size| cents(&size.price.usd_month)) * count.deployments
    });
    let cents: u64 = cents.sum();
    text.sample(&[], format_args!("{}.{:02}", cents / 100, cents % 100));
    Ok(())
}

fn is_paid(count: &Count) -> bool {
    matches!(
        count.state,
        State::Sent | State::Starting | State::Verifying | State::Ready
    )
}

/// Of a decimal text with two decimals at most.
fn cents(usd: &str) -> u64 {
    let (whole, part) = usd.split_once('.').unwrap_or((usd, ""));
    let part = format!("{part:0<2}");
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    number(whole) * 100 + number(part.get(..2).unwrap_or_default())
}

fn of_engine(text: &mut Text, app: &App) {
    let meters = &app.engine.meters;
    text.family(
        "gridtube_step_seconds",
        "histogram",
        "How long the steps of deployments took that were done.",
    );
    for (step, took) in meters.steps() {
        let step = name(step);
        for (count, upto) in took.buckets.iter().zip(BUCKETS) {
            text.part(
                "_bucket",
                &[("step", &step), ("le", &upto.to_string())],
                count,
            );
        }
        text.part("_bucket", &[("step", &step), ("le", "+Inf")], took.count);
        text.part("_sum", &[("step", &step)], took.sum);
        text.part("_count", &[("step", &step)], took.count);
    }
    text.family(
        "gridtube_deployments_looked_at_total",
        "counter",
        "Deployments that the engine has begun to work on: at their order, and again after a restart.",
    );
    text.sample(&[], meters.deployments_looked_at());
    text.family(
        "gridtube_payments_total",
        "counter",
        "Paying batches signed.",
    );
    text.sample(&[], meters.payments());
    let now = app.engine.clock.now_ms();
    let oldest = meters.oldest_unwinding();
    text.family(
        "gridtube_unwinding_oldest_seconds",
        "gauge",
        "How long the deployment is being taken down that takes longest; 0 when none is.",
    );
    text.sample(
        &[],
        oldest.map_or(0, |since| now.saturating_sub(since) / 1000),
    );
    text.family(
        "gridtube_contracts_swept_total",
        "counter",
        "Contracts that nobody had, which the sweeper set out to cancel.",
    );
    text.sample(&[], meters.contracts_swept());
    let Some(look) = meters.last_look() else {
        return;
    };
    text.family(
        "gridtube_contracts",
        "gauge",
        "Contracts of the account at the sweeper's last look, by whose they are.",
    );
    for (owner, contracts) in look.contracts {
        text.sample(&[("owner", owner.as_str())], contracts);
    }
    text.family(
        "gridtube_database_outdated",
        "gauge",
        "1 when a contract proves that this database is not the newest: nothing is swept.",
    );
    text.sample(&[], u8::from(look.outdated));
    text.family(
        "gridtube_sweeper_look_seconds",
        "gauge",
        "When the sweeper last looked, seconds since 1970.",
    );
    text.sample(&[], look.at / 1000);
}

async fn of_grid(text: &mut Text, app: &App) {
    let head = tokio::time::timeout(LOOK, app.engine.grid.head()).await;
    let head = head.ok().and_then(Result::ok);
    text.family(
        "gridtube_grid_up",
        "gauge",
        "1 when the grid's chain answers.",
    );
    text.sample(&[], u8::from(head.is_some()));
    let Some(head) = head else { return };
    text.family("gridtube_grid_block", "gauge", "The chain's newest blocks.");
    text.sample(&[("which", "best")], head.best);
    text.sample(&[("which", "finalized")], head.finalized);
}

fn of_requests(text: &mut Text, counters: &Counters) {
    text.family(
        "gridtube_git_checks_total",
        "counter",
        "Git checks by their answer.",
    );
    for (answer, count) in &*lock(&counters.git_checks) {
        text.sample(&[("answer", answer)], count);
    }
    text.family(
        "gridtube_git_checks_busy_total",
        "counter",
        "Git checks refused because too many were running.",
    );
    text.sample(&[], counters.git_checks_busy.load(Ordering::Relaxed));
    text.family(
        "gridtube_event_streams",
        "gauge",
        "Streams of events open now.",
    );
    text.sample(&[], counters.streams.load(Ordering::Relaxed));
    text.family(
        "gridtube_requests_total",
        "counter",
        "Requests answered, by route.",
    );
    for ((method, route, status), count) in &*lock(&counters.requests) {
        let status = status.to_string();
        let labels = [("method", *method), ("route", route), ("status", &status)];
        text.sample(&labels, count);
    }
}

/// Prometheus' text format.
#[derive(Default)]
struct Text(String, &'static str);

impl Text {
    fn family(&mut self, name: &'static str, kind: &str, help: &str) {
        self.1 = name;
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
    }

    fn sample(&mut self, labels: &[(&str, &str)], value: impl Display) {
        self.part("", labels, value);
    }

    fn part(&mut self, suffix: &str, labels: &[(&str, &str)], value: impl Display) {
        let name = self.1;
        self.line(format_args!("{name}{suffix}{} {value}", Labels(labels)));
    }

    fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{line}");
    }
}

struct Labels<'a>(&'a [(&'a str, &'a str)]);

impl Display for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, value)) in self.0.iter().enumerate() {
            // Values are names of ours and routes: nothing in them needs to be escaped but for form.
            write!(f, "{}{name}={value:?}", if i == 0 { '{' } else { ',' })?;
        }
        f.write_str(if self.0.is_empty() { "" } else { "}" })
    }
}

/// What the API calls it.
fn name(of: impl Serialize) -> String {
    let name = serde_json::to_value(of).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
