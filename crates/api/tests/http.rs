//! What the API promises, over a real socket.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/service.rs"]
#[allow(unreachable_pub)]
mod service;
#[allow(dead_code, unreachable_pub)] // each test binary uses its own part
mod support;

use order::api::{Deployment, Event, NameAnswer, NameState, Password, State};
use order::{Catalogue, LocationState};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use service::{Service, problem};

const KEY: &str = "0123456789abcdef";

fn valid() -> Value {
    json!({"site": "default", "grant": null, "order": support::draft("myclub")})
}

async fn send(service: &Service, body: &Value) -> Response {
    let post = service
        .post("/v1/deployments")
        .header("Idempotency-Key", KEY);
    post.json(body).send().await.unwrap()
}

#[tokio::test]
async fn the_catalogue_is_cacheable_and_tells_of_room() {
    let service = Service::start("").await;
    let answer = service.get("/v1/catalog").await;
    let tag = answer.headers()["etag"].clone();
    let catalogue: Catalogue = answer.json().await.unwrap();
    assert!(
        catalogue
            .locations
            .iter()
            .all(|l| l.state == LocationState::Open)
    );
    let again = service.client.get(format!("{}/v1/catalog", service.url));
    let again = again.header("If-None-Match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);

    let nowhere = "[[locations]]\nid = \"mars\"\nname = \"Mars\"\ncountry = \"XX\"\n\
                   filter = { country = \"XX\" }";
    let full = Service::start(nowhere).await;
    let catalogue: Catalogue = full.get("/v1/catalog").await.json().await.unwrap();
    assert_eq!(catalogue.locations[0].state, LocationState::Full);
}

#[tokio::test]
async fn a_name_is_free_taken_reserved_or_invalid() {
    let service = Service::start("").await;
    service.deploy(KEY, "ours").await;
    for (name, state) in [
        ("myclub", NameState::Free),
        ("taken", NameState::Taken),
        ("ours", NameState::Taken),
        ("admin", NameState::Reserved),
        ("No", NameState::Invalid),
    ] {
        let answer: NameAnswer = service
            .get(&format!("/v1/names/ava.tf/{name}"))
            .await
            .json()
            .await
            .unwrap();
        assert_eq!(
            (answer.state, answer.message.is_none()),
            (state, state == NameState::Free),
            "{name}"
        );
    }
    problem(
        service.get("/v1/names/example.com/myclub").await,
        404,
        "not-found",
    )
    .await;
}

#[tokio::test]
async fn the_whole_life_of_a_deployment() {
    let service = Service::start("").await;
    let made = service.deploy(KEY, "myclub").await;
    assert_eq!(
        (made.state, made.address.as_str()),
        (State::Requested, "myclub.ava.tf")
    );
    let early = service
        .of(&made, Method::POST, "/password")
        .send()
        .await
        .unwrap();
    problem(early, 409, "not-ready").await;

    let events = service.events(&made, 0).await;
    assert!(events.is_sorted_by(|a, b| a.0 < b.0));
    let last: Event = serde_json::from_str(&events.last().unwrap().1).unwrap();
    assert_eq!(last.state, State::Ready);
    // Cut at each event: no gap, no double.
    for cut in 0..events.len() {
        assert_eq!(
            service.events(&made, events[cut].0).await,
            events[cut + 1..]
        );
    }

    let show = service.of(&made, Method::GET, "").send().await.unwrap();
    let ready: Deployment = show.json().await.unwrap();
    assert_eq!(
        (ready.state, ready.capability.as_deref()),
        (State::Ready, None)
    );
    assert_eq!(ready.last_event, events.last().unwrap().0);
    assert!(ready.password_available && ready.ready_at.is_some() && ready.ipv6.is_some());
    assert_eq!(ready.ssh, None, "no key was given");

    let reveal = || service.of(&made, Method::POST, "/password").send();
    let password: Password = reveal().await.unwrap().json().await.unwrap();
    assert_eq!(
        (password.username.as_str(), password.password.len()),
        ("root", 20)
    );
    problem(reveal().await.unwrap(), 410, "password-gone").await;

    let delete = || service.of(&made, Method::DELETE, "").send();
    assert_eq!(delete().await.unwrap().status(), 202);
    let gone = service.events(&made, ready.last_event).await;
    assert!(gone.last().unwrap().1.contains("\"deleted\""), "{gone:?}");
    assert_eq!(delete().await.unwrap().status(), 200);
    let ours = service
        .grid
        .ledger()
        .contracts
        .iter()
        .filter(|c| c.twin == 100)
        .count();
    assert_eq!(ours, 0);
}

#[tokio::test]
async fn the_same_key_and_body_give_the_same_answer() {
    let service = Service::start("").await;
    let first = service.deploy(KEY, "myclub").await;
    let again = service.deploy(KEY, "myclub").await;
    assert_eq!(
        (&again.id, &again.capability),
        (&first.id, &first.capability)
    );
    let other = service.order(KEY, "another").send().await.unwrap();
    problem(other, 422, "key-reused").await;
    let taken = service
        .order("another-key-of-mine", "myclub")
        .send()
        .await
        .unwrap();
    let taken = problem(taken, 409, "name-taken").await;
    assert_eq!(taken.errors[0].pointer, "/order/name");
}

#[tokio::test]
async fn a_hundred_clicks_make_one_deployment() {
    let service = Service::start("").await;
    let posts = (0..100).map(|_| service.deploy(KEY, "myclub"));
    let answers = futures_util::future::join_all(posts).await;
    assert!(
        answers
            .iter()
            .all(|a| a.id == answers[0].id && a.capability == answers[0].capability)
    );
    service.events(&answers[0], 0).await;
    let ours = service
        .grid
        .history()
        .iter()
        .filter(|c| c.twin == 100)
        .count();
    assert_eq!(ours, 3, "one name, one machine, one gateway");
}

#[tokio::test]
async fn of_two_orders_for_one_name_one_wins() {
    let service = Service::start("").await;
    let (one, other) = futures_util::future::join(
        service.order("the-first-key-is-one", "myclub").send(),
        service.order("the-second-key-is-two", "myclub").send(),
    )
    .await;
    let mut statuses = [
        one.unwrap().status().as_u16(),
        other.unwrap().status().as_u16(),
    ];
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 409]);
}

