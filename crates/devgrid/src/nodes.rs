//! The nodes: what they check, and how far they are. Nothing runs; a workload's state follows from
//! when its deployment was sent.

use std::net::Ipv6Addr;

use grid::{ContractId, DomainKind, GridError, NodeDeployment, NodeId, Workload, WorkloadState};
use serde::{Deserialize, Serialize};

use crate::{
    body::{Body, Spec},
    clock::millis,
    hash,
    ledger::{Rules, Subject},
    state::State,
};

/// A deployment that a node has.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deployed {
    pub(crate) node: NodeId,
    pub(crate) body: Body,
    /// When it was sent, the grid's own milliseconds.
    sent: u64,
    /// From then until the last workload is there, milliseconds.
    provision: u64,
    /// From then until PeerTube answers, milliseconds; `None` when it never will.
    boot: Option<u64>,
    fate: Fate,
}

/// How it will end, decided when it is sent.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fate {
    Good,
    /// The node's own check failed, after its answer: every workload errors.
    Refused(String),
    /// The last workload errors.
    Broken(String),
    /// The node says that all is well, and nothing runs.
    Lie,
}

impl State {
    /// A node gets a deployment: its checks, in its order and its words.
    ///
    /// # Errors
    /// What the node refuses before it answers. What it finds out later shows in the workloads.
    pub(crate) fn deploy(
        &mut self,
        deployment: &NodeDeployment,
        contract: ContractId,
        rules: Rules<'_>,
    ) -> Result<(), GridError> {
        let refuse = |why: String| GridError::rejected(node_name(deployment.node), why);
        let body: Body = serde_json::from_str(&deployment.body)
            .map_err(|error| refuse(format!("deployment validation failed: {error}")))?;
        let twin = rules.config.twin;
        if body.twin != twin {
            let why = format!(
                "twin id mismatch (deployment: {}, message: {twin})",
                body.twin
            );
            return Err(refuse(why));
        }
        if rules.faults.not_verified {
            return Err(refuse(format!("user with twin id {twin} is not verified")));
        }
        if hash::deployment(&deployment.body) != deployment.hash {
            return Err(refuse("failed to verify signature".to_owned()));
        }
        if self.deployments.contains_key(&contract) {
            return Ok(());
        }

        let fate = self.fate(deployment, &body, contract, rules);
        let node = deployment.node;
        let pace = if rules.faults.slow_nodes.contains(&node) {
            10
        } else {
            1
        };
        let share = if body.gateway().is_some() { 2 } else { 1 };
        let boots = !rules.faults.silent_nodes.contains(&node);
        let deployed = Deployed {
            node,
            body: body.without_secrets(),
            sent: self.time,
            provision: millis(rules.config.provision) * pace / share,
            boot: boots.then(|| millis(rules.config.boot) * pace),
            fate,
        };
        self.deployments.insert(contract, deployed);
        Ok(())
    }

    /// How a contract's workloads stand; empty while the node does not know it.
    pub(crate) fn workloads(&self, node: NodeId, contract: ContractId) -> Vec<Workload> {
        let Some(deployed) = self.deployments.get(&contract).filter(|d| d.node == node) else {
            return Vec::new();
        };
        let gone = self.ledger.ended(contract);
        let state = |nth| match gone {
            true => (WorkloadState::Deleted, ""),
            false => deployed.state(nth, self.time),
        };
        let specs = deployed.body.workloads.iter().enumerate();
        specs
            .map(|(nth, spec)| {
                let (state, message) = state(nth);
                let has_ip = state == WorkloadState::Ok && matches!(spec, Spec::Ip { .. });
                Workload {
                    name: spec.name().to_owned(),
                    kind: spec.kind(),
                    state,
                    message: message.to_owned(),
                    ipv6: has_ip.then(|| ipv6(node, contract)),
                }
            })
            .collect()
    }

    fn fate(
        &self,
        deployment: &NodeDeployment,
        body: &Body,
        contract: ContractId,
        rules: Rules<'_>,
    ) -> Fate {
        if rules.faults.lying_nodes.contains(&deployment.node) {
            return Fate::Lie;
        }
        if let Err(why) = self
            .check_contract(deployment, contract)
            .and_then(|()| self.check_capacity(deployment.node, body, rules))
            .and_then(|()| self.check_proxy(deployment.node, body, rules))
        {
            return Fate::Refused(why);
        }
        if body.gateway().is_some() && rules.faults.gateway_broken {
            return Fate::Broken("failed to set up the gateway's proxy".to_owned());
        }
        if rules.faults.broken_nodes.contains(&deployment.node) {
            return Fate::Broken("failed to start: the node is broken".to_owned());
        }
        Fate::Good
    }

