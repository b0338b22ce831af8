//! What is remembered between two calls. All of it can be lost without harm.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use grid::{NodeId, Placement};
use tokio::time::Instant;

use super::plan::Ground;

/// How long a node that has failed is left out.
const SIDELINED: Duration = Duration::from_secs(30 * 60);

#[derive(Default)]
pub(super) struct Memory(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    failed: HashMap<NodeId, (Instant, String)>,
    twins: HashMap<NodeId, u32>,
    grounds: HashMap<(NodeId, NodeId), Ground>,
}

impl Memory {
    /// The node did not do what it should.
    pub(super) fn failed(&self, node: NodeId, why: &str) {
        tracing::info!(node, why, "left out for a while");
        let entry = (Instant::now(), why.to_owned());
        self.inside().failed.insert(node, entry);
    }

    /// Why the node is left out now, if it is.
    pub(super) fn why_not(&self, node: NodeId) -> Option<String> {
        let inside = self.inside();
        let (since, why) = inside.failed.get(&node)?;
        (since.elapsed() < SIDELINED).then(|| why.clone())
    }

    /// A node's twin, which never changes.
    pub(super) fn twin_of(&self, node: NodeId) -> Option<u32> {
        self.inside().twins.get(&node).copied()
    }

    pub(super) fn set_twin_of(&self, node: NodeId, twin: u32) {
        self.inside().twins.insert(node, twin);
    }

    /// What both nodes said when they were last asked together.
    pub(super) fn ground(&self, placement: &Placement) -> Option<Ground> {
        let nodes = (placement.node, placement.gateway);
        self.inside().grounds.get(&nodes).cloned()
    }

    pub(super) fn set_ground(&self, placement: &Placement, ground: Ground) {
        let nodes = (placement.node, placement.gateway);
        self.inside().grounds.insert(nodes, ground);
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_node_that_has_failed_comes_back() {
        let memory = Memory::default();
        assert_eq!(memory.why_not(7), None);
        memory.failed(7, "no answer");
        assert_eq!(memory.why_not(7).as_deref(), Some("no answer"));
        tokio::time::advance(SIDELINED).await;
        assert_eq!(memory.why_not(7), None);
    }
}
