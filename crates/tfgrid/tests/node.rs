//! A node is asked, over sockets, and each of its refusals is understood.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use gridpeers::{Book, Hardware, Ledger, NodeContract, Peer, Quirk, Relay, Verified, Zos};
use serde_json::json;
use tfgrid::deployment::{Deployment, ProxyResult, State, VolumeResult, WorkloadData};
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

#[tokio::test]
async fn refusals_come_in_the_nodes_order() {
    let scene = Scene::new(Hardware::roomy(NODE)).await;
    let mut deployment = scene.paid(disk(10));
    let signatures = std::mem::take(&mut deployment.signature_requirement.signatures);
    scene.verified.remove(US);
    deployment.twin_id = 30;
    deployment.signature_requirement.requests[0].twin_id = 30;
    let text = |refusal| match refusal {
        Refusal::Keys(text) | Refusal::Other { text, .. } => text,
        other => other.to_string(),
    };
    assert_eq!(
        text(scene.refused(&deployment).await),
        "twin id mismatch (deployment: 30, message: 143)"
    );
    deployment.twin_id = US;
    deployment.signature_requirement.requests[0].twin_id = US;
    assert_eq!(scene.refused(&deployment).await, Refusal::Unverified);
    scene.verified.down(true);
    assert_eq!(
        scene.refused(&deployment).await,
        Refusal::VerificationUnknown
    );
    scene.verified.down(false);
    scene.verified.add(US);
    assert_eq!(
        text(scene.refused(&deployment).await),
        "missing required signature for twin '143'"
    );
    deployment.sign(US, &scene.book.twin(30, "//Eve"));
    assert_eq!(
        text(scene.refused(&deployment).await),
        "failed to verify signature"
    );
    deployment.signature_requirement.signatures = signatures;
    assert_eq!(scene.node.deploy(&deployment).await, Ok(Taken::Now));
}

#[tokio::test]
async fn a_contract_that_does_not_agree_fails_every_workload() {
    let scene = Scene::new(Hardware::roomy(NODE)).await;
    for (node, hash, words) in [
        (
            NODE,
            "0".repeat(32),
            "contract hash does not match deployment hash",
        ),
        (NODE + 1, String::new(), "invalid node address in contract"),
    ] {
        let mut deployment = scene.paid(machine(4 << 30));
        let hash = if hash.is_empty() {
            deployment.hash().to_string()
        } else {
            hash
        };
        let contract = NodeContract {
            twin: US,
            node,
            hash,
        };
        deployment.contract_id = scene.ledger.create(contract);
        assert_eq!(scene.node.deploy(&deployment).await, Ok(Taken::Now));
        let states = scene.states(&deployment).await;
        assert_eq!(states, vec![(State::Error, words.to_owned()); 3]);
    }
    let mut unpaid = scene.paid(disk(10));
    unpaid.contract_id = 999;
    assert_eq!(scene.node.deploy(&unpaid).await, Ok(Taken::Now));
    assert_eq!(scene.states(&unpaid).await[0].0, State::Error);
}

#[tokio::test]
async fn a_full_node_fails_the_machine_alone() {
    let scene = Scene::new(Hardware {
        memory: 1 << 30,
        ..Hardware::roomy(NODE)
    })
    .await;
    let deployment = scene.paid(machine(4 << 30));
    assert_eq!(scene.node.deploy(&deployment).await, Ok(Taken::Now));
    let states = scene.states(&deployment).await;
    assert_eq!((states[0].0, states[1].0), (State::Ok, State::Ok));
    assert_eq!(
        states[2].1,
        "failed to satisfy required capacity: cannot fulfil required memory size 4294967296 bytes \
         out of usable 1073741824 bytes"
    );
}

#[tokio::test]
async fn a_gateway_serves_names_that_are_ours() {
    let scene = Scene::new(Hardware::gateway(NODE, "gent01.dev.grid.tf")).await;
    let unreserved = scene.paid(proxy("mytube"));
    assert_eq!(scene.node.deploy(&unreserved).await, Ok(Taken::Now));
    assert_eq!(
        scene.states(&unreserved).await[0].1,
        "a name contract with the given name must be reserved first"
    );
    scene.ledger.reserve("mytube", US);
    let reserved = scene.paid(proxy("mytube"));
    assert_eq!(scene.node.deploy(&reserved).await, Ok(Taken::Now));
    let there = scene.node.get(reserved.contract_id).await.unwrap().unwrap();
    let result = there.workloads[0].result.clone().unwrap();
    let fqdn = result.got::<ProxyResult>().unwrap().fqdn;
    assert_eq!(fqdn, "mytube.gent01.dev.grid.tf");
}

#[tokio::test]
async fn an_update_is_taken_once() {
    let scene = Scene::new(Hardware::roomy(NODE)).await;
    let mut deployment = scene.paid(disk(10));
    assert_eq!(
        scene.node.update(&deployment).await,
        Err(BusError::Refused(Refusal::NotFound))
    );
    assert_eq!(scene.node.deploy(&deployment).await, Ok(Taken::Now));
    deployment.version = 1;
    deployment.workloads[0].version = 1;
    if let WorkloadData::Zmount(disk) = &mut deployment.workloads[0].data {
        disk.size = 20 << 30;
    }
    scene.ledger.update_for(&deployment);
    deployment.sign(US, &scene.us);
    assert_eq!(scene.node.update(&deployment).await, Ok(()));
    assert_eq!(
        scene.states(&deployment).await,
        [(State::Ok, String::new())]
    );
    let error = scene.node.update(&deployment).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("expecting deployment version 2, got 1"),
        "{error}"
    );
}

#[tokio::test]
async fn a_deployment_is_not_sent_where_others_could_read_it() {
    let scene = Scene::new(Hardware::roomy(NODE)).await;
    let deployment = scene.paid(disk(10));
    scene.book.forget_key(TWIN);
    assert_eq!(
        scene.node.deploy(&deployment).await,
        Err(BusError::InTheClear { twin: TWIN })
    );
    // Nothing in this question is secret.
    assert!(scene.node.version().await.is_ok());
}
