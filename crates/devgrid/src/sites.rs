//! What a browser would find at a host name now.

use grid::{ContractId, NodeId};

use crate::{
    body::{Gateway, Machine},
    nodes::{Deployed, ipv6},
    state::State,
};

/// An instance that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its host name on the grid: `myclub.ava.tf`.
    pub address: String,
    /// What it calls itself: `instance.name` of `/api/v1/config`.
    pub name: String,
    /// Virtual processors.
    pub vcpu: u16,
    /// Memory, bytes.
    pub memory: u64,
    /// Disk, bytes.
    pub disk: u64,
    /// The machine image.
    pub flist: String,
    /// The machine's node.
    pub node: NodeId,
    /// The gateway's node.
    pub gateway: NodeId,
    /// The machine's public address.
    pub ipv6: String,
}

/// What a browser would find.
pub(crate) enum Answer {
    /// The gateway has no such host.
    Nothing,
    /// The gateway has it, and nobody answers behind it yet.
    Starting,
    /// The instance.
    Running(Box<Instance>),
}

impl State {
    /// What a browser would find at a host name now.
    pub(crate) fn answer(&self, address: &str) -> Answer {
        let Some((front, proxy)) = self.proxy(address) else {
            return Answer::Nothing;
        };
        match self.backend(proxy) {
            Some((contract, deployed, machine))
                if front.is_up(self.time) && deployed.is_booted(self.time) =>
            {
                Answer::Running(Box::new(Instance {
                    address: address.to_owned(),
                    name: machine.instance.clone(),
                    vcpu: machine.vcpu,
                    memory: machine.memory,
                    disk: deployed.body.takes().1,
                    flist: machine.flist.clone(),
                    node: deployed.node,
                    gateway: front.node,
                    ipv6: ipv6(deployed.node, contract),
                }))
            }
            _ => Answer::Starting,
        }
    }

    /// The live proxy for a host name.
    pub(crate) fn proxy(&self, address: &str) -> Option<(&Deployed, &Gateway)> {
        self.live().find_map(|(_, deployed)| {
            let gateway = deployed.body.gateway()?;
            (gateway.address() == address).then_some((deployed, gateway))
        })
    }

    /// The live machine that a proxy leads to.
    fn backend(&self, proxy: &Gateway) -> Option<(ContractId, &Deployed, &Machine)> {
        self.live().find_map(|(contract, deployed)| {
            let machine = deployed.body.machine()?;
            let leads_here = machine.network == proxy.network
                && proxy.backend == format!("http://{}:80", machine.ip);
            leads_here.then_some((contract, deployed, machine))
        })
    }

    fn live(&self) -> impl Iterator<Item = (ContractId, &Deployed)> {
        self.deployments
            .iter()
            .filter(|(id, d)| d.takes_room() && self.ledger.live(**id, self.ledger.block).is_some())
            .map(|(id, deployed)| (*id, deployed))
    }
}
