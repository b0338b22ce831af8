//! The git check over real sockets on loopback: real git servers and hostile ones (GIT_CHECK;
//! SECURITY 1–9 and 22).

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod addresses;
mod answers;
mod corpus;
mod limits;
mod redirects;
mod support;