#[tokio::test]
async fn a_wrong_capability_looks_like_nothing_there() {
    let service = Service::start("").await;
    let mine = service.deploy(KEY, "myclub").await;
    let other = service.deploy("another-key-of-mine", "another").await;
    let path = format!("/v1/deployments/{}", mine.id);
    problem(service.get(&path).await, 404, "not-found").await;
    for (method, tail) in [
        (Method::GET, ""),
        (Method::GET, "/events"),
        (Method::POST, "/password"),
        (Method::DELETE, ""),
    ] {
        let url = format!("{}{path}{tail}", service.url);
        let stolen = service
            .client
            .request(method, url)
            .bearer_auth(other.capability.as_ref().unwrap());
        problem(stolen.send().await.unwrap(), 404, "not-found").await;
    }
}

#[tokio::test]
async fn bad_requests_say_what_is_wrong_with_them() {
    let service = Service::start("").await;
    let with = |pointer: &str, value: Value| {
        let mut body = valid();
        match pointer.rsplit_once('/').unwrap() {
            ("", key) => body[key] = value,
            (parent, key) => body.pointer_mut(parent).unwrap()[key] = value,
        }
        body
    };
    for (pointer, value) in [
        ("/order/name", json!("A")),
        ("/order/size", json!("huge")),
        ("/order/location", json!("mars")),
        ("/order/domain", json!("example.com")),
        ("/order/git_url", json!("http://example.com/x")),
        ("/order/ssh_key", json!("ssh-ed25519 AAAA\nroot")),
        ("/order/admin_email", json!("nobody")),
        ("/order/admin_email", json!("a@b.co\u{0}")),
        ("/grant", json!({"invite": "x"})),
        ("/order/colour", json!("red")),
        ("/order/p2p", json!("maybe")),
        ("/colour", json!("red")),
    ] {
        let body = with(pointer, value);
        let details = problem(send(&service, &body).await, 422, "invalid").await;
        assert_eq!(details.errors[0].pointer, pointer, "{details:?}");
        assert!(!details.errors[0].detail.contains(" line 1"), "{details:?}");
    }
    let unknown = with("/site", json!("elsewhere"));
    problem(send(&service, &unknown).await, 403, "site-unknown").await;

    let raw = |body: String, kind: &str| {
        let post = service
            .post("/v1/deployments")
            .header("Idempotency-Key", KEY);
        post.header("content-type", kind).body(body).send()
    };
    problem(
        raw("{".into(), "application/json").await.unwrap(),
        400,
        "not-json",
    )
    .await;
    problem(
        raw("[".repeat(2000), "application/json").await.unwrap(),
        400,
        "not-json",
    )
    .await;
    problem(
        raw(valid().to_string() + "x", "application/json")
            .await
            .unwrap(),
        400,
        "not-json",
    )
    .await;
    problem(
        raw(valid().to_string(), "text/plain").await.unwrap(),
        415,
        "not-json-type",
    )
    .await;
    let form = "application/x-www-form-urlencoded";
    problem(raw("a=b".into(), form).await.unwrap(), 415, "not-json-type").await;
    let large = raw(" ".repeat(1 << 20), "application/json").await.unwrap();
    problem(large, 413, "body-too-large").await;

    let no_key = service
        .post("/v1/deployments")
        .json(&valid())
        .send()
        .await
        .unwrap();
    problem(no_key, 422, "key-missing").await;
    let long = service
        .get(&format!("/v1/names/ava.tf/{}", "a".repeat(3000)))
        .await;
    problem(long, 414, "url-too-long").await;
    let fat = service
        .client
        .get(format!("{}/healthz", service.url))
        .header("x-fat", "a".repeat(40_000));
    problem(fat.send().await.unwrap(), 431, "headers-too-large").await;
    problem(service.get("/v1/nothing/here").await, 404, "not-found").await;
    problem(
        service.post("/v1/catalog").send().await.unwrap(),
        405,
        "method-not-allowed",
    )
    .await;
    let rows = service.engine.store.list(10).await.unwrap();
    assert_eq!(rows.len(), 0, "nothing of it was accepted");
}

