//! A workload: one thing that a deployment runs.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::json::{Once, read_fields};

use super::reading;
use super::{FqdnProxy, NameProxy, Network, WorkloadResult, Zmachine, ZmachineLight};

/// One thing that a deployment runs (zosbase:pkg/gridtypes/workload.go).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Once", into = "Raw")]
pub struct Workload {
    /// The deployment's version at which it was added or last changed.
    pub version: u32,
    /// 1 to 36 of `a-z A-Z 0-9 _`, unique in the deployment. A network's name is unique among all
    /// of a twin's networks on a node.
    pub name: String,
    /// Free text, hashed.
    pub metadata: String,
    /// Free text, hashed.
    pub description: String,
    /// Its kind and what is wanted.
    pub data: WorkloadData,
    /// What came of it, said by the node. Not hashed.
    pub result: Option<WorkloadResult>,
}

impl Workload {
    /// A workload of a first version, without texts.
    #[must_use]
    pub fn new(name: impl Into<String>, data: WorkloadData) -> Self {
        Self {
            version: 0,
            name: name.into(),
            metadata: String::new(),
            description: String::new(),
            data,
            result: None,
        }
    }
}

/// What is wanted, by kind. Kinds that nodes know and this client does not: `zdb`, `qsfs`, and
/// others of older nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkloadData {
    /// A private network.
    Network(Network),
    /// A private network on a light node. Same fields.
    NetworkLight(Network),
    /// A virtual machine.
    Zmachine(Zmachine),
    /// A virtual machine on a light node: no public addresses there.
    ZmachineLight(ZmachineLight),
    /// An SSD disk, to be mounted by a machine.
    Zmount(Volume),
    /// A directory, to be mounted by a container.
    Volume(Volume),
    /// Public addresses for one machine.
    Ip(PublicIp),
    /// A name under the gateway's domain, served by it.
    GatewayName(NameProxy),
    /// A foreign domain, served by a gateway.
    GatewayFqdn(FqdnProxy),
    /// A stream of a machine's log.
    Zlogs(Zlogs),
}

/// The kinds of workloads, without their data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `network`
    Network,
    /// `network-light`
    NetworkLight,
    /// `zmachine`
    Zmachine,
    /// `zmachine-light`
    ZmachineLight,
    /// `zmount`
    Zmount,
    /// `volume`
    Volume,
    /// `ip`
    Ip,
    /// `gateway-name-proxy`
    GatewayName,
    /// `gateway-fqdn-proxy`
    GatewayFqdn,
    /// `zlogs`
    Zlogs,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 10] = [
        Kind::Network,
        Kind::NetworkLight,
        Kind::Zmachine,
        Kind::ZmachineLight,
        Kind::Zmount,
        Kind::Volume,
        Kind::Ip,
        Kind::GatewayName,
        Kind::GatewayFqdn,
        Kind::Zlogs,
    ];

    /// The name on the wire, which is also hashed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Network => "network",
            Kind::NetworkLight => "network-light",
            Kind::Zmachine => "zmachine",
            Kind::ZmachineLight => "zmachine-light",
            Kind::Zmount => "zmount",
            Kind::Volume => "volume",
            Kind::Ip => "ip",
            Kind::GatewayName => "gateway-name-proxy",
            Kind::GatewayFqdn => "gateway-fqdn-proxy",
            Kind::Zlogs => "zlogs",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl WorkloadData {
    /// Which kind it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            WorkloadData::Network(_) => Kind::Network,
            WorkloadData::NetworkLight(_) => Kind::NetworkLight,
            WorkloadData::Zmachine(_) => Kind::Zmachine,
            WorkloadData::ZmachineLight(_) => Kind::ZmachineLight,
            WorkloadData::Zmount(_) => Kind::Zmount,
            WorkloadData::Volume(_) => Kind::Volume,
            WorkloadData::Ip(_) => Kind::Ip,
            WorkloadData::GatewayName(_) => Kind::GatewayName,
            WorkloadData::GatewayFqdn(_) => Kind::GatewayFqdn,
            WorkloadData::Zlogs(_) => Kind::Zlogs,
        }
    }

    fn from_parts(kind: Kind, data: Value) -> Result<Self, String> {
        fn read<T: DeserializeOwned>(data: Value) -> Result<T, String> {
            read_fields("data", data)
        }
        Ok(match kind {
            Kind::Network => WorkloadData::Network(read(data)?),
            Kind::NetworkLight => WorkloadData::NetworkLight(read(data)?),
            Kind::Zmachine => WorkloadData::Zmachine(read(data)?),
            Kind::ZmachineLight => WorkloadData::ZmachineLight(read(data)?),
            Kind::Zmount => WorkloadData::Zmount(read(data)?),
            Kind::Volume => WorkloadData::Volume(read(data)?),
            Kind::Ip => WorkloadData::Ip(read(data)?),
            Kind::GatewayName => WorkloadData::GatewayName(read(data)?),
            Kind::GatewayFqdn => WorkloadData::GatewayFqdn(read(data)?),
            Kind::Zlogs => WorkloadData::Zlogs(read(data)?),
        })
    }

    fn to_value(&self) -> serde_json::Result<Value> {
        use serde_json::to_value as write;
        match self {
            WorkloadData::Network(data) | WorkloadData::NetworkLight(data) => write(data),
            WorkloadData::Zmachine(data) => write(data),
            WorkloadData::ZmachineLight(data) => write(data),
            WorkloadData::Zmount(data) | WorkloadData::Volume(data) => write(data),
            WorkloadData::Ip(data) => write(data),
            WorkloadData::GatewayName(data) => write(data),
            WorkloadData::GatewayFqdn(data) => write(data),
            WorkloadData::Zlogs(data) => write(data),
        }
    }
}

