//! The port's implementation: the ThreeFold Grid as a deployment engine sees it.
//!
//! [`ThreefoldGrid`] is chain, message bus, directory and verification service together, for one
//! account. It keeps nothing that matters: after a restart everything is looked up again.
//!
//! ```no_run
//! use tfgrid::identity::{Identity, Scheme};
//! use tfgrid::port::{Network, Settings, ThreefoldGrid};
//!
//! # async fn example(mnemonic: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let identity = Identity::new(mnemonic, Scheme::Sr25519)?;
//! let grid = ThreefoldGrid::connect(Settings::new(Network::Main), identity).await?;
//! # let _: &dyn grid::Grid = &grid;
//! # Ok(())
//! # }
//! ```

mod candidates;
mod checkup;
mod countries;
mod dns;
mod label;
mod memory;
mod networks;
mod nodes;
mod plan;
mod preflight;
mod prices;
mod twin;
mod wireguard;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use grid::{
    At, Blueprint, Call, Contract, ContractId, Found, Grid, GridError, Head, Inclusion,
    NodeDeployment, NodeId, Placement, Plan, PreflightError, Price, SignedBatch, Site, Want,
    Workload,
};

pub use candidates::Candidate;
pub use checkup::{Finding, checkup};
pub use dns::{Dns, SystemDns};
pub use networks::{Network, Settings};
pub use plan::{BACKEND_PORT, DISK, Ground, plan};
pub use twin::{Done, TERMS, Terms, TwinError, set_up_twin};

use crate::chain::{Chain, ChainError, Payer};
use crate::directory::Directory;
use crate::kyc::Kyc;
use crate::rmb::{self, BusError, Peers, RelayUrl, Remembered};
use crate::{Error, Identity, ServiceError, node};
use memory::Memory;

/// How long a twin's keys are believed; nodes do it for as long.
const KEYS_GOOD_FOR: Duration = Duration::from_secs(600);

/// The ThreeFold Grid, for one account.
pub struct ThreefoldGrid {
    payer: Payer,
    bus: rmb::Client,
    peers: Arc<dyn Peers>,
    directory: Directory,
    kyc: Kyc,
    dns: Arc<dyn Dns>,
    node_patience: node::Patience,
    memory: Memory,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The chain does not say who we are.
    #[error("{0}")]
    Chain(#[from] ChainError),
    /// An address or the platform's certificates.
    #[error("{0}")]
    Settings(#[from] Error),
    /// Nodes could not write to us.
    #[error(
        "twin {twin} has {has} on the chain; set relay and key of the twin, both at once, and give \
         nodes an hour to notice"
    )]
    Twin {
        /// Ours.
        twin: u32,
        /// What is wrong with it.
        has: &'static str,
    },
}

impl ThreefoldGrid {
    /// Looks our twin up, and starts to connect to relays.
    ///
    /// # Errors
    /// When the chain does not answer or the account has no twin that can be written to.
    pub async fn connect(
        settings: Settings,
        identity: impl Into<Arc<Identity>>,
    ) -> Result<Self, ConnectError> {
        let identity = identity.into();
        let chain = Chain::with_patience(&settings.chain, settings.chain_patience);
        let payer = Payer::new(chain.clone(), Arc::clone(&identity)).await?;
        let relays = relays(&payer, &settings).await?;
        let peers: Arc<dyn Peers> = Arc::new(Remembered::new(chain, KEYS_GOOD_FOR));
        let bus = rmb::Settings::new(identity, payer.twin(), relays, Arc::clone(&peers))?;
        Ok(Self {
            payer,
            bus: rmb::Client::start(bus)?,
            peers,
            directory: Directory::new(&as_strs(&settings.directory))?,
            kyc: Kyc::new(&as_strs(&settings.kyc))?,
            dns: settings.dns,
            node_patience: settings.node_patience,
            memory: Memory::default(),
        })
    }

    /// Who pays, and the chain.
    #[must_use]
    pub fn payer(&self) -> &Payer {
        &self.payer
    }

    /// The message bus.
    #[must_use]
    pub fn bus(&self) -> &rmb::Client {
        &self.bus
    }
}

#[async_trait]
impl Grid for ThreefoldGrid {
    fn twin(&self) -> u32 {
        self.payer.twin()
    }

    async fn name_is_free(&self, name: &str) -> Result<bool, GridError> {
        self.payer.name_is_free(name).await
    }

    async fn price(&self, want: &Want) -> Result<Option<Price>, GridError> {
        self.price_now(want).await.map(Some)
    }