    fn check_contract(
        &self,
        deployment: &NodeDeployment,
        contract: ContractId,
    ) -> Result<(), String> {
        let entry = self
            .ledger
            .live(contract, self.ledger.block)
            .ok_or_else(|| format!("contract {contract} not found"))?;
        match &entry.subject {
            Subject::Name(_) => Err("invalid contract type, expecting node contract".to_owned()),
            Subject::Node { node, .. } if *node != deployment.node => {
                Err("invalid node address in contract".to_owned())
            }
            Subject::Node { hash, .. } if *hash != deployment.hash => {
                Err("contract hash does not match deployment hash".to_owned())
            }
            Subject::Node { .. } => Ok(()),
        }
    }

    fn check_capacity(&self, node: NodeId, body: &Body, rules: Rules<'_>) -> Result<(), String> {
        let (memory, disk) = body.takes();
        let free = match rules.config.node(node) {
            Some(_) if rules.faults.full_nodes.contains(&node) => (0, 0),
            Some(known) => self.free(known, self.ledger.block),
            None => return Ok(()),
        };
        for (what, size, usable) in [("memory", memory, free.0), ("disk", disk, free.1)] {
            if size > usable {
                return Err(format!(
                    "failed to satisfy required capacity: cannot fulfil required {what} size \
                     {size} bytes out of usable {usable} bytes"
                ));
            }
        }
        Ok(())
    }

    fn check_proxy(&self, node: NodeId, body: &Body, rules: Rules<'_>) -> Result<(), String> {
        let Some(proxy) = body.gateway() else {
            return Ok(());
        };
        if rules.config.gateway(node).map(|g| g.domain.as_str()) != Some(&proxy.domain) {
            return Err(format!("the node does not serve {}", proxy.domain));
        }
        if proxy.kind == DomainKind::GatewayName {
            let name = Subject::Name(proxy.prefix.clone());
            let reserved = self.ledger.about(&name, self.ledger.block);
            match reserved {
                None => {
                    let why = "a name contract with the given name must be reserved first";
                    return Err(why.to_owned());
                }
                Some((_, entry)) if entry.twin != rules.config.twin => {
                    return Err("twin id mismatch".to_owned());
                }
                Some(_) => {}
            }
        }
        match self.proxy(&proxy.address()) {
            Some(_) => Err(format!("domain already registered: {}", proxy.address())),
            None => Ok(()),
        }
    }
}

impl Deployed {
    /// Whether it takes room on its node.
    pub(crate) fn takes_room(&self) -> bool {
        !matches!(self.fate, Fate::Refused(_))
    }

    /// Whether every workload is there.
    pub(crate) fn is_up(&self, time: u64) -> bool {
        self.fate == Fate::Good && time >= self.sent + self.provision
    }

    /// Whether PeerTube answers.
    pub(crate) fn is_booted(&self, time: u64) -> bool {
        let booted = |boot| time >= self.sent + self.provision + boot;
        self.is_up(time) && self.boot.is_some_and(booted)
    }

    /// Workloads get ready one after the other, in the order of the body.
    fn state(&self, nth: usize, time: u64) -> (WorkloadState, &str) {
        let count = self.body.workloads.len() as u64;
        let ready = |nth: u64| self.sent + self.provision * (nth + 1) / count;
        let last = nth as u64 + 1 == count;
        match &self.fate {
            Fate::Refused(why) if time >= ready(0) => (WorkloadState::Error, why),
            Fate::Refused(_) => (WorkloadState::Init, ""),
            Fate::Lie => (WorkloadState::Ok, ""),
            _ if time < ready(nth as u64) => (WorkloadState::Init, ""),
            Fate::Broken(why) if last => (WorkloadState::Error, why),
            _ => (WorkloadState::Ok, ""),
        }
    }
}

/// How a node is called in an error.
pub(crate) fn node_name(node: NodeId) -> String {
    format!("node {node}")
}

/// An address of the range for documents (RFC 3849): it leads nowhere.
pub(crate) fn ipv6(node: NodeId, contract: ContractId) -> String {
    let number = (0x2001_0db8 << 96) | (u128::from(node) << 64) | u128::from(contract);
    Ipv6Addr::from(number).to_string()
}