#[tokio::test]
async fn an_hours_deployments_are_capped() {
    let service = Service::start("deployments_per_hour = 1").await;
    service.deploy(KEY, "myclub").await;
    let next = service
        .order("another-key-of-mine", "another")
        .send()
        .await
        .unwrap();
    assert!(problem(next, 503, "too-many-deployments").await.retryable);
    service.deploy(KEY, "myclub").await;
}

#[tokio::test]
async fn only_the_configured_origins_may_call() {
    let service = Service::start("widget_origins = [\"https://widget.example\"]").await;
    let from = |origin: &str| {
        let get = service.client.get(format!("{}/v1/catalog", service.url));
        get.header("Origin", origin).send()
    };
    let good = from("https://widget.example").await.unwrap();
    assert_eq!(
        good.headers()["access-control-allow-origin"],
        "https://widget.example"
    );
    for evil in [
        "https://evil.example",
        "null",
        "https://widget.example.evil.example",
        "http://widget.example",
    ] {
        let headers = from(evil).await.unwrap().headers().clone();
        assert_eq!(headers.get("access-control-allow-origin"), None, "{evil}");
    }
    assert!(good.headers().get("set-cookie").is_none());
}

#[tokio::test]
async fn each_site_says_who_may_frame_it() {
    let service = Service::start("").await;
    for (path, ancestors) in [
        ("/", "'none'"),
        ("/embed/default", "http://127.0.0.1:8080"),
        ("/embed/unknown", "'none'"),
    ] {
        let answer = service.get(path).await;
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert!(
            policy.ends_with(&format!("frame-ancestors {ancestors}")),
            "{path}: {policy}"
        );
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"));
        assert_eq!(answer.headers()["cache-control"], "no-cache");
    }
    for folder in ["", "/embed"] {
        let hashed = service
            .get(&format!("{folder}/w-0123456789abcdef.js"))
            .await;
        assert_eq!(
            hashed.headers()["cache-control"],
            "public, max-age=31536000, immutable"
        );
        let plain = service.get(&format!("{folder}/boot.js")).await;
        assert_eq!(plain.headers()["cache-control"], "no-cache");
        problem(
            service.get(&format!("{folder}/none.js")).await,
            404,
            "not-found",
        )
        .await;
        problem(
            service.get(&format!("{folder}/..%2fdb")).await,
            404,
            "not-found",
        )
        .await;
    }
}