    async fn has_room(&self, want: &Want) -> Result<bool, GridError> {
        let (machines, gateways) = tokio::try_join!(self.machines(want), self.gateways(want))?;
        Ok(!machines.is_empty() && !gateways.is_empty())
    }

    async fn candidates(&self, want: &Want) -> Result<Vec<Placement>, GridError> {
        self.placements(want).await
    }

    async fn preflight(&self, want: &Want, placement: &Placement) -> Result<(), PreflightError> {
        let ground = self.check(want, placement).await?;
        self.memory.set_ground(placement, ground);
        Ok(())
    }

    /// What the nodes said in the last preflight of this placement is an argument, too.
    fn plan(
        &self,
        blueprint: &Blueprint,
        placement: &Placement,
        seed: &[u8; 32],
    ) -> Result<Plan, GridError> {
        let Some(ground) = self.memory.ground(placement) else {
            let why = "they have not been asked yet; ask them before you plan";
            return Err(GridError::unreachable("the nodes", why));
        };
        plan(self.payer.twin(), blueprint, placement, &ground, seed)
    }

    async fn head(&self) -> Result<Head, GridError> {
        self.payer.head().await
    }

    async fn next_block(&self, after: u64) -> Result<Head, GridError> {
        self.payer.next_block(after).await
    }

    async fn sign(&self, calls: &[Call]) -> Result<SignedBatch, GridError> {
        self.payer.sign(calls).await
    }

    async fn submit(&self, batch: &SignedBatch) -> Result<(), GridError> {
        self.payer.submit(batch).await
    }

    async fn inclusion(&self, batch: &SignedBatch) -> Result<Option<Inclusion>, GridError> {
        self.payer.inclusion(batch).await
    }

    async fn find(&self, plan: &Plan, at: At) -> Result<Found, GridError> {
        self.payer.find(plan, at).await
    }

    async fn contracts(&self, marker_prefix: &str) -> Result<Vec<Contract>, GridError> {
        let mut all = self.payer.contracts("").await?;
        for contract in &mut all {
            contract.data = label::marker_of(&contract.data).unwrap_or_default();
        }
        all.retain(|contract| contract.data.starts_with(marker_prefix));
        Ok(all)
    }

    async fn deploy(
        &self,
        deployment: &NodeDeployment,
        contract: ContractId,
    ) -> Result<(), GridError> {
        self.send(deployment, contract).await
    }

    async fn workloads(
        &self,
        node: NodeId,
        contract: ContractId,
    ) -> Result<Vec<Workload>, GridError> {
        self.states(node, contract).await
    }

    fn site(&self, address: &str) -> Site {
        Site {
            url: format!("https://{address}"),
            dial: None,
        }
    }
}

/// Those that stand with our twin, which must have our key, too.
async fn relays(payer: &Payer, settings: &Settings) -> Result<Vec<RelayUrl>, ConnectError> {
    let wrong = |has| ConnectError::Twin {
        twin: payer.twin(),
        has,
    };
    let finalized = payer.chain().finalized().await?;
    let twin = finalized
        .twin(payer.twin())
        .await?
        .ok_or(wrong("vanished"))?;
    let key = payer.identity().message_key().public();
    if twin.key.as_deref() != Some(key.as_bytes().as_slice()) {
        return Err(wrong("no key for messages, or that of another account,"));
    }
    let hosts = match (settings.relays.as_slice(), twin.relay.as_deref()) {
        ([], None | Some("")) => return Err(wrong("no relay")),
        ([], Some(hosts)) => hosts.split('_').map(str::to_owned).collect(),
        (configured, _) => configured.to_vec(),
    };
    let relays = hosts.iter().map(|host| host.parse());
    Ok(relays.collect::<Result<_, _>>()?)
}

fn as_strs(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

/// A service's error in the port's words.
fn trouble(error: ServiceError) -> GridError {
    let who = match &error {
        ServiceError::Unreachable { service, .. }
        | ServiceError::Refused { service, .. }
        | ServiceError::NotUnderstood { service, .. } => format!("the {service}"),
    };
    match error.may_pass() {
        true => GridError::unreachable(who, error.to_string()),
        false => GridError::rejected(who, error.to_string()),
    }
}

/// A node's error in the port's words.
fn at_node(node: NodeId, error: &BusError) -> GridError {
    let who = format!("node {node}");
    match error.may_pass() {
        true => GridError::unreachable(who, error.to_string()),
        false => GridError::rejected(who, error.to_string()),
    }
}
