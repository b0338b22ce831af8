//! What blocks tell: final or not, forgotten, of another version of the runtime.

use grid::{At, GridError, Plan};
use tfgrid::Identity;
use tfgrid::chain::{ChainError, ERA, Key, Payer};
use tfgrid::identity::Scheme;

use crate::support::peer::plan;
use crate::support::runtime::Version;
use crate::support::{metadata_144, scale, shifted_errors};
use crate::{World, alice};

#[tokio::test]
async fn what_is_not_final_is_not_taken_for_it() {
    let world = World::new().await;
    for _ in 0..5 {
        world.ledger().new_block();
    }
    world.ledger().lag = 3;
    let (payer, plan) = (world.payer().await, plan());
    let head = payer.head().await.unwrap();
    assert_eq!((head.best, head.finalized), (5, 2));
    let batch = payer.sign(&plan.calls()).await.unwrap();
    assert_eq!(batch.era_end, 2 + 31);
    payer.submit(&batch).await.unwrap();
    assert_eq!(payer.find(&plan, At::Best).await.unwrap().ids().len(), 3);
    let finalized = payer.find(&plan, At::Finalized).await.unwrap();
    assert!(finalized.is_empty() && !finalized.rules_out(&batch));
    assert_eq!((finalized.block, finalized.nonce), (3, 0));
    // The next nonce counts what is included, final or not.
    let next = payer.sign(&plan.calls()).await.unwrap();
    assert_eq!(next.nonce, 1);
    for _ in 0..3 {
        world.ledger().new_block();
    }
    let finalized = payer.find(&plan, At::Finalized).await.unwrap();
    assert_eq!((finalized.ids().len(), finalized.nonce), (3, 1));
}

#[tokio::test]
async fn a_forgotten_block_says_nothing_rather_than_no() {
    let world = World::new().await;
    let (payer, plan) = (world.payer().await, plan());
    let batch = payer.sign(&plan.calls()).await.unwrap();
    payer.submit(&batch).await.unwrap();
    let block = payer.chain().best().await.unwrap();
    let name = plan.name.as_ref().unwrap().parse().unwrap();
    assert!(block.name_contract(&name).await.unwrap().is_some());
    for _ in 0..10 {
        world.ledger().new_block();
    }
    world.ledger().remembers = 3;
    let error = block.name_contract(&name).await.unwrap_err();
    assert!(matches!(error, ChainError::Unknown { .. }), "{error}");
    assert!(GridError::from(error).is_transient());
    assert_eq!(payer.inclusion(&batch).await.unwrap(), None);
    // What stands on the chain still proves it.
    let found = payer.find(&plan, At::Finalized).await.unwrap();
    assert_eq!((found.ids().len(), found.rules_out(&batch)), (3, true));
}

#[tokio::test]
async fn its_block_is_found_wherever_in_its_era_it_is() {
    let world = World::new().await;
    world.ledger().instant = false;
    let payer = world.payer().await;
    for waited in 0..ERA - 1 {
        let plan = plan();
        let batch = payer.sign(&plan.calls()).await.unwrap();
        for _ in 0..waited {
            world.new_block();
        }
        payer.submit(&batch).await.unwrap();
        world.new_block();
        let block = payer.head().await.unwrap().best;
        for _ in 0..waited % 7 {
            world.new_block();
        }
        let inclusion = payer.inclusion(&batch).await.unwrap().unwrap();
        assert_eq!((inclusion.block, inclusion.result), (block, Ok(())));
    }
}

#[tokio::test]
async fn an_answer_about_another_block_is_no_answer() {
    let world = World::new().await;
    let block = world.chain().finalized().await.unwrap();
    for endpoint in [&world.first, &world.second] {
        endpoint.answers("state_queryStorageAt", serde_json::json!([]));
    }
    let error = block.node(1).await.unwrap_err();
    assert!(matches!(error, ChainError::Unknown { .. }), "{error}");
}

/// The runtime of the next spec, whose errors have other numbers, as it happens.
fn next_version() -> Version {
    Version::new(shifted_errors(&metadata_144()), 145)
}

