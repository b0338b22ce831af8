//! From the service to the end.

use order::api::{Deployment, State, StepState};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::*;
use crate::{ORDERS, to};

#[wasm_bindgen_test]
async fn w30_progress_is_labelled_and_told_in_words() {
    let _stage = to(State::Requested).await;
    until_screen("progress").await;
    until("a word", || text("#now") == "1 of 5: Reserve and pay").await;
    assert_eq!(
        find("#now").get_attribute("role").as_deref(),
        Some("status")
    );
    assert_eq!(find("label[for=bar]").id(), "total");
    let mut onward = deployment(State::Starting);
    onward.steps[0].state = StepState::Done;
    onward.steps[1].state = StepState::Running;
    onward.steps[1].detail = Some("The disk is being made".into());
    onward.last_event = 9;
    shows(&onward);
    until("the step", || {
        find("#step-machine").get_attribute("data-state").as_deref() == Some("running")
    })
    .await;
    find("#step-contracts[data-state=done]");
    assert!(text("#step-machine").contains("The disk is being made"));
    assert_eq!(find("#bar").get_attribute("value").as_deref(), Some("1"));
}

#[wasm_bindgen_test]
async fn w31_a_stream_that_breaks_is_opened_again_after_the_last_event() {
    let _stage = to(State::Requested).await;
    until("a stream", || {
        calls("GET", "/v1/deployments/d1/events").len() == 1
    })
    .await;
    assert_eq!(
        calls("GET", "/v1/deployments/d1/events")[0].last.as_deref(),
        Some("7")
    );
    let onward = Deployment {
        last_event: 12,
        ..deployment(State::Starting)
    };
    shows(&onward);
    eval("service.streams[0].close()");
    until("a stream", || {
        calls("GET", "/v1/deployments/d1/events").len() == 2
    })
    .await;
    assert_eq!(
        calls("GET", "/v1/deployments/d1/events")[1].last.as_deref(),
        Some("12")
    );
}

#[wasm_bindgen_test]
async fn w31_a_lost_connection_is_said_and_found_again() {
    let _stage = to(State::Requested).await;
    until("a stream", || {
        !calls("GET", "/v1/deployments/d1/events").is_empty()
    })
    .await;
    assert!(!shown("#connection"));
    on("GET", "/v1/deployments/d1", 0, "", 0);
    eval("service.changed()");
    until("it is said", || shown("#connection")).await;
    shows(&deployment(State::Ready));
    until_screen("result").await;
}

#[wasm_bindgen_test]
async fn w32_a_reload_and_a_link_lead_back() {
    let stage = to(State::Requested).await;
    until_screen("progress").await;
    assert_eq!(window().location().hash().unwrap(), "#d=d1.secret");
    fragment("#");
    let stage = stage.reload().await;
    assert_eq!(screen(), "progress", "by the session");
    assert_eq!(window().location().hash().unwrap(), "#d=d1.secret");
    window()
        .session_storage()
        .unwrap()
        .unwrap()
        .clear()
        .unwrap();
    let _stage = stage.reload().await;
    assert_eq!(screen(), "progress", "by the link");
    assert_eq!(calls("POST", ORDERS).len(), 1);
}

#[wasm_bindgen_test]
async fn w32_a_link_that_leads_nowhere_says_so() {
    let stage = Stage::new().await;
    answers("GET", ORDERS, 404, &problem(404, "no", &[]));
    fragment("#d=d1.wrong");
    let _stage = stage.reload().await;
    until_screen("form").await;
    assert!(text("#error-summary").contains("leads to no deployment"));
    assert_eq!(window().location().hash().unwrap(), "");
}

#[wasm_bindgen_test]
async fn w33_success_moves_the_focus_to_its_heading_and_the_link_is_text() {
    let _stage = to(State::Ready).await;
    until_screen("result").await;
    until("the focus", || focused() == "title").await;
    assert_eq!(text("#title"), "Your PeerTube is ready");
    let open = find("#open");
    assert_eq!(text("#open #address"), "myclub.ava.tf");
    assert_eq!(
        open.get_attribute("href").as_deref(),
        Some("https://myclub.ava.tf")
    );
    assert_eq!(open.get_attribute("target").as_deref(), Some("_blank"));
    assert_eq!(open.get_attribute("rel").as_deref(), Some("noopener"));
    assert_eq!(text("#took"), "Deployed in 2 min 31 sec");
    assert_eq!(text("#ssh"), "ssh root@2001:db8::1");
    assert_eq!(text("#ipv6"), "2001:db8::1");
}