#[tokio::test]
async fn operators_can_look() {
    let service = Service::start("").await;
    assert_eq!(service.get("/healthz").await.text().await.unwrap(), "ok");
    assert_eq!(service.get("/readyz").await.text().await.unwrap(), "ready");
    let made = service.deploy(KEY, "myclub").await;
    service.events(&made, 0).await;
    let metrics = service.get("/metrics").await.text().await.unwrap();
    assert!(
        metrics.contains("gridtube_deployments{state=\"ready\"} 1"),
        "{metrics}"
    );
    let faults = devgrid::Faults {
        chain_down: true,
        ..devgrid::Faults::default()
    };
    service.grid.set_faults(faults);
    problem(service.get("/readyz").await, 503, "unavailable").await;
    assert_eq!(service.get("/healthz").await.status(), 200);
}

#[tokio::test]
async fn the_contract_names_every_call() {
    let service = Service::start("").await;
    let contract: Value = service.get("/openapi.json").await.json().await.unwrap();
    let paths: Vec<&String> = contract["paths"].as_object().unwrap().keys().collect();
    for path in [
        "/v1/catalog",
        "/v1/names/{domain}/{name}",
        "/v1/git-checks",
        "/v1/deployments",
        "/v1/deployments/{id}",
        "/v1/deployments/{id}/events",
        "/v1/deployments/{id}/password",
        "/healthz",
        "/readyz",
        "/metrics",
    ] {
        assert!(
            paths.iter().any(|p| *p == path),
            "{path} is missing in {paths:?}"
        );
    }
    assert!(contract["components"]["schemas"]["OrderDraft"].is_object());
}

#[tokio::test]
async fn visitors_are_answered_in_their_language() {
    let service = Service::start("").await;
    service.deploy(KEY, "ours").await;
    let speaking = async |language: &str, path: &str| {
        let request = service.client.get(format!("{}{path}", service.url));
        let request = request.header("Accept-Language", language);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let taken = "/v1/names/ava.tf/ours";
    let flawed = "/v1/names/ava.tf/No";
    for (language, path, words) in [
        (
            "nl-BE,nl;q=0.9,en;q=0.8",
            taken,
            "Iemand heeft dit adres al",
        ),
        ("zh, de;q=0.5", taken, "Jemand hat diese Adresse"),
        ("fr", flawed, "Utilisez au moins 3 caractères"),
        ("zh", taken, "Somebody has this address"),
        ("", taken, "Somebody has this address"),
    ] {
        assert_eq!(
            speaking(language, path).await["message"],
            words,
            "{language}"
        );
    }
    let problem = speaking("ar", "/v1/names/example.com/x").await;
    assert_eq!(
        problem["detail"],
        words::Reply::NothingHere.text(words::Lang::Ar)
    );

    let mut order = valid();
    order["order"]["name"] = json!("MyClub");
    let post = service
        .post("/v1/deployments")
        .header("Idempotency-Key", "fedcba9876543210");
    let post = post.header("Accept-Language", "de").json(&order);
    let problem: Value = post.send().await.unwrap().json().await.unwrap();
    assert_eq!(
        problem["errors"][0]["detail"],
        "Nur Kleinbuchstaben verwenden: myclub"
    );
}
