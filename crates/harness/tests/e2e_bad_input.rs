//! What is wrong is met with a clear error, and nothing is lost: bad requests, bad configs, and
//! surroundings in which the service cannot start.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt};

use harness::{
    client::{self, ApiClient},
    gridtube::{Home, Settings},
};
use reqwest::{Method, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

#[tokio::test]
async fn bad_requests_are_refused_by_name_and_nothing_is_made() {
    let mut home = Home::new(Settings::default()).unwrap();
    let service = home.start().await.unwrap();
    let client = ApiClient::new(&service).unwrap();
    let good = client::request(&client::order("myclub"));
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = good.clone();
        change(&mut body);
        body.to_string()
    };
    let json = "application/json";
    let table = [
        (
            with(&|b| b["extra"] = json!(1)),
            json,
            422,
            "invalid",
            "extra",
        ),
        (
            with(&|b| b["order"]["extra"] = json!(1)),
            json,
            422,
            "invalid",
            "extra",
        ),
        (
            with(&|b| b["order"]["name"] = json!("www")),
            json,
            422,
            "invalid",
            "/order/name",
        ),
        (
            with(&|b| b["order"]["name"] = json!("a\u{0}bc")),
            json,
            422,
            "invalid",
            "/order/name",
        ),
        (
            with(&|b| b["order"]["ssh_key"] = json!("ssh-rsa\nx")),
            json,
            422,
            "invalid",
            "/order/ssh_key",
        ),
        (
            with(&|b| b["order"]["git_url"] = json!("http://10.0.0.1/x")),
            json,
            422,
            "invalid",
            "/order/git_url",
        ),
        (
            with(&|b| b["order"]["size"] = json!("huge")),
            json,
            422,
            "invalid",
            "/order/size",
        ),
        (
            with(&|b| b["site"] = json!("other")),
            json,
            403,
            "site-unknown",
            "operator",
        ),
        (
            with(&|b| b["order"]["name"] = json!("taken")),
            json,
            409,
            "name-taken",
            "/order/name",
        ),
        ("{".into(), json, 400, "not-json", "JSON"),
        (" ".repeat(1 << 20), json, 413, "body-too-large", "64 KiB"),
        (
            good.to_string(),
            "text/plain",
            415,
            "not-json-type",
            "application/json",
        ),
        (
            good.to_string(),
            "application/x-www-form-urlencoded",
            415,
            "not-json-type",
            "application/json",
        ),
    ];
    for (body, kind, status, problem, says) in table {
        let shown: String = body.chars().take(300).collect();
        let post = client
            .to(Method::POST, "/v1/deployments")
            .header("Idempotency-Key", "a-key-that-is-long-enough")
            .header(CONTENT_TYPE, kind)
            .body(body);
        let answer = post.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{shown}");
        assert_eq!(
            answer.headers()[CONTENT_TYPE],
            "application/problem+json",
            "{shown}"
        );
        let text = answer.text().await.unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer["type"], format!("/problems/{problem}"), "{shown}");
        assert!(text.contains(says), "{shown}: {text}");
    }
    let without_key = client.to(Method::POST, "/v1/deployments").json(&good);
    let answer = without_key.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().await.unwrap().contains("Idempotency-Key"));

    assert_eq!(client.contracts().await.unwrap(), Vec::<Value>::new());
    let listed = home.run("deployments list").await.unwrap();
    assert!(
        listed.status.success() && listed.stdout.is_empty(),
        "{listed:?}"
    );
    // Nothing was lost: the order without the mistake is taken.
    client.deploy("myclub").await.unwrap();
}

/// Runs `serve`, which must end with an error that says all of this.
async fn must_not_start(home: &Home, says: &[&str]) {
    let output = home.run("serve").await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let last = said.split("gridtube: ").last().unwrap();
    for words in says {
        assert!(last.contains(words), "“{words}” is not in: {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

#[tokio::test]
async fn an_unknown_config_key_is_named_with_its_line_and_the_right_one() {
    let mut home = Home::new(Settings::default()).unwrap();
    home.settings().more = "\nquarantine_day = 3\n".into();
    let config = home.config().unwrap();
    let text = fs::read_to_string(&config).unwrap();
    let line = 1 + text
        .lines()
        .position(|l| l.starts_with("quarantine_day"))
        .unwrap();
    let line = format!("line {line}");
    must_not_start(
        &home,
        &[&line, "quarantine_day", "did you mean `quarantine_days`"],
    )
    .await;
    let checked = home.run("check-config").await.unwrap();
    assert_eq!(checked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&checked.stderr).contains(&line));
}

#[tokio::test]
async fn a_config_that_is_not_there_is_named() {
    let home = Home::new(Settings::default()).unwrap();
    must_not_start(&home, &["gridtube.toml", "cannot be read"]).await;
}

#[tokio::test]
async fn a_port_in_use_is_named_with_its_key() {
    let home = Home::new(Settings::default()).unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let config = home.config().unwrap();
    let text = fs::read_to_string(&config).unwrap();
    let listen = text.lines().find(|l| l.starts_with("listen")).unwrap();
    let other = text.replace(listen, &format!("listen = \"{address}\""));
    fs::write(&config, other).unwrap();
    must_not_start(&home, &[&address, "in use", "`listen`"]).await;
}

#[tokio::test]
async fn a_widget_that_is_not_built_is_named_with_what_builds_it() {
    let home = Home::new(Settings::default()).unwrap();
    let config = home.config().unwrap();
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replace("dist = \"\"", "dist = \"nowhere\"")).unwrap();
    must_not_start(&home, &["nowhere/index.html", "cargo xtask"]).await;
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_named_with_what_to_check() {
    let home = Home::new(Settings::default()).unwrap();
    home.config().unwrap();
    // A folder in its place: refused to root as well, whom a file's mode does not stop.
    fs::create_dir_all(home.data().join("gridtube.sqlite3")).unwrap();
    must_not_start(
        &home,
        &["gridtube.sqlite3", "check the folder's owner and mode"],
    )
    .await;
}

#[tokio::test]
async fn a_key_that_others_can_read_is_refused() {
    let mut home = Home::new(Settings::default()).unwrap();
    home.start().await.unwrap().kill().await.unwrap();
    let key = home.data().join("server.key");
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    must_not_start(&home, &["server.key"]).await;
}
