//! What can be asked of a node, over the bus (zosbase:pkg/zos_api).
//!
//! A node's twin is not its number: take [`crate::chain::Node::twin`], or the directory's `twinId`.
//! Deployments hold secrets, so they are sent encrypted or not at all.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::deployment::{Cidr, Deployment, Ip, Workload, nullable};
use crate::rmb::{BusError, Client, Manner, Refusal};

/// The node asks the verification service before it takes a deployment, up to six times with longer
/// and longer pauses.
const DEPLOY: Manner = Manner::LOOK.within(Duration::from_secs(60)).sealed();

/// How long a node may take to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// What changes nothing.
    pub look: Duration,
    /// What is deployed or updated.
    pub deploy: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            look: Manner::LOOK.deadline,
            deploy: DEPLOY.deadline,
        }
    }
}

/// A node, by its twin.
#[derive(Clone)]
pub struct Node {
    bus: Client,
    twin: u32,
    patience: Patience,
}

/// What became of a deployment that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The node has stored it. Whether it agrees with the contract is looked at later: see the
    /// workloads.
    Now,
    /// The node has had one of this contract before; this one was not looked at.
    Before,
}

/// The node's software.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Version {
    /// Zero-OS.
    pub zos: String,
    /// Its process manager.
    #[serde(default)]
    pub zinit: String,
}

/// An amount of what nodes have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Capacity {
    /// Processors.
    pub cru: u64,
    /// Memory, bytes.
    pub mru: u64,
    /// SSD, bytes.
    pub sru: u64,
    /// Hard disk, bytes.
    pub hru: u64,
    /// Public IPv4 addresses.
    pub ipv4u: u64,
}

/// How full the node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Statistics {
    /// All there is.
    pub total: Capacity,
    /// What is taken, the node's own share included.
    pub used: Capacity,
    /// The node's own share.
    pub system: Capacity,
}

impl Statistics {
    /// What is left. Processors are shared, so those of others do not count.
    #[must_use]
    pub fn free(&self) -> Capacity {
        let (total, used) = (&self.total, &self.used);
        Capacity {
            cru: total.cru,
            mru: total.mru.saturating_sub(used.mru),
            sru: total.sru.saturating_sub(used.sru),
            hru: total.hru.saturating_sub(used.hru),
            ipv4u: total.ipv4u.saturating_sub(used.ipv4u),
        }
    }
}

/// A disk of the node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pool {
    /// The node's name for it.
    pub name: String,
    /// `ssd` or `hdd`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Bytes.
    pub size: u64,
    /// Bytes.
    pub used: u64,
}

/// How the world reaches a gateway. What is not there is none, or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct PublicConfig {
    /// IPv4 with its network.
    #[serde(deserialize_with = "nullable")]
    pub ipv4: Cidr,
    /// IPv6 with its network.
    #[serde(deserialize_with = "nullable")]
    pub ipv6: Cidr,
    /// The IPv4 router.
    #[serde(deserialize_with = "nullable")]
    pub gw4: Ip,
    /// The IPv6 router.
    #[serde(deserialize_with = "nullable")]
    pub gw6: Ip,
    /// The domain under which names are served.
    #[serde(deserialize_with = "nullable")]
    pub domain: String,
}

/// One of our deployments on a node, in short: the long form may hold kinds of workloads that this
/// client does not know.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Listed {
    /// Its contract.
    pub contract_id: u64,
    /// How often it was updated.
    pub version: u32,
    /// Its free text.
    #[serde(default, deserialize_with = "nullable")]
    pub metadata: String,
}

impl Node {
    /// Asks nothing yet.
    #[must_use]
    pub fn new(bus: Client, twin: u32) -> Self {
        Self {
            bus,
            twin,
            patience: Patience::default(),
        }
    }

    /// The same, with other deadlines.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// The node's twin.
    #[must_use]
    pub fn twin(&self) -> u32 {
        self.twin
    }

    /// Which software it runs. The cheapest question: who answers is there.
    ///
    /// # Errors
    /// [`BusError`], as with each of these.
    pub async fn version(&self) -> Result<Version, BusError> {
        self.look("zos.system.version", Value::Null).await
    }

    /// What it can run: names of kinds of workloads, and `wireguard`, `mycelium`, `ipv4` …
    ///
    /// # Errors
    /// [`BusError`].
    pub async fn features(&self) -> Result<Vec<String>, BusError> {
        self.look("zos.system.node_features_get", Value::Null).await
    }

    /// How full it is.
    ///
    /// # Errors
    /// [`BusError`].
    pub async fn statistics(&self) -> Result<Statistics, BusError> {
        self.look("zos.statistics.get", Value::Null).await
    }

    /// Its disks.
    ///
    /// # Errors
    /// [`BusError`].
    pub async fn pools(&self) -> Result<Vec<Pool>, BusError> {
        self.list_of("zos.storage.pools", Value::Null).await
    }

