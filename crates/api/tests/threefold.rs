//! The production engine, its database and the real grid's client against a whole grid of ours, over
//! real sockets: ready or gone, paid once, nothing left behind, whatever fails on the way.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;
use std::time::Duration;

use api::config::Config;
use api::engine::{Engine, Health, Hints, Line, Next, Patience, Probe, Worker};
use api::entropy::OsEntropy;
use api::offers::Image;
use api::secrets::Secrets;
use api::store::{Admission, NewDeployment, Record, SqliteStore, Store};
use async_trait::async_trait;
use devgrid::TokioClock;
use grid::Site;
use gridpeers::chain::endpoint::Fault;
use gridpeers::{Quirk, WholeGrid};
use order::OrderDraft;
use order::api::{FailureCode, State};
use tfgrid::deployment::Solution;
use tfgrid::node;
use tfgrid::port::ThreefoldGrid;
use tokio::sync::watch;

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
        let draft = OrderDraft {
            size: "small".into(),
            location: "ghent".into(),
            name: name.into(),
            domain: "ava.tf".into(),
            git_url: None,
            ssh_key: None,
            private: false,
            p2p: true,
            admin_email: None,
        };
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

#[tokio::test]
async fn an_order_is_deployed_observed_and_ended_by_the_running_service() {
    let world = World::new().await;
    let (stop, stopping) = watch::channel(false);
    let worker = tokio::spawn(Worker::new(Arc::clone(&world.engine), stopping).run());
    let until = async |state: State| {
        let mut changes = world.engine.hints.watch("a");
        loop {
            let record = world.get("a").await;
            if record.state == state {
                return record;
            }
            assert_ne!(record.state, State::Failed, "{:?}", record.failure);
            changes.changed().await;
        }
    };
    world.order("a", "myclub").await;
    let ready = until(State::Ready).await;
    assert_eq!((world.contracts(), world.deployments()), ((3, 3), 2));
    let (machine, gateway) = (&world.peers.machines[FIRST], &world.peers.gateway);
    assert_eq!(machine.zos.contracts(), [ready.contracts.machine.unwrap()]);
    assert_eq!(gateway.zos.contracts(), [ready.contracts.gateway.unwrap()]);
    assert!(ready.ipv6.unwrap().starts_with("2001:db8:"));

    // The sweeper's listing, and the dashboards'.
    let prefix = format!("gridtube/1/{}/", world.store.database_id());
    let listed = world.engine.grid.contracts(&prefix).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|one| one.data == format!("{prefix}a")));
    let others = world.engine.grid.contracts("gridtube/1/another/").await;
    assert_eq!(others.unwrap(), []);
    let solutions = world.peers.chain().contracts().into_iter();
    let solutions = solutions.filter_map(|contract| match contract.kind {
        tfgrid::chain::ContractKind::Node { data, .. } => Solution::from_json(&data),
        _ => None,
    });
    assert!(solutions.map(|one| one.project).eq(["peertube/myclub"; 2]));

    world.cancel("a").await;
    let gone = until(State::Deleted).await;
    assert_eq!((gone.failure, gone.plan), (None, None));
    assert_eq!((world.contracts(), world.deployments()), ((0, 3), 0));
    stop.send_replace(true);
    worker.await.unwrap();
}

#[tokio::test]
async fn a_process_that_dies_after_each_step_pays_once() {
    let mut world = World::new().await;
    world.order("a", "myclub").await;
    while world.step("a").await != Next::Done {
        world.restart().await;
    }
    assert_eq!(world.get("a").await.state, State::Ready);
    assert_eq!((world.contracts(), world.deployments()), ((3, 3), 2));
    world.cancel("a").await;
    while world.step("a").await != Next::Done {
        world.restart().await;
    }
    assert_eq!((world.contracts(), world.deployments()), ((0, 3), 0));
}

#[tokio::test]
async fn a_relay_that_drops_messages_or_connections_delays_and_no_more() {
    let world = World::impatient().await;
    world.ordered_until(State::Sent).await;
    world.peers.relay.lose(2);
    world.step("a").await;
    assert_eq!(world.deployments(), 0, "both were lost");
    world.peers.relay.cut(world.engine.grid.twin());
    world.finish_ready("a").await;
    assert_eq!((world.contracts(), world.deployments()), ((3, 3), 2));
}

#[tokio::test]
async fn an_answer_that_comes_late_is_not_a_second_deployment() {
    let world = World::impatient().await;
    world.ordered_until(State::Sent).await;
    let gateway = &world.peers.gateway;
    gateway.peer.hold();
    world.step("a").await;
    assert_eq!(world.get("a").await.state, State::Sent, "nobody knows");
    assert_eq!(gateway.zos.contracts().len(), 1, "though it is there");
    gateway.peer.release();
    world.finish_ready("a").await;
    assert_eq!((world.contracts(), world.deployments()), ((3, 3), 2));
}

