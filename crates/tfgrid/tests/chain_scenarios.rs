//! What deploying asks of a chain: against our ledger, and against the real runtime where
//! `TFCHAIN_URL` says that chopsticks serves it (see the README).

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/chain/mod.rs"]
mod support;

use grid::{At, SignedBatch};
use support::peer::{Peer, plan};
use tfgrid::chain::{Call, Chain, ChainError, ERA, RelayHosts};
use tfgrid::pricing::{Policy, Tft, TftPrice};

/// As from the journal of a process that ended.
fn journaled(batch: &SignedBatch) -> SignedBatch {
    serde_json::from_str(&serde_json::to_string(batch).unwrap()).unwrap()
}

#[tokio::test]
async fn an_account_becomes_a_twin() {
    let peer = Peer::new().await;
    let (chain, who) = (peer.chain(), peer.account().await);
    let account = who.account();
    let before = chain.finalized().await.unwrap();
    assert_eq!(before.twin_of(&account).await.unwrap(), None);
    assert!(!before.has_accepted_terms(&account).await.unwrap());
    let balance = before.balance(&account).await.unwrap();
    assert_eq!((balance.nonce, balance.free), (0, Tft(1_000_000_000_000)));
    assert_eq!(balance.usable, balance.free);

    let relay = RelayHosts::new(["relay.grid.tf"]).unwrap();
    let key = who.message_key().public();
    let create = Call::create_twin(Some(&relay), Some(&key));
    let early = chain.sign(&create, &who, 0).await.unwrap();
    peer.include(&chain, &early).await;
    let included = chain.included(&early, &account).await.unwrap().unwrap();
    let error = included.result.unwrap_err();
    assert_eq!(error, "UserDidNotSignTermsAndConditions");

    let terms = Call::accept_terms("https://a.b/c", "9021d4dee05a661e2cb6838152c67f25").unwrap();
    for (nonce, call) in [(1, &terms), (2, &create)] {
        let signed = chain.sign(call, &who, nonce).await.unwrap();
        peer.include(&chain, &signed).await;
        let included = chain.included(&signed, &account).await.unwrap().unwrap();
        assert_eq!(included.result, Ok(vec![]));
    }
    let now = chain.finalized().await.unwrap();
    assert!(now.has_accepted_terms(&account).await.unwrap());
    let twin = now.twin_of(&account).await.unwrap().unwrap();
    assert_eq!(twin.account, account);
    assert_eq!(twin.relay.as_deref(), Some("relay.grid.tf"));
    assert_eq!(twin.key.as_deref(), Some(key.as_bytes().as_slice()));
    assert_eq!(now.balance(&account).await.unwrap().nonce, 3);
    // What was, stays to be seen.
    assert_eq!(before.twin_of(&account).await.unwrap(), None);

    let other = RelayHosts::new(["relay.qa.grid.tf"]).unwrap();
    let update = Call::update_twin(&twin, Some(&other), None);
    let signed = chain.sign(&update, &who, 3).await.unwrap();
    peer.include(&chain, &signed).await;
    let now = chain.finalized().await.unwrap();
    let updated = now.twin(twin.id).await.unwrap().unwrap();
    assert_eq!(updated.relay.as_deref(), Some("relay.qa.grid.tf"));
    assert_eq!(updated.key, twin.key);
}

#[tokio::test]
async fn nodes_and_prices_are_read() {
    let peer = Peer::new().await;
    let block = peer.chain().finalized().await.unwrap();
    let node = block.node(2).await.unwrap().unwrap();
    assert_eq!(
        (node.id, node.farm, node.cru, node.mru),
        (2, 1, 16, 64 << 30)
    );
    assert_eq!(
        (node.city.as_str(), node.country.as_str()),
        ("Ghent", "Belgium")
    );
    assert_eq!(node.domain.as_deref(), Some("gent01.test.grid.tf"));
    assert_eq!(node.ipv4.as_deref(), Some("185.206.122.40/24"));
    assert_eq!(block.node(1).await.unwrap().unwrap().domain, None);
    assert_eq!(block.node(999).await.unwrap(), None);
    assert_eq!(block.policy().await.unwrap(), Policy::REFERENCE);
    let price = TftPrice {
        average: 30,
        min: 10,
        max: 1000,
    };
    assert_eq!(block.tft_price().await.unwrap(), price);
    assert_eq!(block.contract(999_999).await.unwrap(), None);
}

