//! What the chain's tests share.

#![allow(dead_code, unused_imports, clippy::unwrap_used, clippy::expect_used)]

pub(crate) mod peer;

pub(crate) use gridpeers::chain::*;
