//! Two processes of the real binary on one PostgreSQL database and one grid.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/operator.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;

use std::time::Duration;

use futures_util::{StreamExt, future::select_all};
use harness::postgres::Postgres;
use order::api::{Event, State};
use sqlx::{Connection, PgConnection};
use support::{Operator, Placed, Service};

struct Two {
    operator: Operator,
    url: String,
    a: Service,
    b: Service,
    server: Postgres,
}

impl Two {
    /// Nothing where PostgreSQL is not installed.
    async fn start() -> Option<Self> {
        let server = Postgres::start().await.unwrap()?;
        let url = server.database("replicas").await.unwrap();
        let operator = Operator::new().await;
        operator.config_with(&format!("database = {url:?}\n"), "");
        Some(Self {
            a: operator.serve_logging_to("log-a").await,
            b: operator.serve_logging_to("log-b").await,
            operator,
            url,
            server,
        })
    }

    async fn code(&self, uses: u32) -> String {
        let create = format!("invites create --site club --uses {uses}");
        self.operator.says(&create).await.trim().to_owned()
    }

    /// Nobody waits for half a minute in a test.
    async fn leases_end(&self) {
        let mut db = PgConnection::connect(&self.url).await.unwrap();
        let end = sqlx::query("UPDATE leases SET until = now()");
        end.execute(&mut db).await.unwrap();
    }

    /// Contracts there are, and that there ever were.
    fn contracts(&self) -> (usize, usize) {
        let chain = self.operator.peers.chain();
        (
            chain.contracts().len(),
            usize::try_from(chain.contracts_ever()).unwrap(),
        )
    }
}

/// The same deployment, asked of the other process.
fn at(service: &Service, placed: &Placed) -> Placed {
    let path = placed.at.rsplit('/').next().unwrap();
    Placed {
        at: format!("{}/v1/deployments/{path}", service.url),
        capability: placed.capability.clone(),
        client: placed.client.clone(),
    }
}

/// All events until it is deleted: number and data. Listens again, as the widget does, when a stream ends early.
async fn events(placed: Placed) -> Vec<(u64, String)> {
    let mut events: Vec<(u64, String)> = vec![];
    while !events.last().is_some_and(|(_, data)| is_over(data)) {
        let after = events.last().map_or(0, |(id, _)| *id);
        events.extend(events_after(&placed, after).await);
    }
    events
}

fn is_over(data: &str) -> bool {
    let event: Event = serde_json::from_str(data).unwrap();
    event.state == State::Deleted
}

async fn events_after(placed: &Placed, id: u64) -> Vec<(u64, String)> {
    let get = placed.client.get(format!("{}/events", placed.at));
    let get = get.header("Last-Event-ID", id.to_string());
    let answer = get.bearer_auth(&placed.capability).send().await.unwrap();
    let mut chunks = answer.error_for_status().unwrap().bytes_stream();
    let mut text = Vec::new();
    while let Some(chunk) = chunks.next().await {
        text.extend_from_slice(&chunk.unwrap());
    }
    let text = String::from_utf8(text).unwrap();
    let field = |event: &str, name: &str| {
        let line = event.lines().find_map(|l| l.strip_prefix(name));
        line.map(|value| value.trim().to_owned())
    };
    text.split("\n\n")
        .filter_map(|e| Some((field(e, "id:")?.parse().unwrap(), field(e, "data:")?)))
        .collect()
}

async fn delete(placed: &Placed) {
    let delete = placed.client.delete(&placed.at);
    let answer = delete.bearer_auth(&placed.capability).send().await;
    answer.unwrap().error_for_status().unwrap();
}

#[tokio::test]
async fn one_is_killed_and_the_other_goes_on_without_double_or_gap() {
    let Some(two) = Two::start().await else {
        return;
    };
    let code = two.code(3).await;
    two.operator.peers.hold_blocks(true);
    let mut placed = Vec::new();
    for name in ["myclub", "ourclub", "theclub"] {
        placed.push(two.a.order_named(name, &code).await);
    }
    let follow = |placed: &Placed| tokio::spawn(events(at(&two.b, placed)));
    let followed: Vec<_> = placed.iter().map(follow).collect();
    // They pay one after the other, in an order of their own.
    let paying = placed.iter().map(|p| Box::pin(p.until(State::Paying)));
    select_all(paying).await;
    two.a.signal("-KILL");
    two.operator.peers.hold_blocks(false);
    two.leases_end().await;
    for placed in &placed {
        at(&two.b, placed).until(State::Verifying).await;
    }
    assert_eq!(two.contracts(), (9, 9));
    for placed in &placed {
        delete(&at(&two.b, placed)).await;
        at(&two.b, placed).until(State::Deleted).await;
    }
    assert_eq!(two.contracts(), (0, 9));
    for (placed, followed) in placed.iter().zip(followed) {
        let told = followed.await.unwrap();
        assert!(told.is_sorted_by(|a, b| a.0 < b.0), "{told:?}");
        assert_eq!(told, events(at(&two.b, placed)).await);
        assert!(told.iter().any(|(_, data)| data.contains("\"verifying\"")));
        assert!(told.last().unwrap().1.contains("\"deleted\""), "{told:?}");
    }
}

