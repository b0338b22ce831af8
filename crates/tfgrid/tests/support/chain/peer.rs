//! The other end of a scenario: our ledger; or the real runtime, where `TFCHAIN_URL` says that
//! chopsticks listens. Both are told the same things in the same way.

use std::sync::{Arc, Mutex};

use grid::{Head, NodeDeployment, Plan, SignedBatch};
use serde_json::json;
use subxt::rpcs::client::{RpcClient, RpcParams};
use tfgrid::Identity;
use tfgrid::chain::{Call, Chain, Key, Payer, RelayHosts, Runtime};
use tfgrid::identity::Scheme;
use tokio::sync::{MutexGuard, OnceCell};

use super::endpoint::Endpoint;
use super::ledger::Ledger;
use super::{hexed, runtime_144, scale};

pub(crate) struct Peer {
    pub(crate) url: String,
    control: RpcClient,
    runtime: Runtime,
    /// The real one is there once, for all scenarios.
    _alone: MutexGuard<'static, ()>,
    _endpoint: Option<Endpoint>,
}

static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
static GRID: OnceCell<()> = OnceCell::const_new();

impl Peer {
    pub(crate) async fn new() -> Self {
        let alone = ALONE.lock().await;
        let (url, endpoint) = match std::env::var("TFCHAIN_URL") {
            Ok(url) => (url, None),
            Err(_) => {
                let ledger = Arc::new(Mutex::new(Ledger::new()));
                let endpoint = Endpoint::start(&ledger).await;
                (endpoint.url.clone(), Some(endpoint))
            }
        };
        let is_real = endpoint.is_none();
        let peer = Self {
            control: RpcClient::from_insecure_url(&url).await.unwrap(),
            url,
            runtime: runtime_144(),
            _alone: alone,
            _endpoint: endpoint,
        };
        if is_real {
            GRID.get_or_init(async || peer.set(&scale::grid()).await)
                .await;
        }
        peer.instant(true).await;
        peer
    }

    pub(crate) fn chain(&self) -> Chain {
        Chain::new([&self.url])
    }

    /// An account that nobody has had, with 100,000 TFT.
    pub(crate) async fn account(&self) -> Identity {
        self.account_of(&hexed(&random())).await
    }

    pub(crate) async fn account_of(&self, secret: &str) -> Identity {
        let identity = Identity::new(secret, Scheme::Sr25519).unwrap();
        let balance = scale::account(0, 1_000_000_000_000, 0);
        self.set(&[(Key::Account(identity.account()), balance)])
            .await;
        identity
    }

    /// Somebody who can pay: the terms accepted, a twin made.
    pub(crate) async fn payer(&self) -> Payer {
        let identity = self.account().await;
        Payer::new(self.with_twin(&identity).await, identity)
            .await
            .unwrap()
    }

    /// Accepts the terms and makes a twin for an account that is new.
    pub(crate) async fn with_twin(&self, identity: &Identity) -> Chain {
        let chain = self.chain();
        let relay = RelayHosts::new(["relay.grid.tf"]).unwrap();
        let terms = Call::accept_terms("https://a.b/c", "9021d4dee05a661e2cb6838152c67f25");
        let key = identity.message_key().public();
        let twin = Call::create_twin(Some(&relay), Some(&key));
        let both = Call::batch(&[terms.unwrap(), twin]);
        let signed = chain.sign(&both, identity, 0).await.unwrap();
        self.include(&chain, &signed).await;
        chain
    }

    /// Hands over, and waits for the block.
    pub(crate) async fn include(&self, chain: &Chain, signed: &SignedBatch) -> Head {
        let head = chain.head().await.unwrap();
        chain.submit(&signed.bytes).await.unwrap();
        chain.next_block(head.best).await.unwrap()
    }

    pub(crate) async fn set(&self, values: &[(Key, Vec<u8>)]) {
        let pair = |(key, value): &(Key, Vec<u8>)| {
            let key = self.runtime.key(key).unwrap();
            (hexed(&key), hexed(value))
        };
        let pairs: Vec<_> = values.iter().map(pair).collect();
        self.tell("dev_setStorage", json!(pairs)).await;
    }

    /// Whether each transaction makes a block.
    pub(crate) async fn instant(&self, is: bool) {
        let mode = if is { "Instant" } else { "Manual" };
        self.tell("dev_setBlockBuildMode", json!(mode)).await;
    }

    pub(crate) async fn new_blocks(&self, count: u64) {
        self.tell("dev_newBlock", json!({"count": count})).await;
    }

    async fn tell(&self, method: &str, param: serde_json::Value) {
        let mut params = RpcParams::new();
        params.push(param).unwrap();
        let _: serde_json::Value = self.control.request(method, params).await.unwrap();
    }
}

/// A plan that nobody has had: a name, and a deployment on each of the two nodes.
pub(crate) fn plan() -> Plan {
    let on = |node| NodeDeployment {
        node,
        hash: hex::encode(&random()[..16]),
        body: String::new(),
        data: String::new(),
    };
    Plan {
        name: Some(format!("test{}", hex::encode(&random()[..6]))),
        machine: on(1),
        gateway: on(2),
        marker: format!("marker-{}", hex::encode(&random()[..6])),
    }
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}