#[wasm_bindgen_test]
async fn the_password_is_revealed_once() {
    let stage = to(State::Ready).await;
    until_screen("result").await;
    let password = "/v1/deployments/d1/password";
    on(
        "POST",
        password,
        200,
        r#"{"username":"root","password":"s3cret"}"#,
        0,
    );
    assert!(shown("#covered"));
    click("#reveal").await;
    until("it is shown", || shown("#password")).await;
    assert_eq!(text("#password"), "s3cret");
    assert!(!shown("#covered") && !shown("#revealed"));
    let session = window().session_storage().unwrap().unwrap();
    for i in 0..session.length().unwrap() {
        let key = session.key(i).unwrap().unwrap();
        let kept = session.get_item(&key).unwrap().unwrap();
        assert!(!kept.contains("s3cret"), "{key}");
    }
    let _stage = stage.reload().await;
    answers("POST", password, 410, &problem(410, "gone", &[]));
    click("#reveal").await;
    until("it is said", || shown("#revealed")).await;
    assert!(!shown("#covered") && !shown("#password"));
}

#[wasm_bindgen_test]
async fn deleting_asks_first_and_ends_with_nothing() {
    let _stage = to(State::Ready).await;
    until_screen("result").await;
    click("#delete").await;
    until("the focus", || focused() == "keep").await;
    assert!(text("#question").contains("myclub.ava.tf"));
    click("#keep").await;
    assert!(!shown("#confirm-delete"));
    assert!(calls("DELETE", ORDERS).is_empty());
    click("#delete").await;
    let mut going = deployment(State::Unwinding);
    going.ready_at = Some("2026-01-01T00:02:31Z".into());
    on("DELETE", ORDERS, 202, "{}", 0);
    shows(&going);
    click("#confirm-delete").await;
    until("it is said", || shown("#deleting")).await;
    assert_eq!(screen(), "result");
    shows(&deployment(State::Deleted));
    until_screen("deleted").await;
    assert_eq!(text("#title"), "myclub.ava.tf is deleted");
    assert_eq!(calls("DELETE", ORDERS).len(), 1);
    click("#again").await;
    until_screen("form").await;
    assert_eq!(value("#f-name"), "");
    assert_eq!(window().location().hash().unwrap(), "");
}

#[wasm_bindgen_test]
async fn w34_failure_says_what_happened_what_it_cost_and_what_to_do() {
    let _stage = Stage::new().await;
    to_review().await;
    deploys(&failed(State::Unwinding, true));
    confirm().await;
    until_screen("failure").await;
    assert_eq!(text("#failed-step"), "Prepare the machine");
    assert_eq!(text("#reason"), "The machine did not start.");
    assert!(text("#money").contains("is being cancelled"));
    assert!(text("#left").contains("being taken down"));
    assert!(!shown("#retry"));
    shows(&failed(State::Failed, true));
    until("it is over", || shown("#retry")).await;
    assert!(text("#money").contains("nothing more is paid"));
    assert_eq!(text("#left"), "Nothing is left running.");
    click("#retry").await;
    until_screen("form").await;
    assert_eq!(value("#f-name"), "myclub");
    assert_eq!(window().location().hash().unwrap(), "");
}

#[wasm_bindgen_test]
async fn w34_no_money_spent_is_said() {
    let _stage = Stage::new().await;
    to_review().await;
    deploys(&failed(State::Failed, false));
    confirm().await;
    until_screen("failure").await;
    assert_eq!(text("#money"), "No money was spent.");
}

#[wasm_bindgen_test]
async fn without_storage_a_deployment_is_followed_all_the_same() {
    let set = "Storage.prototype.setItem";
    let get = "Storage.prototype.getItem";
    let stage = Stage::new().await;
    eval(&format!(
        "service.kept = [{set}, {get}];
         {set} = {get} = () => {{ throw new DOMException('no', 'SecurityError'); }};"
    ));
    to_review().await;
    deploys(&deployment(State::Requested));
    confirm().await;
    until_screen("progress").await;
    fragment("#");
    let _stage = stage.reload().await;
    let came_back = screen();
    // What it keeps in memory goes with the deployment.
    shows(&deployment(State::Deleted));
    until_screen("deleted").await;
    click("#again").await;
    eval(&format!("[{set}, {get}] = service.kept;"));
    assert_eq!(came_back, "progress");
}