#[tokio::test]
async fn three_contracts_are_paid_once_from_journaled_bytes_and_cancelled() {
    let peer = Peer::new().await;
    let (payer, plan) = (peer.payer().await, plan());
    let name = plan.name.clone().unwrap();
    assert!(payer.name_is_free(&name).await.unwrap());
    let before = payer.find(&plan, At::Finalized).await.unwrap();
    assert!(before.is_empty());

    let batch = payer.sign(&plan.calls()).await.unwrap();
    assert_eq!(payer.inclusion(&batch).await.unwrap(), None);
    let batch = journaled(&batch);
    let another_process = Chain::new([&peer.url]);
    let head = peer.include(&another_process, &batch).await;
    let found = payer.find(&plan, At::Best).await.unwrap();
    assert_eq!(found.ids().len(), 3);
    assert_eq!(found.nonce, batch.nonce + 1);
    let included = payer.inclusion(&batch).await.unwrap().unwrap();
    assert_eq!((included.block, included.result), (head.best, Ok(())));

    // By the events alone, too: matched by name and hash.
    let account = payer.identity().account();
    let included = another_process.included(&batch, &account).await.unwrap();
    let included = included.unwrap();
    assert_eq!(included.name(&name.parse().unwrap()), found.name);
    let node = |of: &grid::NodeDeployment| included.node(of.node, &of.hash.parse().unwrap());
    assert_eq!(node(&plan.machine), found.machine);
    assert_eq!(node(&plan.gateway), found.gateway);

    // The same bytes again: taken or not, nothing more comes of it.
    for _ in 0..2 {
        let again = another_process.submit(&batch.bytes).await;
        assert!(
            matches!(again, Err(ChainError::NotTaken { .. })),
            "{again:?}"
        );
    }
    peer.new_blocks(2).await;
    let finalized = payer.find(&plan, At::Finalized).await.unwrap();
    assert_eq!(finalized.ids(), found.ids());
    assert!(!payer.name_is_free(&name).await.unwrap());
    let listed = payer.contracts(&plan.marker).await.unwrap();
    let mut ids: Vec<_> = listed.iter().map(|contract| contract.id).collect();
    ids.sort_unstable();
    assert_eq!(ids, {
        let mut ids = vec![found.machine.unwrap(), found.gateway.unwrap()];
        ids.sort_unstable();
        ids
    });
    let all = payer.contracts("").await.unwrap();
    assert_eq!(all.len(), 3);
    assert!(
        all.iter()
            .any(|contract| contract.name.as_ref() == Some(&name))
    );

    let cancels: Vec<_> = (found.ids().iter())
        .map(|id| grid::Call::Cancel { contract: *id })
        .collect();
    let cancel = payer.sign(&cancels).await.unwrap();
    peer.include(payer.chain(), &cancel).await;
    let gone = payer.find(&plan, At::Finalized).await.unwrap();
    assert!(gone.is_empty());
    assert!(payer.contracts("").await.unwrap().is_empty());
    assert!(payer.name_is_free(&name).await.unwrap());
    // What was paid for and is over still shows how it went.
    let included = payer.inclusion(&batch).await.unwrap().unwrap();
    assert_eq!(included.result, Ok(()));
}

#[tokio::test]
async fn a_taken_name_creates_nothing_and_is_refused_by_name() {
    let peer = Peer::new().await;
    let (first, second) = (peer.payer().await, peer.payer().await);
    let (theirs, mut ours) = (plan(), plan());
    let batch = first.sign(&theirs.calls()).await.unwrap();
    peer.include(first.chain(), &batch).await;

    ours.name = theirs.name.clone();
    let batch = second.sign(&ours.calls()).await.unwrap();
    let head = peer.include(second.chain(), &batch).await;
    let inclusion = second.inclusion(&batch).await.unwrap().unwrap();
    assert_eq!(inclusion.block, head.best);
    assert_eq!(inclusion.result, Err("NameExists".into()));
    let found = second.find(&ours, At::Finalized).await.unwrap();
    assert!(found.is_empty(), "the name of another twin is not ours");
    assert!(found.rules_out(&batch), "the nonce is used up");
    assert!(second.contracts("").await.unwrap().is_empty());
    assert_eq!(first.contracts("").await.unwrap().len(), 3);

    // Nor can it be cancelled by anybody else, or twice.
    let id = first.find(&theirs, At::Best).await.unwrap().name.unwrap();
    for (payer, expected) in [
        (&second, Err("TwinNotAuthorizedToCancelContract".to_owned())),
        (&first, Ok(())),
        (&first, Err("ContractNotExists".to_owned())),
    ] {
        let cancel = [grid::Call::Cancel { contract: id }];
        let batch = payer.sign(&cancel).await.unwrap();
        peer.include(payer.chain(), &batch).await;
        let inclusion = payer.inclusion(&batch).await.unwrap().unwrap();
        assert_eq!(inclusion.result, expected);
    }
}

#[tokio::test]
async fn the_same_deployment_is_not_paid_twice() {
    let peer = Peer::new().await;
    let (payer, first) = (peer.payer().await, plan());
    let batch = payer.sign(&first.calls()).await.unwrap();
    peer.include(payer.chain(), &batch).await;
    let other_name = grid::Plan {
        name: plan().name,
        ..first.clone()
    };
    let batch = payer.sign(&other_name.calls()).await.unwrap();
    peer.include(payer.chain(), &batch).await;
    let inclusion = payer.inclusion(&batch).await.unwrap().unwrap();
    assert_eq!(inclusion.result, Err("ContractIsNotUnique".into()));
    assert_eq!(payer.contracts("").await.unwrap().len(), 3);
}

