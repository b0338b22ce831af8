//! Each message is read as serde reads it.
#![allow(clippy::expect_used)] // helpers of tests are no tests to clippy

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen_test::wasm_bindgen_test;

use super::*;

/// Reads what serde writes, and nothing of what serde refuses.
fn same<T: Read + Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
    let text = serde_json::to_string(&value).expect("it can be written");
    assert_eq!(read::<T>(&text).as_ref(), Some(&value), "{text}");
    let whole: serde_json::Value = serde_json::from_str(&text).expect("it can be read");
    for name in whole.as_object().into_iter().flatten().map(|(n, _)| n) {
        let mut less = whole.clone();
        less.as_object_mut().expect("an object").remove(name);
        let less = less.to_string();
        assert_eq!(read::<T>(&less), serde_json::from_str(&less).ok(), "{less}");
    }
}

fn draft() -> OrderDraft {
    OrderDraft {
        size: "small".into(),
        location: "ghent".into(),
        name: "my\"club\u{e9}".into(),
        domain: "ava.tf".into(),
        git_url: Some("https://example.org/a".into()),
        ssh_key: None,
        private: true,
        p2p: false,
        admin_email: Some(String::new()),
    }
}

fn deployment(state: State, failure: Option<Failure>) -> Deployment {
    let step = |name| Step {
        name,
        state: StepState::Running,
        started_at: Some("2026-01-01T00:00:00Z".into()),
        ended_at: None,
        detail: Some("x".into()),
        usual_seconds: 60,
    };
    Deployment {
        id: "a".into(),
        state,
        address: "myclub.ava.tf".into(),
        url: "https://myclub.ava.tf".into(),
        steps: StepName::ALL.map(step).into(),
        created_at: "2026-01-01T00:00:00Z".into(),
        ready_at: None,
        failure,
        ssh: Some("ssh root@2001:db8::1".into()),
        ipv6: None,
        password_available: true,
        last_event: 4_294_967_296,
        capability: Some("c".into()),
    }
}

#[wasm_bindgen_test]
fn messages_read_as_serde_reads_them() {
    let mut catalogue = Catalogue::default();
    catalogue
        .git_origins_allowed
        .push("http://127.0.0.1:1".into());
    catalogue.sizes[0].price.tft_month = Some("1".into());
    same(catalogue.clone());
    catalogue.prices_at = Some("2026-01-01T00:00:00Z".into());
    same(catalogue);
    same(draft());
    same(deployment(State::Ready, None));
    same(Password {
        username: "root".into(),
        password: "p".into(),
    });
    same(NameAnswer {
        address: "a".into(),
        state: NameState::Free,
        message: Some("m".into()),
    });
    same(GitCheck {
        state: GitState::Ok,
        url: "u".into(),
        host: Some("h".into()),
        branch: None,
        commit: None,
        settings: None,
        notices: vec!["n".into()],
        message: "m".into(),
        suggestion: None,
    });
    same(ProblemDetails {
        r#type: "/problems/name-taken".into(),
        title: "t".into(),
        status: 409,
        detail: "d".into(),
        errors: vec![ProblemField {
            pointer: "/order/name".into(),
            detail: "e".into(),
        }],
        retryable: false,
        request_id: "r".into(),
    });
}

#[wasm_bindgen_test]
fn every_name_of_every_enum_is_known() {
    use State::*;
    let states = [
        Requested, Preflight, Planned, Paying, Sent, Starting, Verifying, Ready, Unwinding, Failed,
        Deleted,
    ];
    states.into_iter().for_each(same);
    StepName::ALL.into_iter().for_each(same);
    [
        StepState::Pending,
        StepState::Running,
        StepState::Done,
        StepState::Failed,
    ]
    .into_iter()
    .for_each(same);
    [
        LocationState::Open,
        LocationState::Full,
        LocationState::Announced,
    ]
    .into_iter()
    .for_each(same);
    [
        GridKind::Devgrid,
        GridKind::Main,
        GridKind::Test,
        GridKind::Qa,
        GridKind::Dev,
    ]
    .into_iter()
    .for_each(same);
    [
        NameState::Free,
        NameState::Taken,
        NameState::Reserved,
        NameState::Invalid,
    ]
    .into_iter()
    .for_each(same);
    let codes = [
        FailureCode::NameTaken,
        FailureCode::NoRoom,
        FailureCode::Operator,
        FailureCode::PaymentRefused,
        FailureCode::Machine,
        FailureCode::Gateway,
        FailureCode::NotAnswering,
        FailureCode::GridUnreachable,
        FailureCode::Cancelled,
    ];
    for code in codes {
        same(code);
        same(deployment(
            Failed,
            Some(Failure {
                step: StepName::Check,
                code,
                message: "m".into(),
                paid: true,
            }),
        ));
    }
    let git = [
        GitState::Ok,
        GitState::NotGit,
        GitState::Empty,
        GitState::NoSuchRef,
        GitState::NotPublic,
        GitState::Unreachable,
        GitState::TooSlow,
        GitState::Refused,
        GitState::InvalidUrl,
        GitState::InvalidSettings,
    ];
    git.into_iter().for_each(same);
}

#[wasm_bindgen_test]
fn requests_are_written_as_the_service_reads_them() {
    for grant in [
        None,
        Some(Grant::Invite("i".into())),
        Some(Grant::Token("t".into())),
    ] {
        let request = write_request("s", grant.as_ref(), &draft());
        let request: order::api::DeploymentRequest =
            serde_json::from_str(&request).expect("a request");
        assert_eq!((request.site.as_str(), request.grant), ("s", grant));
        assert_eq!(request.order, draft());
    }
    let check: order::api::GitCheckRequest =
        serde_json::from_str(&write_git_check("u")).expect("a check");
    assert_eq!(check.url, "u");
    assert_eq!(read::<OrderDraft>(&write_draft(&draft())), Some(draft()));
}

#[wasm_bindgen_test]
fn nonsense_is_no_message() {
    for text in ["", "null", "[]", "7", "{", "{\"sizes\": 3}"] {
        assert_eq!(read::<Catalogue>(text), None, "{text}");
    }
}
