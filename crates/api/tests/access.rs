//! Who may deploy (SECURITY 10 and 11), over a real socket.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/service.rs"]
#[allow(dead_code, unreachable_pub)]
mod service;
#[allow(dead_code, unreachable_pub)] // each test binary uses its own part
mod support;

use api::{
    access::{invite, token},
    entropy::OsEntropy,
    store::Invite,
};
use order::api::ProblemDetails;
use serde_json::{Value, json};
use service::{SECRET, Service};

const SITES: &str = r#"
[[sites]]
id = "members"
origins = ["https://members.example.org"]
mode = "token"
secret_files = ["@secret"]
quota = { per_subject = 1, sizes = ["small", "mid"] }

[[sites]]
id = "friends"
origins = ["https://friends.example.org"]
mode = "invite"
"#;

async fn order(service: &Service, site: &str, name: &str, grant: Value) -> (u16, String) {
    let body = json!({"site": site, "grant": grant, "order": support::draft(name)});
    let post = service
        .post("/v1/deployments")
        .header("Idempotency-Key", format!("key-of-the-order-{name}"));
    let answer = post.json(&body).send().await.unwrap();
    let status = answer.status().as_u16();
    if status == 202 {
        return (status, String::new());
    }
    let problem: ProblemDetails = answer.json().await.unwrap();
    (status, problem.detail)
}

async fn rows(service: &Service) -> usize {
    service.engine.store.list(1000).await.unwrap().len()
}

fn now(service: &Service) -> u64 {
    service.engine.clock.now_ms() / 1000
}

fn signed(service: &Service, subject: &str, nonce: &str, sizes: &str) -> String {
    let expiry = now(service) + 60;
    token::sign(SECRET.as_bytes(), "members", subject, expiry, nonce, sizes)
}

#[tokio::test]
async fn s10_nobody_deploys_without_the_sites_grant() {
    let service = Service::start(SITES).await;
    let token = |t: String| json!({ "token": t });
    let nonce = "nonce-0123456789";
    let good = signed(&service, "user-1", nonce, "");
    let foreign = token::sign(
        b"another secret",
        "members",
        "u",
        now(&service) + 60,
        nonce,
        "",
    );
    let elsewhere = token::sign(
        SECRET.as_bytes(),
        "friends",
        "u",
        now(&service) + 60,
        nonce,
        "",
    );
    let expired = token::sign(
        SECRET.as_bytes(),
        "members",
        "u",
        now(&service) - 60,
        nonce,
        "",
    );
    let endless = token::sign(
        SECRET.as_bytes(),
        "members",
        "u",
        now(&service) + 6000,
        nonce,
        "",
    );
    let refused = [
        ("members", Value::Null, 401),
        ("members", json!({"invite": "7ZQ4M"}), 403),
        ("members", token(String::new()), 403),
        ("members", token(foreign), 403),
        ("members", token(elsewhere), 403),
        ("members", token(expired), 403),
        ("members", token(endless), 403),
        ("members", token(signed(&service, "u", nonce, "large")), 422),
        ("friends", Value::Null, 401),
        ("friends", json!({"invite": "7ZQ4M"}), 403),
        ("friends", token(good.clone()), 403),
        ("default", token(good.clone()), 403),
        ("nobody", token(good.clone()), 403),
    ];
    for (site, grant, status) in refused {
        let (answered, said) = order(&service, site, "myclub", grant.clone()).await;
        assert_eq!(answered, status, "{site} {grant}: {said}");
        assert_eq!(rows(&service).await, 0, "{site} {grant}");
    }
    assert_eq!(
        order(&service, "members", "myclub", token(good.clone()))
            .await
            .0,
        202
    );
    let (again, said) = order(&service, "members", "ourclub", token(good)).await;
    assert_eq!(again, 429, "one for each subject: {said}");
    let other = signed(&service, "user-2", nonce, "");
    assert_eq!(
        order(&service, "members", "ourclub", token(other)).await.0,
        403,
        "a used nonce"
    );
    let third = signed(&service, "user-2", "nonce-of-its-own1", "small+mid");
    assert_eq!(
        order(&service, "members", "ourclub", token(third)).await.0,
        202
    );
    assert_eq!(rows(&service).await, 2);
}

