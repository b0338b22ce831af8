//! What a node refuses, and what fails on it.

use gridpeers::{Hardware, NodeContract};
use tfgrid::deployment::{ProxyResult, State, WorkloadData};
use tfgrid::node::Taken;
use tfgrid::rmb::{BusError, Refusal};

use crate::{NODE, Scene, TWIN, US, disk, machine, proxy};

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