/// Storage of a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Volume {
    /// Bytes.
    pub size: u64,
}

/// Public addresses for one machine (zosbase:pkg/gridtypes/zos/ipv4.go).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PublicIp {
    /// One of the addresses that the contract has reserved. Costs money.
    pub v4: bool,
    /// An address of the node's public /64, made from the machine's hardware address. Free; wants a
    /// node that has public IPv6.
    pub v6: bool,
}

/// A stream of a machine's log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Zlogs {
    /// The machine's name, in the same deployment.
    pub zmachine: String,
    /// Where to: a `redis`, `ws` or `wss` URL.
    pub output: String,
}

/// A workload as it stands in JSON.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Raw {
    version: u32,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    data: Value,
    metadata: String,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<WorkloadResult>,
}

impl TryFrom<Once> for Workload {
    type Error = String;

    fn try_from(Once(value): Once) -> Result<Self, String> {
        let raw: Raw = read_fields("", reading::workload(value)?)?;
        let (name, kind) = (&raw.name, &raw.kind);
        let kind = Kind::ALL.into_iter().find(|known| known.name() == *kind);
        let kind = kind.ok_or_else(|| {
            let known = Kind::ALL.map(Kind::name).join(", ");
            format!("workload `{name}`: type `{}` is none of {known}", raw.kind)
        })?;
        let data = match raw.data {
            Value::Null => Value::Object(Map::new()),
            data => data,
        };
        let data = WorkloadData::from_parts(kind, data);
        Ok(Self {
            data: data.map_err(|why| format!("workload `{name}`, {kind}: {why}"))?,
            version: raw.version,
            name: raw.name,
            metadata: raw.metadata,
            description: raw.description,
            result: raw.result,
        })
    }
}

impl From<Workload> for Raw {
    fn from(workload: Workload) -> Self {
        Self {
            version: workload.version,
            kind: workload.data.kind().name().to_owned(),
            // Texts, numbers and lists only: this cannot fail.
            data: workload.data.to_value().unwrap_or_default(),
            name: workload.name,
            metadata: workload.metadata,
            description: workload.description,
            result: workload.result,
        }
    }
}
