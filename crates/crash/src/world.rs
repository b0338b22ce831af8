//! A small world in virtual time: a grid, a disk, and processes that come and go.

use std::sync::{Arc, OnceLock};

use api::{
    config::Config,
    engine::{Engine, Hints, Line, Patience},
    offers::Offers,
    secrets::Secrets,
    store::{Admission, Created, NewDeployment, Record, StoreError},
};
use devgrid::{ContractView, DevGrid, DevGridConfig, TokioClock};
use grid::{Clock, DomainKind, Grid};
use order::OrderDraft;

use crate::{
    Fuse,
    cut::{CutClock, CutGrid, CutProbe, CutStore, Disk},
    link::{Chances, Link, Nerves},
    rng::Seeded,
};

/// When every world begins, milliseconds since 1970.
const BEGINNING: u64 = 1_800_000_000_000;

/// The domain of the tests that is served by full name: no name contract is made for it.
pub const BY_FULL_NAME: &str = "refit.earth";

/// Everything that outlives a process.
pub struct World {
    /// The grid.
    pub grid: Arc<DevGrid>,
    /// What is written.
    pub disk: Arc<Disk>,
    /// The true time; a process's own clock may be another.
    pub clock: Arc<TokioClock>,
    /// What goes wrong on the way.
    pub nerves: Arc<Nerves>,
    /// How many deployments are prepared at once: one, so that every run waits for that.
    pub places: usize,
    config: DevGridConfig,
    entropy: Arc<Seeded>,
}

impl World {
    /// A world in which calls arrive.
    pub fn new(config: DevGridConfig) -> Self {
        Self::with(config, 0, Chances::default(), Disk::default())
    }

    /// A world in which they may not.
    ///
    /// # Panics
    /// When the grid's config makes no sense.
    pub fn with(config: DevGridConfig, seed: u64, chances: Chances, disk: Disk) -> Self {
        let clock = Arc::new(TokioClock::starting_at(BEGINNING));
        let grid = DevGrid::start(config.clone(), Arc::clone(&clock) as Arc<dyn Clock>);
        Self {
            grid: grid.expect("a config that makes sense"),
            disk: Arc::new(disk),
            clock,
            nerves: Arc::new(Nerves::new(seed, chances)),
            places: 1,
            config,
            entropy: Arc::new(Seeded::new(seed)),
        }
    }

    /// A new process, its clock ahead of the true time, or behind, by so many milliseconds.
    pub fn boot(&self, fuse: &Arc<Fuse>, ahead: i64) -> Arc<Engine> {
        let link = Link {
            fuse: Arc::clone(fuse),
            nerves: Arc::clone(&self.nerves),
        };
        let now = self.clock.now_ms().saturating_add_signed(ahead);
        Arc::new(Engine {
            grid: Arc::new(CutGrid {
                inner: Arc::clone(&self.grid),
                link: link.clone(),
                disk: Arc::clone(&self.disk),
                block: self.config.block,
                era: self.config.era,
            }),
            store: Arc::new(CutStore {
                inner: self.disk.store(),
                link: link.clone(),
            }),
            clock: Arc::new(CutClock {
                inner: TokioClock::starting_at(now),
                link: link.clone(),
            }),
            entropy: Arc::clone(&self.entropy) as _,
            probe: Arc::new(CutProbe {
                grid: Arc::clone(&self.grid),
                link,
            }),
            secrets: Arc::new(Secrets::from_key(&[7; 32])),
            offers: offers(),
            hints: Hints::default(),
            meters: Arc::default(),
            line: Line::of(self.places),
            patience: Patience::default(),
        })
    }

    /// A visitor orders. `None` when the address is in use.
    ///
    /// # Errors
    /// Never, in memory.
    ///
    /// # Panics
    /// When the test's order makes no sense.
    pub async fn order(
        &self,
        id: &str,
        name: &str,
        domain: &str,
    ) -> Result<Option<Record>, StoreError> {
        let draft = OrderDraft {
            domain: domain.into(),
            ..draft(name)
        };
        let order = draft.parse(&offers().catalogue).expect("a good order");
        let now = self.clock.now_ms();
        let new = NewDeployment {
            record: Record::new(id.into(), "default".into(), &order, None, now),
            key: format!("key of {id}"),
            body_hash: String::new(),
            quarantined_since: u64::MAX,
            admission: Admission::default(),
        };
        match self.disk.create(new).await? {
            Created::New(record) => Ok(Some(record)),
            _ => Ok(None),
        }
    }

    /// Our contracts that live now.
    pub fn contracts(&self) -> Vec<ContractView> {
        self.of_ours(self.grid.ledger().contracts)
    }

    /// Our contracts that live or ever lived, as far back as the grid remembers.
    pub fn history(&self) -> Vec<ContractView> {
        self.of_ours(self.grid.history())
    }

    /// How many of our contracts live now.
    pub fn ours(&self) -> usize {
        self.contracts().len()
    }

    /// How many contracts of ours there ever were.
    pub fn ever(&self) -> usize {
        self.history().len()
    }

    /// How the grid was made.
    pub fn config(&self) -> &DevGridConfig {
        &self.config
    }

    fn of_ours(&self, mut contracts: Vec<ContractView>) -> Vec<ContractView> {
        let twin = self.grid.twin();
        contracts.retain(|c| c.twin == twin);
        contracts
    }
}

/// What is on offer: the default, with one domain that is served by full name.
fn offers() -> Arc<Offers> {
    static OFFERS: OnceLock<Arc<Offers>> = OnceLock::new();
    let make = || {
        let mut offers = Config::default().offers();
        for (domain, kind) in &mut offers.domains {
            if domain.as_str() == BY_FULL_NAME {
                *kind = DomainKind::GatewayFqdn;
            }
        }
        Arc::new(offers)
    };
    Arc::clone(OFFERS.get_or_init(make))
}

/// An order that is good, but for the name.
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