#[tokio::test]
async fn one_that_stands_still_past_its_lease_does_nothing_twice() {
    let Some(two) = Two::start().await else {
        return;
    };
    two.operator.peers.hold_blocks(true);
    let placed = two.a.order(&two.code(1).await).await;
    placed.until(State::Paying).await;
    two.a.signal("-STOP");
    two.operator.peers.hold_blocks(false);
    two.leases_end().await;
    let other = at(&two.b, &placed);
    other.until(State::Verifying).await;
    two.a.signal("-CONT");
    // It answers again, with what the other has written.
    placed.until(State::Verifying).await;
    assert_eq!(two.contracts(), (3, 3));
    // What is asked of one is done, whoever has the lease.
    let told = tokio::spawn(events(at(&two.b, &placed)));
    delete(&placed).await;
    other.until(State::Deleted).await;
    assert_eq!(two.contracts(), (0, 3));
    let told = tokio::time::timeout(Duration::from_secs(30), told).await;
    assert_eq!(told.unwrap().unwrap(), events(placed).await);
}

#[tokio::test]
async fn a_server_that_is_gone_for_a_moment_delays_and_no_more() {
    let Some(mut two) = Two::start().await else {
        return;
    };
    two.operator.peers.hold_blocks(true);
    let placed = two.a.order(&two.code(1).await).await;
    placed.until(State::Paying).await;
    two.operator.peers.hold_blocks(false);
    two.server.restart().await.unwrap();
    let other = at(&two.b, &placed);
    let again = tokio::spawn(async move { other.until(State::Verifying).await });
    placed.until(State::Verifying).await;
    again.await.unwrap();
    assert_eq!(two.contracts(), (3, 3));
    delete(&placed).await;
    at(&two.b, &placed).until(State::Deleted).await;
    assert_eq!(two.contracts(), (0, 3));
}

#[tokio::test]
async fn both_take_orders_at_once_and_each_is_made_once() {
    let Some(two) = Two::start().await else {
        return;
    };
    let code = two.code(6).await;
    let orders = (0..6).map(|n| {
        let (service, code) = (if n % 2 == 0 { &two.a } else { &two.b }, &code);
        async move { service.order_named(&format!("club{n}"), code).await }
    });
    let placed = futures_util::future::join_all(orders).await;
    for placed in &placed {
        placed.until(State::Verifying).await;
    }
    assert_eq!(two.contracts(), (18, 18));
    for placed in &placed {
        delete(placed).await;
    }
    for placed in &placed {
        placed.until(State::Deleted).await;
    }
    assert_eq!(two.contracts(), (0, 18));
}

#[tokio::test]
async fn s22_the_databases_password_is_in_no_log_and_no_complaint() {
    let Some(server) = Postgres::start().await.unwrap() else {
        return;
    };
    let password = "correct horse battery staple";
    let url = server.guarded_database("guarded", password).await.unwrap();
    let operator = Operator::new().await;
    let file = operator.path("password");
    let top = format!("database = {url:?}\ndatabase_password_file = {file:?}\n");
    operator.config_with(&top, "");
    let written = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&file, mode).unwrap();
    };
    written("another one");
    let (_, error) = operator.complains("deployments list").await;
    assert!(
        error.contains("guarded on ") && !error.contains("another one"),
        "{error}"
    );
    written(&format!("{password}\n"));
    assert_eq!(operator.says("deployments list").await, "");
    let service = operator.serve().await;
    let code = operator.says("invites create --site club").await;
    service.order(code.trim()).await.until(State::Paying).await;
    let log = operator.log();
    assert!(
        log.contains("\"level\":\"TRACE\"") && log.contains("sqlx"),
        "of everything"
    );
    assert!(!log.contains("battery"), "the password");
}

#[tokio::test]
async fn a_start_that_would_lose_something_is_refused() {
    let Some(server) = Postgres::start().await.unwrap() else {
        return;
    };
    let url = server.database("moved").await.unwrap();
    let operator = Operator::new().await;
    let service = operator.serve().await;
    let code = operator.says("invites create --site club").await;
    let placed = service.order(code.trim()).await;
    placed.until(State::Verifying).await;
    service.signal("-KILL");
    let id = placed.at.rsplit('/').next().unwrap();

    operator.config_with(&format!("database = {url:?}\n"), "");
    let (_, error) = operator.complains("serve").await;
    assert!(
        error.contains("`gridtube store copy` moves them"),
        "{error}"
    );
    let said = operator.says("store copy").await;
    assert!(said.starts_with("1 deployment(s), "), "{said}");
    let service = operator.serve().await;
    let moved = at(&service, &placed);
    moved.until(State::Verifying).await;
    operator.says(&format!("deployments cancel {id}")).await;
    moved.until(State::Deleted).await;
    assert_eq!(operator.peers.chain().contracts(), []);
    service.signal("-KILL");

    // Back to the file, or another machine's key.
    operator.config("");
    let (_, error) = operator.complains("serve").await;
    assert!(error.contains("was moved to moved on"), "{error}");
    operator.config_with(&format!("database = {url:?}\n"), "");
    let key = std::fs::read(operator.path("data/server.key")).unwrap();
    std::fs::remove_file(operator.path("data/server.key")).unwrap();
    let (_, error) = operator.complains("serve").await;
    assert!(error.contains("another server key"), "{error}");
    // Or a database that has none of it.
    std::fs::write(operator.path("data/server.key"), key).unwrap();
    let empty = server.database("empty").await.unwrap();
    operator.config_with(&format!("database = {empty:?}\n"), "");
    let (_, error) = operator.complains("serve").await;
    assert!(
        error.contains("`gridtube store copy` moves them"),
        "{error}"
    );
}
