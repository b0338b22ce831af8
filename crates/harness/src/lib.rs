//! The other ends: a demo host page, a git server, hostile servers, a browser, the real binary.

pub mod git_server;
pub mod hostile;
pub mod tls_front;