#[tokio::test]
async fn an_era_that_is_over_proves_that_nothing_was_paid() {
    let peer = Peer::new().await;
    let (payer, plan) = (peer.payer().await, plan());
    peer.instant(false).await;
    let head = payer.head().await.unwrap();
    let batch = payer.sign(&plan.calls()).await.unwrap();
    assert_eq!(batch.era_end, head.finalized + ERA - 1);

    peer.new_blocks(ERA - 2).await;
    let found = payer.find(&plan, At::Finalized).await.unwrap();
    assert!(
        found.is_empty() && !found.rules_out(&batch),
        "not known yet"
    );
    peer.new_blocks(1).await;
    for _ in 0..4 {
        let late = payer.chain().submit(&batch.bytes).await;
        assert!(matches!(late, Err(ChainError::NotTaken { .. })), "{late:?}");
        peer.new_blocks(1).await;
    }
    let found = payer.find(&plan, At::Finalized).await.unwrap();
    assert!(found.is_empty() && found.rules_out(&batch));
    assert_eq!(payer.inclusion(&batch).await.unwrap(), None);
}

#[tokio::test]
async fn the_last_block_of_an_era_still_counts() {
    let peer = Peer::new().await;
    let (payer, plan) = (peer.payer().await, plan());
    peer.instant(false).await;
    let batch = payer.sign(&plan.calls()).await.unwrap();
    peer.new_blocks(ERA - 2).await;
    payer.submit(&batch).await.unwrap();
    peer.new_blocks(3).await;
    let inclusion = payer.inclusion(&batch).await.unwrap().unwrap();
    assert_eq!((inclusion.block, inclusion.result), (batch.era_end, Ok(())));
    assert_eq!(
        payer.find(&plan, At::Finalized).await.unwrap().ids().len(),
        3
    );
}

#[tokio::test]
async fn of_two_with_one_nonce_one_is_included() {
    let peer = Peer::new().await;
    let payer = peer.payer().await;
    let (one, other) = (plan(), plan());
    let first = payer.sign(&one.calls()).await.unwrap();
    let second = payer.sign(&other.calls()).await.unwrap();
    assert_eq!(first.nonce, second.nonce);
    peer.include(payer.chain(), &first).await;
    let raced = payer.submit(&second).await.unwrap_err();
    assert!(!raced.is_transient(), "{raced}");
    let found = payer.find(&other, At::Finalized).await.unwrap();
    assert!(found.is_empty() && found.rules_out(&second));
    assert_eq!(payer.inclusion(&second).await.unwrap(), None);
    assert_eq!(
        payer.inclusion(&first).await.unwrap().unwrap().result,
        Ok(())
    );
}

#[tokio::test]
async fn two_in_one_block_are_told_apart() {
    let peer = Peer::new().await;
    let (first, second) = (peer.payer().await, peer.payer().await);
    let (one, mut other) = (plan(), plan());
    other.name = one.name.clone();
    peer.instant(false).await;
    let batch = first.sign(&one.calls()).await.unwrap();
    let beaten = second.sign(&other.calls()).await.unwrap();
    first.submit(&batch).await.unwrap();
    second.submit(&beaten).await.unwrap();
    peer.new_blocks(1).await;
    let won = first.inclusion(&batch).await.unwrap().unwrap();
    let lost = second.inclusion(&beaten).await.unwrap().unwrap();
    assert_eq!(won.block, lost.block);
    assert_eq!(won.result, Ok(()));
    assert_eq!(lost.result, Err("NameExists".into()));
    let account = first.identity().account();
    let included = first.chain().included(&batch, &account);
    let created = included.await.unwrap().unwrap().result.unwrap();
    assert_eq!(created.len(), 3);
    assert!(created.iter().all(|contract| contract.twin == first.twin()));
}

#[tokio::test]
async fn who_cannot_pay_is_not_taken() {
    let peer = Peer::new().await;
    let chain = peer.chain();
    let seed = format!("0x{}", "5a".repeat(32));
    let nobody = tfgrid::Identity::new(&seed, tfgrid::identity::Scheme::Sr25519).unwrap();
    let call = Call::cancel(1).unwrap();
    let signed = chain.sign(&call, &nobody, 0).await.unwrap();
    let error = chain.submit(&signed.bytes).await.unwrap_err();
    assert!(matches!(&error, ChainError::NotTaken { .. }), "{error}");
    let block = chain.finalized().await.unwrap();
    let balance = block.balance(&nobody.account()).await.unwrap();
    assert_eq!((balance.nonce, balance.free), (0, Tft(0)));
}
