//! A small world in virtual time: development grid, store in memory, engine.

use std::{sync::Arc, time::Duration};

use api::{
    config::Config,
    engine::{Engine, Health, Hints, Next, Patience, Probe},
    entropy::OsEntropy,
    secrets::Secrets,
    store::{Admission, Created, MemoryStore, NewDeployment, Record, Store},
};
use async_trait::async_trait;
use devgrid::{ContractView, DevGrid, DevGridConfig, Faults, TokioClock};
use grid::{Clock, Grid, Site};
use order::{OrderDraft, api::State};

/// Virtual time ends a test that never would.
pub const FOREVER: u64 = 4 * 60 * 60 * 1000;

pub mod cut;

use cut::{CutGrid, CutStore, Fuse};

pub struct World {
    /// Stops the world when it is lit and burnt.
    pub fuse: Arc<Fuse>,
    pub grid: Arc<DevGrid>,
    pub engine: Arc<Engine>,
    pub store: Arc<MemoryStore>,
    pub clock: Arc<TokioClock>,
}

/// Asks the grid instead of a socket: in virtual time nobody waits for sockets.
struct InProcess(Arc<DevGrid>);

#[async_trait]
impl Probe for InProcess {
    async fn ask(&self, address: &str, name: &str, _: &Site) -> Health {
        let instance = self.0.answers(address);
        let name = instance.as_ref().is_some_and(|i| i.name == name);
        Health {
            ping: instance.is_some(),
            name,
            host: instance.is_some(),
        }
    }
}

impl World {
    pub fn new(config: DevGridConfig) -> Self {
        let clock = Arc::new(TokioClock::starting_at(1_800_000_000_000));
        let grid = DevGrid::start(config, Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        let store = Arc::new(MemoryStore::default());
        let fuse = Arc::new(Fuse::default());
        let engine = Arc::new(Engine {
            grid: Arc::new(CutGrid {
                inner: Arc::clone(&grid),
                fuse: Arc::clone(&fuse),
            }),
            store: Arc::new(CutStore {
                inner: Arc::clone(&store),
                fuse: Arc::clone(&fuse),
            }),
            clock: Arc::clone(&clock) as _,
            entropy: Arc::new(OsEntropy),
            probe: Arc::new(InProcess(Arc::clone(&grid))),
            secrets: Arc::new(Secrets::from_key(&[7; 32])),
            offers: Arc::new(Config::default().offers()),
            hints: Hints::default(),
            patience: Patience::default(),
        });
        Self {
            fuse,
            grid,
            engine,
            store,
            clock,
        }
    }

    pub fn with_faults(faults: Faults) -> Self {
        Self::new(DevGridConfig {
            faults,
            ..DevGridConfig::default()
        })
    }

    pub async fn order(&self, id: &str, name: &str) -> Record {
        let order = draft(name).parse(&self.engine.offers.catalogue).unwrap();
        let record = Record::new(
            id.into(),
            "default".into(),
            &order,
            None,
            self.clock.now_ms(),
        );
        let new = NewDeployment {
            record,
            key: format!("key of {id}"),
            body_hash: String::new(),
            quarantined_since: u64::MAX,
            admission: Admission::default(),
        };
        match self.store.create(new).await.unwrap() {
            Created::New(record) => record,
            other => panic!("{other:?}"),
        }
    }

    pub async fn get(&self, id: &str) -> Record {
        self.store.get(id).await.unwrap().unwrap()
    }

    /// Does the next thing as the worker would: errors are tried again.
    pub async fn step(&self, id: &str) -> Next {
        match self.engine.reconcile(id).await {
            Ok(Next::In(wait)) => {
                self.clock.sleep(wait).await;
                Next::Now
            }
            Ok(next) => next,
            Err(_) => {
                self.clock.sleep(Duration::from_secs(5)).await;
                Next::Now
            }
        }
    }

    /// Works until nothing is left to do, or the world stops. Whether it stopped.
    pub async fn run_until_cut(&self, id: &str, points: u64) -> bool {
        self.fuse.light(points);
        tokio::select! {
            () = self.fuse.burnt() => true,
            _ = self.finish(id) => {
                self.fuse.light(0);
                false
            }
        }
    }

    /// Until it is in this state; panics when it ends or takes hours before.
    pub async fn until(&self, id: &str, state: State) -> Record {
        let start = self.clock.now_ms();
        loop {
            let record = self.get(id).await;
            if record.state == state {
                return record;
            }
            assert!(
                self.clock.now_ms() - start < FOREVER,
                "still {:?}",
                record.state
            );
            let next = self.step(id).await;
            let after = self.get(id).await;
            assert!(
                next != Next::Done || after.state == state,
                "ended {after:?}"
            );
        }
    }

    /// Until nothing is left to do.
    pub async fn finish(&self, id: &str) -> Record {
        let start = self.clock.now_ms();
        while self.step(id).await != Next::Done {
            assert!(
                self.clock.now_ms() - start < FOREVER,
                "{:?}",
                self.get(id).await.state
            );
        }
        self.get(id).await
    }

    /// Our contracts that live now.
    pub fn contracts(&self) -> Vec<ContractView> {
        let twin = self.grid.twin();
        let mut contracts = self.grid.ledger().contracts;
        contracts.retain(|c| c.twin == twin);
        contracts
    }

    /// How many of our contracts live now.
    pub fn ours(&self) -> usize {
        self.contracts().len()
    }

    /// Every contract there ever was, of ours.
    pub fn ever(&self) -> usize {
        let twin = self.grid.twin();
        self.grid
            .history()
            .iter()
            .filter(|c| c.twin == twin)
            .count()
    }
}

pub fn draft(name: &str) -> OrderDraft {
    OrderDraft {
        size: "small".into(),
        location: "ghent".into(),
        name: name.into(),
        domain: "ava.tf".into(),
        git_url: None,
        ssh_key: None,
        private: false,
        p2p: true,
        admin_email: None,
    }
}
