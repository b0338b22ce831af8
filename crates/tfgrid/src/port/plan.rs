//! From a blueprint, a placement and a seed to the two deployments. Pure: whoever repeats it gets the
//! same hashes, and pays for the same contracts.

use std::net::IpAddr;

use grid::{Blueprint, DomainKind, GridError, NodeDeployment, NodeId, Placement, Plan};

use super::label::Label;
use super::wireguard::Keys;
use crate::Error;
use crate::deployment::{
    Cidr, Compute, ContractData, Deployment, FqdnProxy, Hidden, Interface, MachineNetwork, Mount,
    NameProxy, Network, Peer, PublicIp, Volume, Workload, WorkloadData, Zmachine,
};

/// Where the machine's web server listens, in the private network.
pub const BACKEND_PORT: u16 = 80;

/// Where the machine's disk is.
pub const DISK: &str = "/data";

/// What the two nodes said of themselves, so far as a plan depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// How the machine's node reaches the gateway.
    pub gateway: IpAddr,
    /// The UDP ports that are taken on the machine's node.
    pub machine_ports: Vec<u16>,
    /// The UDP ports that are taken on the gateway's.
    pub gateway_ports: Vec<u16>,
}

/// Makes the plan, and checks it by every rule that is known here.
///
/// Both nodes are peers in a WireGuard network of this deployment alone, `10.x.0.0/16`. The machine's
/// node calls the gateway, which has a public address; the other way round there may be none.
///
/// # Errors
/// A rule that is broken, and what to do.
pub fn plan(
    twin: u32,
    blueprint: &Blueprint,
    placement: &Placement,
    ground: &Ground,
    seed: &[u8; 32],
) -> Result<Plan, GridError> {
    make(twin, blueprint, placement, ground, seed)
        .map_err(|error| GridError::rejected("the plan", error.to_string()))
}

fn make(
    twin: u32,
    blueprint: &Blueprint,
    placement: &Placement,
    ground: &Ground,
    seed: &[u8; 32],
) -> Result<Plan, Error> {
    if placement.node == placement.gateway {
        return Err(Error::Rule {
            at: format!("node {}", placement.node),
            remedy:
                "machine and gateway share a network, which one node cannot have twice; take two"
                    .into(),
        });
    }
    let want = &blueprint.want;
    let network = Private::new(seed, ground);
    let machine = vec![
        network.machine_side(),
        Workload::new(
            "ip",
            WorkloadData::Ip(PublicIp {
                v4: false,
                v6: true,
            }),
        ),
        Workload::new("data", WorkloadData::Zmount(Volume { size: want.disk })),
        network.machine(blueprint)?,
    ];
    let gateway = vec![network.gateway_side(), network.proxy(blueprint)];
    let label = |kind: &str| Label::new(kind, &want.name, &blueprint.marker);
    Ok(Plan {
        name: (want.domain_kind == DomainKind::GatewayName).then(|| want.name.clone()),
        machine: deployment(twin, placement.node, &label("vm"), machine)?,
        gateway: deployment(twin, placement.gateway, &label("gateway"), gateway)?,
        marker: blueprint.marker.clone(),
    })
}

fn deployment(
    twin: u32,
    node: NodeId,
    label: &Label,
    workloads: Vec<Workload>,
) -> Result<NodeDeployment, Error> {
    let data = ContractData::new(label.to_json())?;
    let deployment = Deployment {
        metadata: data.as_str().to_owned(),
        ..Deployment::new(twin, workloads)
    };
    deployment.check_new()?;
    let body = serde_json::to_string(&deployment);
    Ok(NodeDeployment {
        node,
        hash: deployment.hash().to_string(),
        body: body.map_err(|error| Error::Deployment(error.to_string()))?,
        data: data.as_str().to_owned(),
    })
}

/// The private network, all of it made of the seed.
struct Private<'a> {
    keys: Keys<'a>,
    ground: &'a Ground,
    name: String,
    /// The second number of its addresses.
    second: u8,
    gateway_port: u16,
}

/// The third number of the addresses on each side.
const MACHINE: u8 = 2;
const GATEWAY: u8 = 3;

