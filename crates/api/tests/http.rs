//! What the API promises, over a real socket.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "http/security.rs"]
mod security;
#[path = "support/service.rs"]
#[allow(unreachable_pub)]
mod service;
#[allow(dead_code, unreachable_pub)] // each test binary uses its own part
mod support;
#[path = "http/wire.rs"]
mod wire;

use order::api::{Deployment, Event, NameAnswer, NameState, Password, State};
use order::{Catalogue, LocationState};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use service::{Service, problem};

const KEY: &str = "0123456789abcdef";

fn valid() -> Value {
    json!({"site": "default", "grant": null, "order": support::draft("myclub")})
}

/// A good order, but for the value at this place.
fn with(pointer: &str, value: Value) -> Value {
    let mut body = valid();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[key] = value;
    body
}

async fn send(service: &Service, body: &Value) -> Response {
    send_raw(service, body.to_string(), "application/json").await
}

/// A body that need not be JSON, said to be of this type.
async fn send_raw(service: &Service, body: String, kind: &str) -> Response {
    let post = service
        .post("/v1/deployments")
        .header("Idempotency-Key", KEY)
        .header("Content-Type", kind);
    post.body(body).send().await.unwrap()
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
async fn bad_requests_say_what_is_wrong_with_them() {
    let service = Service::start("").await;
    for (pointer, value) in [
        ("/order/name", json!("A")),
        ("/order/size", json!("huge")),
        ("/order/location", json!("mars")),
        ("/order/domain", json!("example.com")),
        ("/order/git_url", json!("http://example.com/x")),
        ("/order/ssh_key", json!("ssh-ed25519 AAAA\nroot")),
        ("/order/admin_email", json!("nobody")),
        ("/order/p2p", json!("maybe")),
    ] {
        let body = with(pointer, value);
        let details = problem(send(&service, &body).await, 422, "invalid").await;
        assert_eq!(details.errors[0].pointer, pointer, "{details:?}");
        assert!(!details.errors[0].detail.contains(" line 1"), "{details:?}");
    }
    let unasked = with("/grant", json!({"invite": "x"}));
    let details = problem(send(&service, &unasked).await, 403, "grant-refused").await;
    assert_eq!(details.errors[0].pointer, "/grant", "{details:?}");
    let unknown = with("/site", json!("elsewhere"));
    problem(send(&service, &unknown).await, 403, "site-unknown").await;

    for text in ["{".to_owned(), valid().to_string() + "x"] {
        let answer = send_raw(&service, text, "application/json").await;
        problem(answer, 400, "not-json").await;
    }
    let no_key = service
        .post("/v1/deployments")
        .json(&valid())
        .send()
        .await
        .unwrap();
    problem(no_key, 422, "key-missing").await;
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
async fn files_are_kept_for_ever_when_their_name_holds_their_hash() {
    let service = Service::start("").await;
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
async fn what_browsers_ask_of_pages_and_files_is_answered_as_such() {
    let service = Service::start("").await;
    let page = service.get("/?lang=en&lang=nl&x=%ff").await;
    assert_eq!(
        page.status(),
        200,
        "an address that cannot be read asks for no language"
    );
    let part = |range: &str| {
        let get = service.client.get(format!("{}/boot.js", service.url));
        get.header("range", range).send()
    };
    assert_eq!(part("bytes=0-0").await.unwrap().status(), 206);
    let beyond = part("bytes=99999-").await.unwrap();
    assert_eq!(beyond.status(), 416);
    assert!(beyond.headers().contains_key("content-range"));
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
