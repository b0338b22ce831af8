//! The other ends: a demo host page, a git server, hostile servers, a browser, the real binary.

pub mod browser;
pub mod client;
pub mod demo_host;
pub mod devtools;
mod gallery;
pub mod git_server;
pub mod gridtube;
pub mod hostile;
pub mod interactive;
pub mod load;
pub mod postgres;
pub mod sample;
pub mod scene;
pub mod static_host;
pub mod tls_front;
