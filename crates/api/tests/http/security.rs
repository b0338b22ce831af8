//! Rows 12 to 16, 20, 21, 23 and 24 of SECURITY, over a real socket.

use order::api::{Deployment, Password, State};
use reqwest::{Method, Response};
use serde_json::json;

use crate::{
    KEY, send, send_raw,
    service::{Service, problem, whole_events},
    valid, with,
};

const SSH_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ann@home";

#[tokio::test]
async fn s12_the_same_key_and_body_give_the_same_answer() {
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
async fn s12_a_hundred_clicks_make_one_deployment() {
    let service = Service::start("").await;
    let posts = (0..100).map(|_| service.deploy(KEY, "myclub"));
    let answers = futures_util::future::join_all(posts).await;
    assert!(
        answers
            .iter()
            .all(|a| a.id == answers[0].id && a.capability == answers[0].capability)
    );
    assert_eq!(service.engine.store.list(10).await.unwrap().len(), 1);
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
async fn s12_of_two_orders_for_one_name_one_wins() {
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
async fn s13_a_wrong_capability_looks_like_nothing_there() {
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
    let untouched = service.of(&mine, Method::GET, "").send().await.unwrap();
    let untouched: Deployment = untouched.json().await.unwrap();
    let ends = [State::Unwinding, State::Failed, State::Deleted];
    assert!(!ends.contains(&untouched.state), "{untouched:?}");
}

/// Types of body that a form, or a script that asks nobody first, can send to another origin.
#[tokio::test]
async fn s14_what_a_page_can_post_unasked_is_refused() {
    let service = Service::start("").await;
    for kind in [
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
    ] {
        let order = send_raw(&service, valid().to_string(), kind).await;
        problem(order, 415, "not-json-type").await;
        let check = service.post("/v1/git-checks").header("Content-Type", kind);
        let check = check.body("{\"url\": \"https://git.example.org/r\"}");
        problem(check.send().await.unwrap(), 415, "not-json-type").await;
    }
    let rows = service.engine.store.list(10).await.unwrap();
    assert_eq!(rows.len(), 0, "nothing of it was accepted");
}

#[tokio::test]
async fn s15_only_the_configured_origins_may_call() {
    let service = Service::start("widget_origins = [\"https://widget.example\"]").await;
    // What is asked, and what a browser asks before it.
    for method in [Method::GET, Method::OPTIONS] {
        let from = async |origin: &str| {
            let url = format!("{}/v1/catalog", service.url);
            let asked = service.client.request(method.clone(), url);
            let asked = asked.header("Access-Control-Request-Method", "GET");
            let answer = asked.header("Origin", origin).send().await.unwrap();
            answer.headers().clone()
        };
        let good = from("https://widget.example").await;
        assert_eq!(
            good["access-control-allow-origin"],
            "https://widget.example"
        );
        assert!(good.get("set-cookie").is_none());
        for evil in [
            "https://evil.example",
            "null",
            "https://widget.example.evil.example",
            "https://evilwidget.example",
            "http://widget.example",
            "https://widget.example:8443",
        ] {
            let allowed = from(evil).await.remove("access-control-allow-origin");
            assert_eq!(allowed, None, "{method} from {evil}");
        }
    }
}

#[tokio::test]
async fn s16_each_site_says_who_may_frame_it() {
    let two = "[[sites]]\nid = \"two\"\nmode = \"open\"\n\
               origins = [\"https://a.example\", \"https://b.example:8443\"]";
    let service = Service::start(two).await;
    for (path, ancestors) in [
        ("/", "'none'"),
        ("/embed/default", "http://127.0.0.1:8080"),
        ("/embed/two", "https://a.example https://b.example:8443"),
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
}

/// What the API answers is nobody's page: an error, too.
#[tokio::test]
async fn s16_the_api_itself_is_framed_by_nobody() {
    let service = Service::start("").await;
    for path in ["/v1/catalog", "/openapi.json", "/v1/nothing", "/healthz"] {
        let answer = service.get(path).await;
        let policy = &answer.headers()["content-security-policy"];
        assert_eq!(
            policy, "default-src 'none'; frame-ancestors 'none'",
            "{path}"
        );
    }
}

/// Fields go into the machine's environment, where such a one could end a line or a text.
#[tokio::test]
async fn s20_a_control_character_in_any_field_is_refused() {
    let service = Service::start("").await;
    let fields = [
        ("size", "small"),
        ("location", "ghent"),
        ("name", "myclub"),
        ("domain", "ava.tf"),
        ("git_url", "https://git.example.org/r"),
        ("ssh_key", SSH_KEY),
        ("admin_email", "ann@example.org"),
    ];
    let mut good = valid();
    for (field, text) in fields {
        good["order"][field] = json!(text);
    }
    let controls = (0_u32..0xa0).filter_map(char::from_u32);
    for control in controls.filter(|c| c.is_control()) {
        for (field, text) in fields {
            let within = |at: usize| [&text[..at], &control.to_string(), &text[at..]].concat();
            for text in [
                within(text.len() - 1),
                within(text.len()),
                control.to_string(),
            ] {
                let mut body = good.clone();
                body["order"][field] = json!(text);
                let details = problem(send(&service, &body).await, 422, "invalid").await;
                let wrong: Vec<_> = details.errors.iter().map(|e| e.pointer.as_str()).collect();
                assert_eq!(wrong, [format!("/order/{field}")], "{text:?}");
            }
        }
    }
    let rows = service.engine.store.list(10).await.unwrap();
    assert_eq!(rows.len(), 0, "nothing of it was accepted");
}

#[tokio::test]
async fn s21_the_password_is_told_once_and_lies_nowhere_in_clear() {
    let service = Service::start("").await;
    let made = service.deploy(KEY, "myclub").await;
    service.events(&made, 0).await;
    let before = service.on_disk();
    let reveal = || service.of(&made, Method::POST, "/password").send();
    let told: Password = reveal().await.unwrap().json().await.unwrap();
    for _ in 0..2 {
        problem(reveal().await.unwrap(), 410, "password-gone").await;
    }
    for disk in [before, service.on_disk()] {
        let disk = String::from_utf8_lossy(&disk);
        assert!(disk.contains(&made.id), "the database is what was read");
        assert!(!disk.contains(&told.password), "the password");
        let capability = made.capability.as_deref().unwrap();
        assert!(!disk.contains(capability), "the capability");
    }
}

#[tokio::test]
async fn s23_what_is_too_long_too_deep_or_unknown_is_refused() {
    let service = Service::start("").await;
    let json = "application/json";
    let large = send_raw(&service, " ".repeat(1 << 20), json).await;
    problem(large, 413, "body-too-large").await;

    let list = "[".repeat(2000) + &"]".repeat(2000);
    let object = "{\"a\":".repeat(2000) + "1" + &"}".repeat(2000);
    let order = valid().to_string();
    let inside = order.replacen("\"ssh_key\":null", &format!("\"ssh_key\":{list}"), 1);
    assert_ne!(inside, order);
    for deep in ["[".repeat(2000), list, object, inside] {
        problem(send_raw(&service, deep, json).await, 400, "not-json").await;
    }
    for (pointer, value) in [
        ("/colour", json!("red")),
        ("/order/colour", json!("red")),
        ("/order/name", json!("[{\"\\".repeat(40))), // a text is not deep
    ] {
        let answer = send(&service, &with(pointer, value)).await;
        let details = problem(answer, 422, "invalid").await;
        assert_eq!(details.errors[0].pointer, pointer, "{details:?}");
    }

    // serde takes a list for the fields in order.
    let draft = valid()["order"].clone();
    let in_order: Vec<_> = draft.as_object().unwrap().values().cloned().collect();
    for list in [
        with("/order", json!(in_order)),
        json!(["default", null, draft]),
    ] {
        problem(send(&service, &list).await, 422, "invalid").await;
    }
    let no_text = service.post("/v1/git-checks").header("content-type", json);
    let no_text = no_text.body(b"{\"url\":\"https://a.example/\xff\"}".to_vec());
    problem(no_text.send().await.unwrap(), 400, "not-json").await;
    problem(service.get("/v1/names/ava.tf/%ff").await, 404, "not-found").await;

    let long = format!("/v1/names/ava.tf/{}", "a".repeat(3000));
    problem(service.get(&long).await, 414, "url-too-long").await;
    let fat = service.client.get(format!("{}/healthz", service.url));
    let fat = fat.header("x-fat", "a".repeat(40_000)).send().await;
    problem(fat.unwrap(), 431, "headers-too-large").await;
    let rows = service.engine.store.list(10).await.unwrap();
    assert_eq!(rows.len(), 0, "nothing of it was accepted");
}

#[tokio::test]
async fn s24_a_stream_cut_at_each_event_goes_on_without_gap_or_double() {
    let service = Service::start("").await;
    let made = service.deploy(KEY, "myclub").await;
    let (mut seen, mut after) = (vec![], 0);
    // While it is deployed: each connection is cut after its first event.
    while let Some(event) = first_event(service.stream(&made, after).await).await {
        after = event.0;
        seen.push(event);
    }
    assert!(seen.len() > 4, "{seen:?}");
    // And afterwards, when all that there is comes at once.
    assert_eq!(service.events(&made, 0).await, seen);
    for cut in 0..seen.len() {
        assert_eq!(service.events(&made, seen[cut].0).await, seen[cut + 1..]);
    }
}

/// Reads until an event is whole; none when the stream ends before.
async fn first_event(mut stream: Response) -> Option<(u64, String)> {
    let mut bytes: Vec<u8> = vec![];
    loop {
        let read = whole_events(&String::from_utf8_lossy(&bytes));
        if let Some(event) = read.into_iter().next() {
            return Some(event);
        }
        bytes.extend(stream.chunk().await.unwrap()?);
    }
}
