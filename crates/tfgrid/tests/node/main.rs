//! A node is asked, over sockets, and each of its refusals is understood.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod refused;

use std::sync::Arc;

use gridpeers::{Book, Hardware, Ledger, Peer, Quirk, Relay, Verified, Zos};
use serde_json::json;
use tfgrid::deployment::{Deployment, State, VolumeResult};
use tfgrid::identity::Identity;
use tfgrid::node::{Node, Taken};
use tfgrid::rmb::{BusError, Client, Refusal, Settings};

const US: u32 = 143;
const TWIN: u32 = 29;
const NODE: u32 = 7;
const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

struct Scene {
    book: Book,
    relay: Relay,
    ledger: Ledger,
    verified: Verified,
    zos: Zos,
    peer: Peer,
    us: Arc<Identity>,
    node: Node,
}

impl Scene {
    async fn new(hardware: Hardware) -> Self {
        Self::over(hardware, false).await
    }

    /// For virtual time.
    async fn in_memory(hardware: Hardware) -> Self {
        Self::over(hardware, true).await
    }

    async fn over(hardware: Hardware, in_memory: bool) -> Self {
        let (book, ledger, verified) = (Book::default(), Ledger::default(), Verified::default());
        let us = book.twin(US, "//Alice");
        let bob = book.twin(TWIN, "//Bob");
        verified.add(US);
        let relay = Relay::start(&book).await;
        let zos = Zos::new(hardware, &book, &ledger, &verified);
        let peers = Arc::new(book.clone());
        let relays = vec![relay.url()];
        let mut settings = Settings::new(Arc::clone(&us), US, relays, peers).unwrap();
        let peer = if in_memory {
            settings.dial = relay.in_memory();
            settings.now = gridpeers::unix_now;
            Peer::start_in_memory(&book, &relay, TWIN, bob, zos.clone()).await
        } else {
            Peer::start(&book, &relay, TWIN, bob, zos.clone()).await
        };
        let node = Node::new(Client::start(settings).unwrap(), TWIN);
        Self {
            book,
            relay,
            ledger,
            verified,
            zos,
            peer,
            us,
            node,
        }
    }

    /// Paid and signed.
    fn paid(&self, workloads: serde_json::Value) -> Deployment {
        let workloads = serde_json::from_value(workloads).unwrap();
        let mut deployment = Deployment::new(US, workloads);
        deployment.check_new().unwrap();
        self.ledger.create_for(&mut deployment, NODE);
        deployment.sign(US, &self.us);
        deployment
    }

