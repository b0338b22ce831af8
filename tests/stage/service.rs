//! The stand-in for the service: what it answers, and what it was asked.

use js_sys::{Array, Function, JSON, Reflect};
use order::{
    OrderDraft,
    api::{
        Deployment, Failure, FailureCode, ProblemDetails, ProblemField, State, Step, StepName,
        StepState,
    },
};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};

/// Runs a script.
pub(crate) fn eval(script: &str) -> JsValue {
    js_sys::eval(script).unwrap()
}

/// For an answer's delay: until [`release`].
pub(crate) const HELD: u32 = u32::MAX;

/// Sends all answers that are held.
pub(crate) fn release() {
    eval("service.release()");
}

/// Sets a route; status 0 cannot be reached.
pub(crate) fn on(method: &str, path: &str, status: u16, body: &str, delay: u32) {
    route(method, path, status, body, delay, false);
}

/// Sets a route that answers even though the call was given up.
pub(crate) fn on_deaf(method: &str, path: &str, body: &str, delay: u32) {
    route(method, path, 200, body, delay, true);
}

/// Sets a route that answers with a message.
pub(crate) fn answers<T: Serialize>(method: &str, path: &str, status: u16, message: &T) {
    let body = serde_json::to_string(message).unwrap();
    on(method, path, status, &body, 0);
}

fn route(method: &str, path: &str, status: u16, body: &str, delay: u32, deaf: bool) {
    let on: Function = eval("service.on").unchecked_into();
    let args = Array::of5(
        &method.into(),
        &path.into(),
        &status.into(),
        &body.into(),
        &delay.into(),
    );
    args.push(&deaf.into());
    on.apply(&JsValue::NULL, &args).unwrap();
}

/// One call that the service was sent.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) at: f64,
    pub(crate) aborted: bool,
    pub(crate) key: Option<String>,
    pub(crate) last: Option<String>,
    pub(crate) body: String,
}

/// The calls with this method to paths that begin so.
pub(crate) fn calls(method: &str, path: &str) -> Vec<Call> {
    let calls: Array = eval("service.calls").unchecked_into();
    let get = |call: &JsValue, name: &str| Reflect::get(call, &name.into()).unwrap();
    calls
        .iter()
        .filter(|c| get(c, "method") == method)
        .map(|c| Call {
            path: get(&c, "path").as_string().unwrap(),
            at: get(&c, "at").as_f64().unwrap(),
            aborted: get(&c, "aborted").is_truthy(),
            key: get(&c, "key").as_string(),
            last: get(&c, "last").as_string(),
            body: get(&c, "body").as_string().unwrap(),
        })
        .filter(|c| c.path.starts_with(path))
        .collect()
}

/// The answer to a name check; answers with other numbers can be told apart.
pub(crate) fn name(state: &str, number: u32) -> String {
    let message = match number {
        0 => JsValue::NULL,
        n => format!("answer {n}").into(),
    };
    let message = String::from(JSON::stringify(&message).unwrap());
    format!(r#"{{"address":"x","state":"{state}","message":{message}}}"#)
}

/// A problem about some fields.
pub(crate) fn problem(status: u16, detail: &str, fields: &[(&str, &str)]) -> ProblemDetails {
    ProblemDetails {
        r#type: "/problems/x".into(),
        title: "x".into(),
        status,
        detail: detail.into(),
        errors: fields
            .iter()
            .map(|(pointer, detail)| ProblemField {
                pointer: (*pointer).into(),
                detail: (*detail).into(),
            })
            .collect(),
        retryable: false,
        request_id: "r".into(),
    }
}

/// A deployment in this state, as the answer to its order.
pub(crate) fn deployment(state: State) -> Deployment {
    let step = |name| Step {
        name,
        state: if state == State::Ready {
            StepState::Done
        } else {
            StepState::Pending
        },
        started_at: None,
        ended_at: None,
        detail: None,
        usual_seconds: 60,
    };
    Deployment {
        id: "d1".into(),
        state,
        address: "myclub.ava.tf".into(),
        url: "https://myclub.ava.tf".into(),
        steps: StepName::ALL.map(step).into(),
        created_at: "2026-01-01T00:00:00Z".into(),
        ready_at: (state == State::Ready).then(|| "2026-01-01T00:02:31Z".into()),
        failure: None,
        ssh: Some("ssh root@2001:db8::1".into()),
        ipv6: Some("2001:db8::1".into()),
        password_available: true,
        last_event: 7,
        capability: Some("secret".into()),
    }
}

/// A deployment that failed while its machine was prepared.
pub(crate) fn failed(state: State, paid: bool) -> Deployment {
    Deployment {
        failure: Some(Failure {
            step: StepName::Machine,
            code: FailureCode::Machine,
            message: "The machine did not start.".into(),
            paid,
        }),
        ..deployment(state)
    }
}

/// Answers an order with this deployment, and shows it so from then on.
pub(crate) fn deploys(deployment: &Deployment) {
    answers("POST", "/v1/deployments", 202, deployment);
    shows(deployment);
}

/// Shows the deployment so from now on.
pub(crate) fn shows(deployment: &Deployment) {
    answers("GET", "/v1/deployments/d1", 200, deployment);
    on("GET", "/v1/deployments/d1/events", 200, "events", 0);
    eval("service.changed()");
}

/// The order that a call carried.
pub(crate) fn ordered(call: &Call) -> OrderDraft {
    let request: order::api::DeploymentRequest = serde_json::from_str(&call.body).unwrap();
    request.order
}
