//! The directory: which nodes there are and what they have left, some blocks behind the truth.

use std::cmp::Reverse;

use grid::{GridError, Placement, Want};

use crate::{DevGridConfig, DevNode, state::State};

const GIB: u64 = 1 << 30;

impl State {
    /// Placements with room, the emptiest node first.
    ///
    /// # Errors
    /// When no gateway serves the domain.
    pub(crate) fn candidates(
        &self,
        want: &Want,
        config: &DevGridConfig,
    ) -> Result<Vec<Placement>, GridError> {
        let gateway = config
            .gateways
            .iter()
            .find(|gateway| gateway.domain == want.domain)
            .ok_or_else(|| {
                GridError::rejected(
                    "the directory",
                    format!(
                        "no gateway serves {}; add it to devgrid.gateways",
                        want.domain
                    ),
                )
            })?;
        let block = self.ledger.block.saturating_sub(config.directory_lag);
        let mut nodes: Vec<_> = config
            .nodes
            .iter()
            .filter(|node| is_there(node, want) && node.ipv6)
            .filter(|node| self.has_room(node, want, block))
            .collect();
        nodes.sort_by_key(|node| (Reverse(self.free(node, block)), node.id));
        Ok(nodes
            .into_iter()
            .map(|node| Placement {
                node: node.id,
                gateway: gateway.id,
            })
            .collect())
    }

    /// Whether a node has room for it at a block.
    pub(crate) fn has_room(&self, node: &DevNode, want: &Want, block: u64) -> bool {
        let (memory, disk) = self.free(node, block);
        node.vcpu >= want.vcpu && memory >= want.memory && disk >= want.disk
    }

    /// Memory and disk that a node has left at a block, bytes.
    pub(crate) fn free(&self, node: &DevNode, block: u64) -> (u64, u64) {
        let all = (node.memory_gib * GIB, node.disk_gib * GIB);
        self.deployments
            .iter()
            .filter(|(id, deployed)| {
                deployed.node == node.id
                    && deployed.takes_room()
                    && self.ledger.live(**id, block).is_some()
            })
            .map(|(_, deployed)| deployed.body.takes())
            .fold(all, |left, took| {
                (left.0.saturating_sub(took.0), left.1.saturating_sub(took.1))
            })
    }
}

fn is_there(node: &DevNode, want: &Want) -> bool {
    let place = &want.location;
    let same = |filter: &str, value: &str| filter.is_empty() || filter.eq_ignore_ascii_case(value);
    same(&place.country, &node.country)
        && same(&place.city, &node.city)
        && (place.farms.is_empty() || place.farms.contains(&node.farm))
}