impl<'a> Private<'a> {
    fn new(seed: &'a [u8; 32], ground: &'a Ground) -> Self {
        let keys = Keys::new(seed);
        Self {
            name: format!("net{}", hex::encode(&keys.bytes("network")[..6])),
            second: 1 + keys.bytes("range")[0] % 254,
            gateway_port: keys.port("gateway", &ground.gateway_ports),
            keys,
            ground,
        }
    }

    fn machine_side(&self) -> Workload {
        let port = self.keys.port("machine", &self.ground.machine_ports);
        let endpoint = std::net::SocketAddr::new(self.ground.gateway, self.gateway_port);
        self.side(
            "machine",
            MACHINE,
            port,
            self.peer("gateway", GATEWAY, endpoint.to_string()),
        )
    }

    fn gateway_side(&self) -> Workload {
        let calls_us = self.peer("machine", MACHINE, String::new());
        self.side("gateway", GATEWAY, self.gateway_port, calls_us)
    }

    fn side(&self, which: &str, third: u8, port: u16, peer: Peer) -> Workload {
        let data = WorkloadData::Network(Network {
            ip_range: Cidr::new([10, self.second, 0, 0], 16),
            subnet: self.subnet(third),
            wireguard_private_key: Hidden::from(self.keys.private(which).as_str()),
            wireguard_listen_port: port,
            peers: vec![peer],
            mycelium: None,
        });
        Workload {
            // The published clients read this of every network that they list.
            metadata: r#"{"version":3,"user_accesses":[]}"#.into(),
            ..Workload::new(&self.name, data)
        }
    }

    /// Routed are the other side's subnet and its own WireGuard address (zosbase:pkg/network).
    fn peer(&self, which: &str, third: u8, endpoint: String) -> Peer {
        let own = Cidr::new([100, 64, self.second, third], 32);
        Peer {
            subnet: self.subnet(third),
            wireguard_public_key: self.keys.public(which),
            allowed_ips: vec![self.subnet(third), own],
            endpoint,
        }
    }

    fn subnet(&self, third: u8) -> Cidr {
        Cidr::new([10, self.second, third, 0], 24)
    }

    /// The first address that is not the node's own.
    fn address(&self) -> [u8; 4] {
        [10, self.second, MACHINE, 2]
    }

    fn machine(&self, blueprint: &Blueprint) -> Result<Workload, Error> {
        let want = &blueprint.want;
        let cpu = u8::try_from(want.vcpu).map_err(|_| Error::Rule {
            at: "vcpu".into(),
            remedy: "take 1 to 32 processors".into(),
        })?;
        let env = blueprint.env.iter();
        let machine = Zmachine {
            flist: blueprint.flist.clone(),
            entrypoint: blueprint.entrypoint.clone(),
            env: env
                .map(|(name, value)| (name.clone(), value.as_str().into()))
                .collect(),
            compute_capacity: Compute {
                cpu,
                memory: want.memory,
            },
            mounts: vec![Mount {
                name: "data".into(),
                mountpoint: DISK.into(),
            }],
            network: MachineNetwork {
                public_ip: "ip".into(),
                interfaces: vec![Interface {
                    network: self.name.clone(),
                    ip: self.address().into(),
                }],
                ..MachineNetwork::default()
            },
            ..Zmachine::default()
        };
        Ok(Workload::new("vm", WorkloadData::Zmachine(machine)))
    }

    fn proxy(&self, blueprint: &Blueprint) -> Workload {
        let want = &blueprint.want;
        let [a, b, c, d] = self.address();
        let backends = vec![format!("http://{a}.{b}.{c}.{d}:{BACKEND_PORT}")];
        let network = Some(self.name.clone());
        let data = match want.domain_kind {
            DomainKind::GatewayName => WorkloadData::GatewayName(NameProxy {
                name: want.name.clone(),
                tls_passthrough: false,
                backends,
                network,
            }),
            DomainKind::GatewayFqdn => WorkloadData::GatewayFqdn(FqdnProxy {
                fqdn: format!("{}.{}", want.name, want.domain),
                tls_passthrough: false,
                backends,
                network,
            }),
        };
        Workload::new("web", data)
    }
}