    /// The UDP ports that WireGuard networks have taken.
    ///
    /// # Errors
    /// [`BusError`].
    pub async fn wireguard_ports(&self) -> Result<Vec<u16>, BusError> {
        self.list_of("zos.network.list_wg_ports", Value::Null).await
    }

    /// Whether machines on it can have public IPv6 addresses.
    ///
    /// # Errors
    /// [`BusError`].
    pub async fn has_ipv6(&self) -> Result<bool, BusError> {
        let has = self.look("zos.network.has_ipv6", Value::Null).await;
        // A node without answers with an error instead of `false`.
        otherwise(has, false, "no public ipv6 found")
    }

    /// How the world reaches it, if it is a gateway.
    ///
    /// # Errors
    /// [`BusError`].
    pub async fn public_config(&self) -> Result<Option<PublicConfig>, BusError> {
        let config = self
            .look("zos.network.public_config_get", Value::Null)
            .await;
        otherwise(config, None, "no public config")
    }

    /// The private addresses that are taken in one of our networks.
    ///
    /// # Errors
    /// [`BusError`].
    pub async fn private_ips(&self, network: &str) -> Result<Vec<Ip>, BusError> {
        let question = json!({ "network_name": network });
        self.list_of("zos.network.list_private_ips", question).await
    }

    /// Sends a new deployment, signed and with its contract. To send the same one again does no
    /// harm. A node that cannot be reached or says no leaves a contract that costs.
    ///
    /// # Errors
    /// [`BusError`]. After [`BusError::Silent`] the node may have it.
    pub async fn deploy(&self, deployment: &Deployment) -> Result<Taken, BusError> {
        let command = "zos.deployment.deploy";
        let manner = DEPLOY.within(self.patience.deploy);
        let answer = self.bus.ask(self.twin, command, deployment, manner).await;
        match answer {
            Ok(Nothing) => Ok(Taken::Now),
            Err(BusError::Refused(Refusal::Exists)) => Ok(Taken::Before),
            Err(error) => Err(error),
        }
    }

    /// Sends the next version of a deployment, after its contract on the chain was updated. It is
    /// sent once: the node refuses a version that it has.
    ///
    /// # Errors
    /// [`BusError`]. After [`BusError::Silent`] look which version [`Node::get`] has.
    pub async fn update(&self, deployment: &Deployment) -> Result<(), BusError> {
        let command = "zos.deployment.update";
        let manner = DEPLOY.within(self.patience.deploy).once();
        let Nothing = self.bus.ask(self.twin, command, deployment, manner).await?;
        Ok(())
    }

    /// A deployment of ours as it stands, with its results; `None` when the node has none of that
    /// contract (yet).
    ///
    /// # Errors
    /// [`BusError`].
    pub async fn get(&self, contract: u64) -> Result<Option<Deployment>, BusError> {
        let question = json!({ "contract_id": contract });
        if_found(self.look("zos.deployment.get", question).await)
    }

    /// All that happened to a deployment's workloads, oldest first: a workload comes up once for
    /// each change of its state. `None` when the node has none of that contract (yet).
    ///
    /// # Errors
    /// [`BusError`].
    pub async fn changes(&self, contract: u64) -> Result<Option<Vec<Workload>>, BusError> {
        let question = json!({ "contract_id": contract });
        if_found(self.list_of("zos.deployment.changes", question).await)
    }

    /// Our deployments that are not over.
    ///
    /// # Errors
    /// [`BusError`].
    pub async fn list(&self) -> Result<Vec<Listed>, BusError> {
        self.list_of("zos.deployment.list", Value::Null).await
    }

    async fn look<A: serde::de::DeserializeOwned>(
        &self,
        command: &str,
        question: Value,
    ) -> Result<A, BusError> {
        let manner = Manner::LOOK.within(self.patience.look);
        self.bus.ask(self.twin, command, &question, manner).await
    }

    /// Go writes an empty list as `null`.
    async fn list_of<A: serde::de::DeserializeOwned>(
        &self,
        command: &str,
        question: Value,
    ) -> Result<Vec<A>, BusError> {
        let list: Option<Vec<A>> = self.look(command, question).await?;
        Ok(list.unwrap_or_default())
    }
}

/// `null`, which is what a node says when it has done something. Anything else is as good.
struct Nothing;

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(from).map(|_| Self)
    }
}

fn if_found<T>(answer: Result<T, BusError>) -> Result<Option<T>, BusError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(BusError::Refused(Refusal::NotFound)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What an error with these words stands for.
fn otherwise<T>(answer: Result<T, BusError>, value: T, words: &str) -> Result<T, BusError> {
    match answer {
        Err(BusError::Refused(Refusal::Other { text, .. })) if text.contains(words) => Ok(value),
        other => other,
    }
}
