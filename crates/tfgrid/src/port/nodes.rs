//! What is sent to nodes, and how it stands there.

use grid::{ContractId, GridError, NodeDeployment, NodeId, Workload, WorkloadKind, WorkloadState};

use super::{ThreefoldGrid, at_node};
use crate::deployment::{Deployment, IpResult, Kind, State};
use crate::node::{Node, Taken};
use crate::rmb::{BusError, Refusal};

impl ThreefoldGrid {
    /// The node, by way of its twin.
    pub(super) async fn node(&self, id: NodeId) -> Result<Node, GridError> {
        let twin = match self.memory.twin_of(id) {
            Some(twin) => twin,
            None => {
                let found = self.payer.chain().finalized().await?.node(id).await?;
                let Some(node) = found else {
                    return Err(GridError::rejected(
                        "the chain",
                        format!("there is no node {id}"),
                    ));
                };
                self.memory.set_twin_of(id, node.twin);
                node.twin
            }
        };
        Ok(Node::new(self.bus.clone(), twin).with_patience(self.node_patience))
    }

    /// Signs it with its contract's number and sends it. A node that has it already is a success.
    pub(super) async fn send(
        &self,
        planned: &NodeDeployment,
        contract: ContractId,
    ) -> Result<(), GridError> {
        let broken = |why: String| GridError::rejected("the plan", why);
        let mut deployment =
            Deployment::from_json(&planned.body).map_err(|error| broken(error.to_string()))?;
        if deployment.hash().to_string() != planned.hash {
            return Err(broken(
                "its text is not what the contract was made for".into(),
            ));
        }
        deployment.contract_id = contract;
        deployment.sign(self.payer.twin(), self.payer.identity());
        match self.node(planned.node).await?.deploy(&deployment).await {
            Ok(Taken::Now) => Ok(()),
            Ok(Taken::Before) => {
                tracing::debug!(
                    node = planned.node,
                    contract,
                    "it had the deployment already"
                );
                Ok(())
            }
            Err(error) => {
                if is_the_nodes(&error) {
                    self.memory.failed(planned.node, &error.to_string());
                }
                Err(at_node(planned.node, &error))
            }
        }
    }

    /// How the workloads stand; none while the node does not know the contract.
    pub(super) async fn states(
        &self,
        node: NodeId,
        contract: ContractId,
    ) -> Result<Vec<Workload>, GridError> {
        let asked = self.node(node).await?.get(contract).await;
        let Some(deployment) = asked.map_err(|error| at_node(node, &error))? else {
            return Ok(Vec::new());
        };
        let workloads: Vec<Workload> = deployment.workloads.into_iter().filter_map(told).collect();
        let failed = |one: &&Workload| one.state == WorkloadState::Error;
        if let Some(error) = workloads.iter().find(failed) {
            self.memory.failed(node, &error.message);
        }
        Ok(workloads)
    }
}

/// Whether the node is to blame, and not the operator's account or the way to it.
fn is_the_nodes(error: &BusError) -> bool {
    match error {
        BusError::Silent { .. } | BusError::NotUnderstood { .. } | BusError::InTheClear { .. } => {
            true
        }
        BusError::Refused(refusal) => !matches!(
            refusal,
            Refusal::Unverified
                | Refusal::VerificationUnknown
                | Refusal::Keys(_)
                | Refusal::Expired
                | Refusal::TooMany
        ),
        _ => false,
    }
}

/// In the port's words; `None` for what a plan of ours never has.
fn told(workload: crate::deployment::Workload) -> Option<Workload> {
    let kind = match workload.data.kind() {
        Kind::Network | Kind::NetworkLight => WorkloadKind::Network,
        Kind::Ip => WorkloadKind::Ip,
        Kind::Zmount | Kind::Volume => WorkloadKind::Disk,
        Kind::Zmachine | Kind::ZmachineLight => WorkloadKind::Machine,
        Kind::GatewayName | Kind::GatewayFqdn => WorkloadKind::Gateway,
        Kind::Zlogs => return None,
    };
    let result = workload.result.unwrap_or_default();
    let ipv6 = match kind {
        WorkloadKind::Ip => result.got::<IpResult>().and_then(|got| got.ip6.ip()),
        _ => None,
    };
    Some(Workload {
        name: workload.name,
        kind,
        state: match result.state {
            State::Init | State::Unknown => WorkloadState::Init,
            State::Ok | State::Paused | State::Unchanged => WorkloadState::Ok,
            State::Error => WorkloadState::Error,
            State::Deleted => WorkloadState::Deleted,
        },
        message: result.message,
        ipv6: ipv6.map(|ip| ip.to_string()),
    })
}
