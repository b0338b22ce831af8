//! The production engine, its database and the real grid's client against a whole grid of ours, over
//! real sockets: ready or gone, paid once, nothing left behind, whatever fails on the way.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod faults;
mod service;

use std::sync::Arc;
use std::time::Duration;

use api::config::Config;
use api::engine::{Engine, Health, Hints, Line, Next, Patience, Probe};
use api::entropy::OsEntropy;
use api::offers::Image;
use api::secrets::Secrets;
use api::store::{Admission, NewDeployment, Record, SqliteStore, Store};
use async_trait::async_trait;
use devgrid::TokioClock;
use grid::Site;
use gridpeers::WholeGrid;
use order::OrderDraft;
use order::api::{FailureCode, State};
use tfgrid::node;
use tfgrid::port::ThreefoldGrid;

/// The one that is chosen first: it has most room.
const FIRST: usize = 0;

struct World {
    peers: WholeGrid,
    store: Arc<SqliteStore>,
    engine: Arc<Engine>,
    answer: Duration,
    _folder: tempfile::TempDir,
}

/// What runs in the machines is not played here.
struct Answers;

#[async_trait]
impl Probe for Answers {
    async fn ask(&self, address: &str, _: &str, site: &Site) -> Health {
        assert_eq!(site.url, format!("https://{address}"));
        Health {
            ping: true,
            name: true,
            host: true,
        }
    }
}

impl World {
    async fn new() -> Self {
        Self::with_patience(LONG, LONG).await
    }

    /// Gives up soon what a test wants unanswered.
    async fn impatient() -> Self {
        Self::with_patience(SOON, LONG).await
    }

    /// How long a node may take for an answer, and to have everything running.
    async fn with_patience(answer: Duration, machine: Duration) -> Self {
        let peers = WholeGrid::start("ava.tf").await;
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("db"), &OsEntropy).await;
        let store = Arc::new(store.unwrap());
        let engine = boot(&peers, &store, answer, machine).await;
        Self {
            peers,
            store,
            engine,
            answer,
            _folder: folder,
        }
    }

    /// The process dies and another one starts: what is not in the database or on the grid is lost.
    async fn restart(&mut self) {
        let machine = self.engine.patience.machine;
        self.engine = boot(&self.peers, &self.store, self.answer, machine).await;
    }

    async fn order(&self, id: &str, name: &str) {
        let draft: OrderDraft = serde_json::from_value(harness::client::order(name)).unwrap();
        let order = draft.parse(&self.engine.offers.catalogue).unwrap();
        let now = self.engine.clock.now_ms();
        let new = NewDeployment {
            record: Record::new(id.into(), "default".into(), &order, None, now),
            key: format!("key of {id}"),
            body_hash: String::new(),
            quarantined_since: u64::MAX,
            admission: Admission::default(),
        };
        self.store.create(new).await.unwrap();
        self.engine.hints.wanted(id);
    }

    async fn cancel(&self, id: &str) {
        self.store.request_cancel(id).await.unwrap();
        self.engine.hints.wanted(id);
    }

    async fn get(&self, id: &str) -> Record {
        self.store.get(id).await.unwrap().unwrap()
    }

    /// Does the next thing as the worker would: errors are tried again.
    async fn step(&self, id: &str) -> Next {
        match self.engine.reconcile(id).await {
            Ok(Next::In(wait)) => {
                self.engine.clock.sleep(wait).await;
                Next::Now
            }
            Ok(next) => next,
            Err(error) => {
                println!("trying again: {error}");
                self.engine.clock.sleep(self.engine.patience.backoff).await;
                Next::Now
            }
        }
    }

    /// An order, up to this state.
    async fn ordered_until(&self, state: State) -> Record {
        self.order("a", "myclub").await;
        loop {
            let record = self.get("a").await;
            if record.state == state {
                return record;
            }
            assert_ne!(self.step("a").await, Next::Done, "{record:?}");
        }
    }

    /// Until nothing is left to do.
    async fn finish(&self, id: &str) -> Record {
        while self.step(id).await != Next::Done {}
        self.get(id).await
    }

    async fn finish_ready(&self, id: &str) -> Record {
        let record = self.finish(id).await;
        assert_eq!(record.state, State::Ready, "{:?}", record.failure);
        record
    }

    async fn finish_failed(&self, id: &str) -> FailureCode {
        let record = self.finish(id).await;
        assert_eq!(record.state, State::Failed);
        record.failure.unwrap().code
    }

    /// How many contracts there are, and how many there ever were.
    fn contracts(&self) -> (usize, u64) {
        let chain = self.peers.chain();
        (chain.contracts().len(), chain.contracts_ever())
    }

    /// What the nodes have.
    fn deployments(&self) -> usize {
        let nodes = self.peers.machines.iter().chain([&self.peers.gateway]);
        nodes.map(|node| node.zos.contracts().len()).sum()
    }
}

/// Longer than any answer takes on a busy machine.
const LONG: Duration = Duration::from_secs(120);

/// What a test wants unanswered is waited for so long; all else is answered sooner.
const SOON: Duration = Duration::from_secs(8);

async fn boot(
    peers: &WholeGrid,
    store: &Arc<SqliteStore>,
    answer: Duration,
    machine: Duration,
) -> Arc<Engine> {
    let mut settings = peers.settings();
    settings.node_patience = node::Patience {
        look: LONG,
        deploy: answer,
    };
    let grid = ThreefoldGrid::connect(settings, peers.identity()).await;
    let mut offers = Config::default().offers();
    offers.image = Image {
        flist: "https://hub.grid.tf/gridtube/peertube.flist".into(),
        entrypoint: "/sbin/gridtube-instance".into(),
    };
    Arc::new(Engine {
        grid: Arc::new(grid.unwrap()),
        store: Arc::clone(store) as _,
        clock: Arc::new(TokioClock::new()),
        entropy: Arc::new(OsEntropy),
        probe: Arc::new(Answers),
        secrets: Arc::new(Secrets::from_key(&[7; 32])),
        offers: Arc::new(offers),
        hints: Hints::default(),
        meters: Arc::default(),
        line: Line::default(),
        patience: Patience {
            poll: Duration::from_millis(20),
            backoff: Duration::from_millis(20),
            machine,
            ..Patience::default()
        },
    })
}
