//! The companion service: HTTP, git check, deployment engine, store.
//!
//! The binary is `gridtube`; only `grids` names a grid, only `stores` a store. What a test needs is public.

pub mod access;
pub mod cli;
pub mod config;
pub mod engine;
pub mod entropy;
pub mod git_check;
pub(crate) mod grids;
pub mod http;
pub mod offers;
pub mod secrets;
pub mod server;
pub mod store;
pub(crate) mod stores;
pub(crate) mod time;
