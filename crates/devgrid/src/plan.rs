//! From a blueprint, a placement and a seed to everything that is hashed. Pure.

use std::collections::BTreeMap;

use grid::{Blueprint, DomainKind, GridError, NodeDeployment, NodeId, Placement, Plan};

use crate::{
    DevGridConfig,
    body::{Body, Gateway, Machine, Peer, Spec},
    hash,
};

/// Makes the plan.
///
/// # Errors
/// When the placement or the marker does not fit this grid.
pub(crate) fn plan(
    blueprint: &Blueprint,
    placement: &Placement,
    seed: &[u8; 32],
    config: &DevGridConfig,
) -> Result<Plan, GridError> {
    if config.node(placement.node).is_none() {
        return Err(unknown("node", placement.node));
    }
    if config.gateway(placement.gateway).is_none() {
        return Err(unknown("gateway", placement.gateway));
    }
    if blueprint.marker.len() > 512 {
        let why = "a contract's marker has 512 bytes at most";
        return Err(GridError::rejected("the chain", why));
    }

    let keys = Keys { seed };
    let network = Network {
        name: format!("net{}", keys.hex("network", 5)),
        second: 1 + keys.hash("range")[0] % 254,
    };
    let body = |workloads| Body {
        version: 0,
        twin: config.twin,
        metadata: blueprint.marker.clone(),
        workloads,
    };
    let machine = vec![
        network.end(&keys, 2, "machine", 3, "gateway"),
        Spec::Ip {
            name: "ip".to_owned(),
            v6: true,
        },
        Spec::Disk {
            name: "data".to_owned(),
            size: blueprint.want.disk,
        },
        Spec::Machine(network.machine(blueprint)),
    ];
    let gateway = vec![
        network.end(&keys, 3, "gateway", 2, "machine"),
        Spec::Gateway(network.gateway(blueprint)),
    ];
    let want = &blueprint.want;
    Ok(Plan {
        name: (want.domain_kind == DomainKind::GatewayName).then(|| want.name.clone()),
        machine: deployment(placement.node, &body(machine))?,
        gateway: deployment(placement.gateway, &body(gateway))?,
        marker: blueprint.marker.clone(),
    })
}

fn unknown(what: &str, id: NodeId) -> GridError {
    GridError::rejected("the directory", format!("there is no {what} {id}"))
}

fn deployment(node: NodeId, body: &Body) -> Result<NodeDeployment, GridError> {
    let body = serde_json::to_string(body)
        .map_err(|error| GridError::rejected("the plan", error.to_string()))?;
    Ok(NodeDeployment {
        node,
        hash: hash::deployment(&body),
        body,
        data: String::new(),
    })
}

/// Keys that come from the seed alone.
struct Keys<'a> {
    seed: &'a [u8; 32],
}

impl Keys<'_> {
    fn hash(&self, label: &str) -> [u8; 32] {
        hash::digest(&[b"devgrid key", self.seed, label.as_bytes()])
    }

    fn hex(&self, label: &str, bytes: usize) -> String {
        hash::hex(&self.hash(label)[..bytes])
    }

    fn private(&self, end: &str) -> String {
        self.hex(end, 32)
    }

    /// Nobody speaks WireGuard here, so a hash of the private key will do.
    fn public(&self, end: &str) -> String {
        hash::hex(&hash::digest(&[b"public", self.private(end).as_bytes()]))
    }
}

/// The private network between gateway and machine, `10.x.0.0/16`.
struct Network {
    name: String,
    second: u8,
}

impl Network {
    fn end(&self, keys: &Keys<'_>, third: u8, own: &str, peer: u8, other: &str) -> Spec {
        let port = keys.hash("port");
        Spec::Network {
            name: self.name.clone(),
            ip_range: format!("10.{}.0.0/16", self.second),
            subnet: format!("10.{}.{third}.0/24", self.second),
            private_key: keys.private(own),
            listen_port: 2_000 + u16::from_be_bytes([port[0] % 16, port[1]]),
            peers: vec![Peer {
                subnet: format!("10.{}.{peer}.0/24", self.second),
                public_key: keys.public(other),
            }],
        }
    }

    fn ip(&self) -> String {
        format!("10.{}.2.2", self.second)
    }

    fn machine(&self, blueprint: &Blueprint) -> Machine {
        Machine {
            name: "vm".to_owned(),
            instance: blueprint.want.name.clone(),
            flist: blueprint.flist.clone(),
            entrypoint: blueprint.entrypoint.clone(),
            vcpu: blueprint.want.vcpu,
            memory: blueprint.want.memory,
            network: self.name.clone(),
            ip: self.ip(),
            public_ip: "ip".to_owned(),
            mounts: BTreeMap::from([("data".to_owned(), "/data".to_owned())]),
            env: blueprint.env.clone(),
        }
    }

    fn gateway(&self, blueprint: &Blueprint) -> Gateway {
        Gateway {
            name: "web".to_owned(),
            kind: blueprint.want.domain_kind,
            prefix: blueprint.want.name.clone(),
            domain: blueprint.want.domain.clone(),
            network: self.name.clone(),
            backend: format!("http://{}:80", self.ip()),
        }
    }
}
