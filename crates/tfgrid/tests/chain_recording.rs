//! What the real runtime answered, read again without it: whole blocks and their events, with all
//! the fees and bills that our own ledger does not play.
//!
//! Recorded with chopsticks (see the README) that was started anew, by
//! `TFCHAIN_URL=ws://… TFCHAIN_RECORD=1 cargo test -p tfgrid --test chain_recording`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/chain/mod.rs"]
mod support;

use std::path::{Path, PathBuf};

use grid::{At, Found, Inclusion, Plan, SignedBatch};
use serde::{Deserialize, Serialize};
use support::endpoint::{Answers, Endpoint};
use support::peer::{Peer, plan};
use tfgrid::Identity;
use tfgrid::chain::{Chain, Payer};
use tfgrid::identity::Scheme;
use tfgrid::pricing::Policy;

/// What was done, and everything that was answered when it was looked at.
#[derive(Serialize, Deserialize)]
struct Recording {
    secret: String,
    plan: Plan,
    /// Its payment, one that the chain refused, and the end of all.
    paid: SignedBatch,
    refused: SignedBatch,
    cancelled: SignedBatch,
    answers: Answers,
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/tfchain-144.json")
}

/// Everything that a deployment looks at. Says whether the paid contracts are there.
async fn look(url: &str, recording: &Recording) {
    let identity = Identity::new(&recording.secret, Scheme::Sr25519).unwrap();
    let account = identity.account();
    let chain = Chain::new([url]);
    let payer = Payer::new(chain.clone(), identity).await.unwrap();
    let plan = &recording.plan;

    let paid = chain.included(&recording.paid, &account).await.unwrap();
    let paid = paid.unwrap();
    let contracts = paid.result.as_ref().unwrap();
    assert_eq!(contracts.len(), 3);
    assert!(
        contracts
            .iter()
            .all(|contract| contract.twin == payer.twin())
    );
    let name = paid.name(&plan.name.as_ref().unwrap().parse().unwrap());
    let machine = paid.node(1, &plan.machine.hash.parse().unwrap());
    let gateway = paid.node(2, &plan.gateway.hash.parse().unwrap());
    let then = chain.block(paid.block).await.unwrap().unwrap();
    for id in [name, machine, gateway] {
        let there = then.contract(id.unwrap()).await.unwrap().unwrap();
        assert!(contracts.contains(&there));
    }

    let refused = payer.inclusion(&recording.refused).await.unwrap();
    let expected = Inclusion {
        block: paid.block + 1,
        result: Err("NameExists".into()),
    };
    assert_eq!(refused, Some(expected));
    let cancelled = payer.inclusion(&recording.cancelled).await.unwrap();
    assert_eq!(cancelled.unwrap().result, Ok(()));

    let head = payer.head().await.unwrap();
    let expected = Found {
        block: head.finalized,
        nonce: recording.cancelled.nonce + 1,
        ..Found::default()
    };
    assert_eq!(payer.find(plan, At::Finalized).await.unwrap(), expected);
    assert!(payer.contracts("").await.unwrap().is_empty());

    let block = chain.finalized().await.unwrap();
    assert_eq!(block.policy().await.unwrap(), Policy::REFERENCE);
    assert_eq!(block.tft_price().await.unwrap().billed(), 30);
    let node = block.node(2).await.unwrap().unwrap();
    assert_eq!(node.domain.as_deref(), Some("gent01.test.grid.tf"));
    let (before, after) = (
        then.balance(&account).await.unwrap(),
        block.balance(&account).await.unwrap(),
    );
    assert!(after.free < before.free, "fees and bills are paid");
    assert!(block.has_accepted_terms(&account).await.unwrap());
}

#[tokio::test]
async fn the_answers_of_the_real_runtime_are_read() {
    if std::env::var_os("TFCHAIN_RECORD").is_some() {
        return record().await;
    }
    let text = std::fs::read_to_string(path()).unwrap();
    let mut recording: Recording = serde_json::from_str(&text).unwrap();
    let mut answers = std::mem::take(&mut recording.answers);
    let metadata = support::hexed(&support::metadata_144());
    answers.insert("state_getMetadata".into(), metadata.into());
    let endpoint = Endpoint::replaying(answers).await;
    look(&endpoint.url, &recording).await;
}

async fn record() {
    let peer = Peer::new().await;
    let secret = format!("0x{}", "7b".repeat(32));
    let identity = peer.account_of(&secret).await;
    let payer = Payer::new(peer.with_twin(&identity).await, identity);
    let (payer, plan) = (payer.await.unwrap(), plan());
    let send = async |calls: Vec<grid::Call>| {
        let batch = payer.sign(&calls).await.unwrap();
        peer.include(payer.chain(), &batch).await;
        batch
    };
    let paid = send(plan.calls()).await;
    let found = payer.find(&plan, At::Best).await.unwrap();
    let refused = send(plan.calls()).await;
    let cancel = |id| grid::Call::Cancel { contract: id };
    let cancelled = send(found.ids().into_iter().map(cancel).collect()).await;
    let mut recording = Recording {
        secret,
        plan,
        paid,
        refused,
        cancelled,
        answers: Answers::new(),
    };
    let endpoint = Endpoint::recording(&peer.url).await;
    look(&endpoint.url, &recording).await;
    recording.answers = endpoint.recorded();
    // It stands beside, without its documentation.
    recording
        .answers
        .retain(|question, _| !question.starts_with("state_getMetadata"));
    let text = serde_json::to_string_pretty(&recording).unwrap();
    std::fs::write(path(), text + "\n").unwrap();
}