#[tokio::test]
async fn what_a_node_has_already_is_a_success() {
    let world = World::impatient().await;
    world.ordered_until(State::Sent).await;
    let machine = &world.peers.machines[FIRST];
    machine.peer.quirk(Quirk::Mute);
    world.step("a").await;
    assert_eq!(world.get("a").await.state, State::Sent);
    machine.peer.quirk(None);
    while world.get("a").await.state == State::Sent {
        world.step("a").await;
    }
    assert_eq!(world.get("a").await.state, State::Starting, "`exists`");
    world.finish_ready("a").await;
    assert_eq!((world.contracts(), world.deployments()), ((3, 3), 2));
}

#[tokio::test]
async fn an_operator_who_is_not_verified_pays_nothing() {
    let world = World::new().await;
    world.peers.verified.remove(world.engine.grid.twin());
    world.order("a", "myclub").await;
    assert_eq!(world.finish_failed("a").await, FailureCode::Operator);
    assert_eq!(world.contracts(), (0, 0));
}

#[tokio::test]
async fn a_verification_that_ends_after_the_payment_leaves_nothing_behind() {
    let world = World::new().await;
    world.ordered_until(State::Sent).await;
    assert_eq!(world.contracts(), (3, 3));
    world.peers.verified.remove(world.engine.grid.twin());
    assert_eq!(world.finish_failed("a").await, FailureCode::Machine);
    assert_eq!((world.contracts(), world.deployments()), ((0, 3), 0));
}

#[tokio::test]
async fn a_verification_service_that_is_down_after_the_payment_is_waited_for() {
    let world = World::new().await;
    world.ordered_until(State::Sent).await;
    world.peers.verified.down(true);
    world.step("a").await;
    assert_eq!(world.get("a").await.state, State::Sent);
    world.peers.verified.down(false);
    world.finish_ready("a").await;
    assert_eq!((world.contracts(), world.deployments()), ((3, 3), 2));
}

#[tokio::test]
async fn a_hash_that_does_not_match_is_final_and_taken_back() {
    let world = World::new().await;
    world.ordered_until(State::Sent).await;
    world.peers.contracts.garble(true);
    assert_eq!(world.finish_failed("a").await, FailureCode::Machine);
    assert_eq!((world.contracts(), world.deployments()), ((0, 3), 0));
}

#[tokio::test]
async fn a_node_that_goes_deaf_after_the_payment_is_given_up_and_left_out() {
    let mut world = World::with_patience(SOON, SOON).await;
    let first = world.ordered_until(State::Sent).await;
    assert!(first.refused_nodes.is_empty());
    world.peers.machines[FIRST].peer.quirk(Quirk::Deaf);
    assert_eq!(world.finish_failed("a").await, FailureCode::Machine);
    // The gateway had its part; it goes when the contract goes.
    assert_eq!((world.contracts(), world.deployments()), ((0, 3), 0));

    Arc::get_mut(&mut world.engine).unwrap().patience.machine = LONG;
    world.order("b", "myclub").await;
    let second = world.finish_ready("b").await;
    let refused = second.refused_nodes;
    assert!(refused.is_empty(), "the list was without it: {refused:?}");
    assert_eq!(world.peers.machines[1].zos.contracts().len(), 1);
    assert_eq!(world.contracts(), (3, 6));
}

#[tokio::test]
async fn an_endpoint_that_dies_with_the_payment_in_its_hands_is_left_for_another() {
    for fault in [Fault::Close, Fault::CloseAfter] {
        let world = World::new().await;
        world.ordered_until(State::Paying).await;
        world.peers.endpoints()[0].fault("author_submitExtrinsic", fault);
        world.step("a").await;
        world.peers.endpoints().remove(0);
        world.finish_ready("a").await;
        assert_eq!((world.contracts(), world.deployments()), ((3, 3), 2));
        world.cancel("a").await;
        assert_eq!(world.finish("a").await.state, State::Deleted);
        assert_eq!((world.contracts(), world.deployments()), ((0, 3), 0));
    }
}

#[tokio::test]
async fn a_name_that_is_taken_in_between_costs_nothing() {
    let world = World::new().await;
    world.ordered_until(State::Paying).await;
    let rival = tfgrid::chain::Contract {
        id: 4711,
        twin: 8,
        state: tfgrid::chain::ContractState::Created,
        kind: tfgrid::chain::ContractKind::Name("myclub".into()),
    };
    let name = tfgrid::chain::Key::NameContract("myclub".parse().unwrap());
    world.peers.chain().set_keys(&[
        (name, 4711_u64.to_le_bytes().to_vec()),
        (
            tfgrid::chain::Key::Contract(4711),
            gridpeers::chain::scale::contract(&rival),
        ),
    ]);
    assert_eq!(world.finish_failed("a").await, FailureCode::NameTaken);
    assert_eq!((world.contracts(), world.deployments()), ((1, 0), 0));
}