    async fn refused(&self, deployment: &Deployment) -> Refusal {
        match self.node.deploy(deployment).await {
            Err(BusError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    }

    async fn states(&self, deployment: &Deployment) -> Vec<(State, String)> {
        let found = self.node.get(deployment.contract_id).await.unwrap();
        let workloads = found.unwrap().workloads.into_iter();
        workloads
            .map(|w| w.result.unwrap())
            .map(|result| (result.state, result.message))
            .collect()
    }
}

fn disk(gib: u64) -> serde_json::Value {
    json!([{ "name": "disk", "type": "zmount", "data": { "size": gib << 30 } }])
}

fn network(name: &str) -> serde_json::Value {
    json!([{ "name": name, "type": "network", "data": {
        "ip_range": "10.20.0.0/16", "subnet": "10.20.2.0/24", "peers": [],
        "wireguard_private_key": KEY, "wireguard_listen_port": 20_000,
    }}])
}

fn machine(memory: u64) -> serde_json::Value {
    let mut workloads = network("net");
    workloads.as_array_mut().unwrap().extend([
        json!({ "name": "ip", "type": "ip", "data": { "v4": false, "v6": true } }),
        json!({ "name": "vm", "type": "zmachine", "data": {
            "flist": "https://hub.grid.tf/a/b.flist", "size": 0, "mounts": [],
            "network": { "public_ip": "ip", "planetary": false,
                "interfaces": [{ "network": "net", "ip": "10.20.2.5" }] },
            "compute_capacity": { "cpu": 2, "memory": memory },
            "entrypoint": "/sbin/zinit init", "env": { "ADMIN": "secret" },
        }}),
    ]);
    workloads
}

fn proxy(name: &str) -> serde_json::Value {
    json!([{ "name": "gw", "type": "gateway-name-proxy", "data": {
        "name": name, "tls_passthrough": false, "backends": ["http://185.206.122.40:9000"],
    }}])
}

#[tokio::test]
async fn what_a_node_is_can_be_asked() {
    let scene = Scene::new(Hardware::roomy(NODE)).await;
    let node = &scene.node;
    assert_eq!(node.version().await.unwrap().zos, "3.17.1");
    assert!(node.features().await.unwrap().contains(&"zmachine".into()));
    let before = node.statistics().await.unwrap();
    assert_eq!((before.total.cru, before.free().mru), (16, 63 << 30));
    assert_eq!(node.pools().await.unwrap()[0].kind, "ssd");
    assert!(node.has_ipv6().await.unwrap());
    assert_eq!(node.public_config().await, Ok(None));
    // Empty lists, which Go writes as `null`.
    assert_eq!(node.wireguard_ports().await, Ok(vec![]));
    assert_eq!(node.list().await, Ok(vec![]));

    let deployment = scene.paid(machine(4 << 30));
    assert_eq!(node.deploy(&deployment).await, Ok(Taken::Now));
    assert_eq!(node.wireguard_ports().await, Ok(vec![20_000]));
    let taken = node.private_ips("net").await.unwrap();
    assert_eq!(taken[0].to_string(), "10.20.2.5");
    assert_eq!(node.statistics().await.unwrap().free().mru, 59 << 30);
    let listed = node.list().await.unwrap();
    assert_eq!(
        (listed.len(), listed[0].contract_id),
        (1, deployment.contract_id)
    );
}

#[tokio::test]
async fn a_node_without_ipv6_and_a_gateway_say_so() {
    let plain = Scene::new(Hardware {
        ipv6: false,
        ..Hardware::roomy(NODE)
    })
    .await;
    assert_eq!(plain.node.has_ipv6().await, Ok(false));
    let gateway = Scene::new(Hardware::gateway(NODE, "gent01.dev.grid.tf")).await;
    let config = gateway.node.public_config().await.unwrap().unwrap();
    assert_eq!(config.domain, "gent01.dev.grid.tf");
    assert_eq!(config.ipv4.to_string(), "185.206.122.33/24");
}

#[tokio::test]
async fn a_deployment_is_stored_worked_on_and_read_back() {
    let scene = Scene::new(Hardware::roomy(NODE)).await;
    let deployment = scene.paid(disk(10));
    let contract = deployment.contract_id;
    assert_eq!(scene.node.get(contract).await, Ok(None));
    assert_eq!(scene.node.changes(contract).await, Ok(None));
    scene.zos.stall(true);
    assert_eq!(scene.node.deploy(&deployment).await, Ok(Taken::Now));
    assert_eq!(
        scene.states(&deployment).await,
        [(State::Init, String::new())]
    );
    scene.zos.stall(false);
    let there = scene.node.get(contract).await.unwrap().unwrap();
    assert_eq!(there.hash(), deployment.hash());
    let result = there.workloads[0].result.clone().unwrap();
    assert_eq!(result.got::<VolumeResult>().unwrap().id, "143-1-disk");
    let changes = scene.node.changes(contract).await.unwrap().unwrap();
    let states: Vec<State> = changes
        .iter()
        .map(|w| w.result.as_ref().unwrap().state)
        .collect();
    assert_eq!(states, [State::Init, State::Ok]);

    scene.ledger.cancel(contract);
    assert_eq!(
        scene.states(&deployment).await,
        [(State::Deleted, String::new())]
    );
    assert_eq!(scene.node.list().await, Ok(vec![]));
}

#[tokio::test]
async fn the_same_deployment_again_is_no_error() {
    let scene = Scene::new(Hardware::roomy(NODE)).await;
    let deployment = scene.paid(disk(10));
    assert_eq!(scene.node.deploy(&deployment).await, Ok(Taken::Now));
    assert_eq!(scene.node.deploy(&deployment).await, Ok(Taken::Before));
    // But another network of the same name is.
    let first = scene.paid(network("net"));
    assert_eq!(scene.node.deploy(&first).await, Ok(Taken::Now));
    let second = scene.paid(network("net"));
    assert!(
        matches!(scene.refused(&second).await, Refusal::Other { text, .. }
        if text == "global workload with the same name 'net' exists: conflict")
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_lost_is_made_up_for() {
    let scene = Scene::in_memory(Hardware::roomy(NODE)).await;
    let deployment = scene.paid(disk(10));
    scene.peer.quirk(Quirk::Mute);
    let error = scene.node.deploy(&deployment).await.unwrap_err();
    assert!(error.may_pass());
    scene.peer.quirk(None);
    assert_eq!(scene.node.deploy(&deployment).await, Ok(Taken::Before));
    // Lost by the relay, which then loses us: the same bytes go out again.
    let deployment = scene.paid(network("net"));
    scene.relay.lose(1);
    let (taken, ()) = tokio::join!(scene.node.deploy(&deployment), async {
        scene.relay.wait_until_lost().await;
        scene.relay.cut(US);
    });
    assert_eq!(taken, Ok(Taken::Now));
}
