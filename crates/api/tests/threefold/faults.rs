//! What relays, nodes, the chain and the verification do wrong.

use std::sync::Arc;

use gridpeers::Quirk;
use gridpeers::chain::endpoint::Fault;
use order::api::{FailureCode, State};

use crate::{FIRST, LONG, SOON, World};

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
