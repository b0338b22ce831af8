//! The checks that ask the service while somebody types. The numbers are those of the design's list.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod stage;

use stage::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const REPOSITORY: &str = "https://git.example-host.org/club/settings.git";

fn git(state: &str) -> String {
    format!(
        r#"{{"state":"{state}","url":"{REPOSITORY}","host":"git.example-host.org","branch":"main",
        "commit":"0123456789012345678901234567890123456789","settings":null,"notices":[],
        "message":"This page is no git repository","suggestion":null}}"#
    )
}

#[wasm_bindgen_test]
async fn w22_the_service_is_asked_after_typing_stops() {
    let _stage = Stage::new().await;
    // Without a pause between them, so that none can be taken for the last.
    input("#f-name", "myc");
    input("#f-name", "mycl");
    let typed = now();
    type_in("#f-name", "myclub").await;
    until("a check", || !calls("GET", "/v1/names/").is_empty()).await;
    let asked = calls("GET", "/v1/names/");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].path, "/v1/names/ava.tf/myclub");
    assert!(asked[0].at - typed >= 400.0, "{}", asked[0].at - typed);
    until("a verdict", || text("#f-name-verdict") == "Free").await;

    on("POST", "/v1/git-checks", 200, &git("ok"), 0);
    let typed = now();
    type_in("#f-git_url", REPOSITORY).await;
    until("a check", || !calls("POST", "/v1/git-checks").is_empty()).await;
    let asked = &calls("POST", "/v1/git-checks")[0];
    assert!(asked.at - typed >= 500.0, "{}", asked.at - typed);
    until("a verdict", || {
        text("#f-git_url-verdict").contains("0123456")
    })
    .await;
}

#[wasm_bindgen_test]
async fn w22_what_breaks_a_rule_is_not_asked() {
    let _stage = Stage::new().await;
    type_in("#f-git_url", "git@git.example-host.org:club/settings.git").await;
    until("a suggestion", || shown("#f-git_url-suggestion")).await;
    assert!(calls("POST", "/v1/git-checks").is_empty());
    on("POST", "/v1/git-checks", 200, &git("ok"), 0);
    click("#f-git_url-suggestion").await;
    assert!(value("#f-git_url").starts_with("https://git.example-host.org/club/settings"));
    assert!(!shown("#f-git_url-suggestion"));
    until("a check", || !calls("POST", "/v1/git-checks").is_empty()).await;
}

#[wasm_bindgen_test]
async fn w23_a_check_in_flight_is_given_up_on_new_input() {
    let _stage = Stage::new().await;
    on("GET", "/v1/names/", 200, &name("free", 0), 60_000);
    type_in("#f-name", "first").await;
    until("a check", || calls("GET", "/v1/names/").len() == 1).await;
    assert!(!calls("GET", "/v1/names/")[0].aborted);
    type_in("#f-name", "firstx").await;
    assert!(calls("GET", "/v1/names/")[0].aborted);
}

#[wasm_bindgen_test]
async fn w24_a_late_answer_for_an_old_value_is_dropped() {
    let _stage = Stage::new().await;
    on_deaf("GET", "/v1/names/ava.tf/first", &name("taken", 1), 900);
    on("GET", "/v1/names/ava.tf/second", 200, &name("taken", 2), 0);
    type_in("#f-name", "first").await;
    until("the first check", || calls("GET", "/v1/names/").len() == 1).await;
    let begun = now();
    type_in("#f-name", "second").await;
    until("the second answer", || {
        text("#f-name-verdict") == "answer 2"
    })
    .await;
    until("the first answer has come", || now() - begun > 1200.0).await;
    assert_eq!(text("#f-name-verdict"), "answer 2");
}

#[wasm_bindgen_test]
async fn w24_what_was_known_is_void_as_soon_as_the_value_changes() {
    let _stage = Stage::new().await;
    type_in("#f-name", "myclub").await;
    until("a verdict", || text("#f-name-verdict") == "Free").await;
    on("GET", "/v1/names/", 200, &name("free", 0), HELD);
    type_in("#f-name", "myclu").await;
    assert_eq!(text("#f-name-verdict"), "");
    on("GET", "/v1/names/", 200, &name("free", 0), 0);
    choose("#f-domain", "ninja.tf").await;
    until("the other domain", || {
        let asked = calls("GET", "/v1/names/ninja.tf/myclu");
        asked.len() == 1 && text("#f-name-verdict") == "Free"
    })
    .await;
}

#[wasm_bindgen_test]
async fn w25_a_check_that_cannot_be_made_does_not_block() {
    let _stage = Stage::new().await;
    for status in [0, 502] {
        on("GET", "/v1/names/", status, "<html>", 0);
        on("POST", "/v1/git-checks", status, "<html>", 0);
        type_in("#f-name", "my").await;
        type_in("#f-name", "myclub").await;
        type_in("#f-git_url", "").await;
        type_in("#f-git_url", REPOSITORY).await;
        until("a verdict", || {
            text("#f-name-verdict").starts_with("Could not check")
                && text("#f-git_url-verdict").starts_with("Could not check")
        })
        .await;
        click("#deploy").await;
        until_screen("review").await;
        click("#back").await;
        until_screen("form").await;
    }
}

#[wasm_bindgen_test]
async fn w25_a_name_that_is_taken_does() {
    let _stage = Stage::new().await;
    on("GET", "/v1/names/", 200, &name("taken", 0), 0);
    on("POST", "/v1/git-checks", 200, &git("not_git"), 0);
    type_in("#f-name", "myclub").await;
    type_in("#f-git_url", REPOSITORY).await;
    click("#deploy").await;
    until("the summary", || shown("#error-summary")).await;
    assert!(error("name").starts_with("Taken"), "{}", error("name"));
    assert_eq!(error("git_url"), "This page is no git repository");
    assert_eq!(screen(), "form");
}

#[wasm_bindgen_test]
async fn w26_a_verdict_is_a_status_and_no_alert() {
    let _stage = Stage::new().await;
    for verdict in all(".verdict") {
        assert_eq!(verdict.get_attribute("role").as_deref(), Some("status"));
        assert!(verdict.closest("[role=alert]").unwrap().is_none());
    }
    assert_eq!(all(".verdict").len(), 3);
}

#[wasm_bindgen_test]
async fn w27_checking_is_said_after_a_second_only() {
    let _stage = Stage::new().await;
    on("GET", "/v1/names/", 200, &name("free", 0), HELD);
    type_in("#f-name", "myclub").await;
    until("a word", || !text("#f-name-verdict").is_empty()).await;
    let waited = || now() - calls("GET", "/v1/names/").last().unwrap().at;
    assert_eq!(text("#f-name-verdict"), "Checking…");
    assert!(waited() >= 1000.0, "{}", waited());
    release();
    until("a verdict", || text("#f-name-verdict") == "Free").await;

    on("GET", "/v1/names/", 200, &name("free", 0), 100);
    type_in("#f-name", "myclubs").await;
    until("a word", || !text("#f-name-verdict").is_empty()).await;
    // On a machine that stood still for a second it may be said.
    assert!(text("#f-name-verdict") == "Free" || waited() >= 1000.0);
    until("a verdict", || text("#f-name-verdict") == "Free").await;
}
