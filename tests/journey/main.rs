//! From submit to the end. The numbers are those of the design's list.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod following;
mod sending;
#[path = "../stage/mod.rs"]
mod stage;

use order::api::State;
use stage::*;
use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

const ORDERS: &str = "/v1/deployments";

async fn to(state: State) -> Stage {
    let stage = Stage::new().await;
    to_review().await;
    deploys(&deployment(state));
    confirm().await;
    stage
}
