//! From the review to the service.

use order::api::State;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::ORDERS;
use crate::stage::*;

#[wasm_bindgen_test]
async fn the_review_shows_what_is_ordered_and_leads_back() {
    let _stage = Stage::new().await;
    click("#f-ssh-yes").await;
    type_in("#f-ssh_key", KEY).await;
    click("#f-size-mid").await;
    to_review().await;
    assert_eq!(text("#review #address"), "myclub.ava.tf");
    assert_eq!(text("#r-size"), "mid");
    assert_eq!(text("#r-location"), "Ghent");
    assert_eq!(text("#r-price"), "$21.40 / month");
    assert!(text("#r-key").starts_with("SHA256:"));
    assert!(calls("POST", ORDERS).is_empty());
    click("#back").await;
    until_screen("form").await;
    assert_eq!(value("#f-name"), "myclub");
    assert!(calls("POST", ORDERS).is_empty());
}

#[wasm_bindgen_test]
async fn w28_an_order_is_sent_once() {
    let _stage = Stage::new().await;
    to_review().await;
    let body = serde_json::to_string(&deployment(State::Requested)).unwrap();
    on("POST", ORDERS, 202, &body, HELD);
    shows(&deployment(State::Requested));
    press("#confirm");
    press("#confirm");
    settle().await;
    press("#confirm");
    let button = find("#confirm");
    assert_eq!(button.text_content().unwrap(), "Deploy now");
    assert_eq!(
        button.get_attribute("aria-disabled").as_deref(),
        Some("true")
    );
    assert!(!button.has_attribute("disabled"));
    release();
    until_screen("progress").await;
    let sent = calls("POST", ORDERS);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].key.as_ref().unwrap().len(), 36);
}

#[wasm_bindgen_test]
async fn w28_the_same_order_goes_with_the_same_key() {
    let stage = Stage::new().await;
    to_review().await;
    on("POST", ORDERS, 0, "", 0);
    confirm().await;
    until("it is said", || shown("#error-summary")).await;
    confirm().await;
    until("another try", || calls("POST", ORDERS).len() == 2).await;
    deploys(&deployment(State::Requested));
    let _stage = stage.reload().await;
    until_screen("progress").await;
    let sent = calls("POST", ORDERS);
    assert_eq!(sent.len(), 3, "the reload sends what has no answer yet");
    assert!(
        sent.iter()
            .all(|s| s.key == sent[0].key && s.body == sent[0].body)
    );
}

#[wasm_bindgen_test]
async fn w28_another_order_goes_with_another_key() {
    let _stage = Stage::new().await;
    to_review().await;
    on("POST", ORDERS, 0, "", 0);
    confirm().await;
    until("it is said", || shown("#error-summary")).await;
    click("#back").await;
    until_screen("form").await;
    fill("#f-name", "otherclub").await;
    click("#deploy").await;
    until_screen("review").await;
    confirm().await;
    until("another try", || calls("POST", ORDERS).len() == 2).await;
    let sent = calls("POST", ORDERS);
    assert_ne!(sent[0].key, sent[1].key);
}

#[wasm_bindgen_test]
async fn w29_errors_of_the_service_land_on_their_fields() {
    let _stage = Stage::new().await;
    to_review().await;
    let fields = [
        ("/order/name", "myclub was taken a moment ago"),
        ("/order/location", "There is no room there now"),
    ];
    answers("POST", ORDERS, 409, &problem(409, "no", &fields));
    confirm().await;
    until_screen("form").await;
    assert_eq!(error("name"), "myclub was taken a moment ago");
    assert_eq!(error("location"), "There is no room there now");
    assert_eq!(all("#error-summary li").len(), 2);
    until("the focus", || focused() == "error-summary").await;
    assert_eq!(text("#f-name-verdict"), "", "what was known is void");
    type_in("#f-name", "otherclub").await;
    assert_eq!(error("name"), "");
}

#[wasm_bindgen_test]
async fn w29_other_errors_land_in_the_summary_and_the_form_is_kept() {
    for (status, body) in [(0, String::new()), (502, "<html>".into()), (429, limit())] {
        let _stage = Stage::new().await;
        to_review().await;
        on("POST", ORDERS, status, &body, 0);
        confirm().await;
        until("it is said", || shown("#error-summary")).await;
        let said = text("#error-summary li");
        match status {
            0 => assert!(said.contains("cannot be reached"), "{said}"),
            429 => assert_eq!(said, "Three orders an hour are the limit"),
            _ => assert!(said.contains("does not understand"), "{said}"),
        }
        assert_eq!(focused(), "error-summary");
        assert_eq!(screen(), "review");
        click("#back").await;
        until_screen("form").await;
        assert_eq!(value("#f-name"), "myclub");
        assert!(!shown("#error-summary"));
    }
}

fn limit() -> String {
    serde_json::to_string(&problem(429, "Three orders an hour are the limit", &[])).unwrap()
}

#[wasm_bindgen_test]
async fn an_order_after_a_failure_has_a_key_of_its_own() {
    let _stage = Stage::new().await;
    to_review().await;
    deploys(&failed(State::Failed, false));
    confirm().await;
    until_screen("failure").await;
    click("#retry").await;
    until_screen("form").await;
    click("#deploy").await;
    until_screen("review").await;
    deploys(&deployment(State::Ready));
    confirm().await;
    until_screen("result").await;
    let sent = calls("POST", ORDERS);
    assert_eq!(sent.len(), 2);
    assert_ne!(sent[0].key, sent[1].key);
}
