//! Starts the widget. On the page that is the browser's part: `std`'s own way into `main` would only
//! make the download larger.

#![cfg_attr(target_arch = "wasm32", no_main)]

use wasm_bindgen::prelude::wasm_bindgen;

/// Gives life to the page.
#[wasm_bindgen(start)]
fn start() {
    gridtube::start();
}

/// There is no page outside a browser.
#[cfg(not(target_arch = "wasm32"))]
fn main() {
    start();
}

/// A small allocator: a form has few things to keep, and the usual one costs 0.7 K more.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());
