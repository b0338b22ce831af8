//! The nodes' side of the port: what runs, and where it is opened.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// One workload of a deployment, as its node reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// Its name in the deployment.
    pub name: String,
    /// What it is.
    pub kind: WorkloadKind,
    /// How it stands.
    pub state: WorkloadState,
    /// The node's words, for the log.
    pub message: String,
    /// The public IPv6 address, once a [`WorkloadKind::Ip`] is there.
    pub ipv6: Option<String>,
}

/// What a workload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkloadKind {
    /// The private network.
    Network,
    /// The public address.
    Ip,
    /// The disk.
    Disk,
    /// The machine.
    Machine,
    /// The web gateway's proxy.
    Gateway,
}

/// How a workload stands. `Error` is final: nodes never try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkloadState {
    /// Being made.
    Init,
    /// There.
    Ok,
    /// It will never be there.
    Error,
    /// Gone.
    Deleted,
}

/// Where an instance is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// What a browser is given: `https://myclub.ava.tf`.
    pub url: String,
    /// Where to connect instead of asking DNS; the development grid's pages are on loopback.
    pub dial: Option<SocketAddr>,
}