#[tokio::test]
async fn an_upgrade_is_met_block_by_block() {
    let world = World::new().await;
    world.ledger().instant = false;
    let payer = world.payer().await;
    let (first, second) = (plan(), plan());
    let taken = Plan {
        name: first.name.clone(),
        ..second.clone()
    };
    let batch = payer.sign(&first.calls()).await.unwrap();
    payer.submit(&batch).await.unwrap();
    world.new_block();

    // In the very block that puts the new runtime in place, which the old one makes.
    let old = payer.sign(&taken.calls()).await.unwrap();
    payer.submit(&old).await.unwrap();
    world.ledger().upgrade(next_version());
    world.new_block();
    let inclusion = payer.inclusion(&old).await.unwrap().unwrap();
    assert_eq!(inclusion.result, Err("NameExists".into()));

    // From now on by the new one: signed for it, and read by it.
    let new = payer.sign(&taken.calls()).await.unwrap();
    payer.submit(&new).await.unwrap();
    world.new_block();
    let inclusion = payer.inclusion(&new).await.unwrap().unwrap();
    assert_eq!(inclusion.result, Err("NameExists".into()));
    assert_eq!(payer.find(&first, At::Best).await.unwrap().ids().len(), 3);
    assert_eq!(payer.contracts(&first.marker).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_was_signed_before_an_upgrade_and_never_included_is_proven_so() {
    let world = World::new().await;
    let (payer, plan) = (world.payer().await, plan());
    let batch = payer.sign(&plan.calls()).await.unwrap();
    world.ledger().upgrade(next_version());
    world.new_block();
    assert!(payer.submit(&batch).await.is_err());
    let found = payer.find(&plan, At::Finalized).await.unwrap();
    assert!(
        found.is_empty() && !found.rules_out(&batch),
        "not known yet"
    );
    for _ in 0..31 {
        world.new_block();
    }
    let found = payer.find(&plan, At::Finalized).await.unwrap();
    assert!(found.is_empty() && found.rules_out(&batch));
    let again = payer.sign(&plan.calls()).await.unwrap();
    payer.submit(&again).await.unwrap();
    assert_eq!(payer.find(&plan, At::Best).await.unwrap().ids().len(), 3);
}

#[tokio::test]
async fn money_that_contracts_lock_cannot_be_spent() {
    let world = World::new().await;
    let alice = alice().account();
    let balance = scale::account(4, 1_000, 300);
    world.ledger().set_keys(&[(Key::Account(alice), balance)]);
    let block = world.chain().finalized().await.unwrap();
    let balance = block.balance(&alice).await.unwrap();
    assert_eq!((balance.free.0, balance.usable.0), (1_000, 700));
    assert_eq!(balance.nonce, 4);
}

#[tokio::test]
async fn an_account_without_a_twin_cannot_pay() {
    let world = World::new().await;
    let bob = Identity::new("//Bob", Scheme::Sr25519).unwrap();
    let error = Payer::new(world.chain(), bob).await.err().unwrap();
    assert!(matches!(error, ChainError::NotFound(_)), "{error}");
}

#[tokio::test]
async fn more_contracts_than_one_page_are_all_listed() {
    let world = World::new().await;
    let contracts = (1..=1203u64).map(|id| {
        let kind = tfgrid::chain::ContractKind::Name(format!("name{id}"));
        let contract = tfgrid::chain::Contract {
            id,
            twin: if id % 2 == 0 { 9 } else { 8 },
            state: tfgrid::chain::ContractState::Created,
            kind,
        };
        (Key::Contract(id), scale::contract(&contract))
    });
    world.ledger().set_keys(&contracts.collect::<Vec<_>>());
    let payer = world.payer().await;
    let mut ids: Vec<_> = (payer.contracts("").await.unwrap().iter())
        .map(|contract| contract.id)
        .collect();
    ids.sort_unstable();
    assert!(ids.into_iter().eq((2..=1202).step_by(2)));
}