#[tokio::test]
async fn s10_an_invitation_is_good_as_often_as_it_says() {
    let service = Service::start(SITES).await;
    let code = invite::new(&OsEntropy);
    let kept = Invite {
        hash: invite::hash(&code),
        site: "friends".into(),
        uses_left: 1,
        expires: (now(&service) + 60) * 1000,
    };
    service.engine.store.add_invite(kept).await.unwrap();
    let typed = json!({"invite": code.to_lowercase().replace('-', " ")});
    assert_eq!(
        order(&service, "friends", "myclub", typed.clone()).await.0,
        202
    );
    let (status, said) = order(&service, "friends", "ourclub", typed).await;
    assert_eq!(status, 403, "{said}");
    assert!(said.contains("was used"), "{said}");
}

#[tokio::test]
async fn s11_a_quota_holds_for_a_hundred_posts_at_once() {
    let limited = "[[sites]]\nid = \"small\"\norigins = []\nmode = \"open\"\nquota = { running = 3 }\n\
                   ";
    let service = Service::start(&format!("deployments_per_hour = 1000\n{limited}")).await;
    let names: Vec<_> = (0..100).map(|i| format!("club-{i}")).collect();
    let posts = names
        .iter()
        .map(|name| order(&service, "small", name, Value::Null));
    let answers = futures_util::future::join_all(posts).await;
    let count = |status| answers.iter().filter(|(s, _)| *s == status).count();
    assert_eq!((count(202), count(429)), (3, 97));
    assert_eq!(rows(&service).await, 3);
}

/// Who has no grant takes nothing from those who have one.
#[tokio::test]
async fn s10_strangers_do_not_close_a_site() {
    let service = Service::start(&format!(
        "{SITES}\n[limits]\nposts_by_network = 1000\norders_by_site = 2\norders_by_subject = 1\n"
    ))
    .await;
    for n in 0..20 {
        let junk = json!({"invite": invite::new(&OsEntropy)});
        let name = format!("junk{n}");
        assert_eq!(order(&service, "friends", &name, junk).await.0, 403);
        assert_eq!(order(&service, "friends", &name, Value::Null).await.0, 401);
        assert_eq!(order(&service, "members", &name, Value::Null).await.0, 401);
    }
    let mut codes = vec![];
    for _ in 0..3 {
        let code = invite::new(&OsEntropy);
        let kept = Invite {
            hash: invite::hash(&code),
            site: "friends".into(),
            uses_left: 5,
            expires: service.engine.clock.now_ms() + 60_000,
        };
        service.engine.store.add_invite(kept).await.unwrap();
        codes.push(json!({"invite": code}));
    }
    let one = async |name: &str, n: usize| order(&service, "friends", name, codes[n].clone()).await;
    assert_eq!(one("club1", 0).await.0, 202);
    let (status, words) = one("club2", 0).await;
    assert_eq!(
        (status, &*words),
        (429, "Too many orders came at once. Try again in a minute.")
    );
    assert_eq!(one("club3", 1).await.0, 202, "another subject");
    assert_eq!(one("club4", 2).await.0, 429, "the site's");
}

#[tokio::test]
async fn a_network_that_asks_too_often_is_told_when_to_come_back() {
    let few = "widget_origins = [\"https://widget.example.org\"]\n\
               [limits]\nposts_by_network = 2\norders_by_site = 1\n";
    let service = Service::start(few).await;
    assert_eq!(
        order(&service, "default", "myclub", Value::Null).await.0,
        202
    );
    assert_eq!(
        order(&service, "default", "ourclub", Value::Null).await.0,
        429,
        "the site's"
    );
    let answer = service
        .post("/v1/git-checks")
        // Not through a proxy of ours: it may say what it likes.
        .header("X-Forwarded-For", "192.0.2.1")
        .header("Origin", "https://widget.example.org")
        .json(&json!({"url": "https://git.example.org/r"}))
        .send()
        .await
        .unwrap();
    let headers = answer.headers().clone();
    let wait: u64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(
        headers["access-control-allow-origin"],
        "https://widget.example.org"
    );
    service::problem(answer, 429, "too-many-requests").await;
    assert_eq!(rows(&service).await, 1);
    assert_eq!(
        service.get("/v1/catalog").await.status(),
        200,
        "looking is apart"
    );
}
