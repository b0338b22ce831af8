//! The real binary on a whole grid of ours: what its operator asks of it, and a deployment over sockets.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "support/operator.rs"]
#[allow(dead_code, unreachable_pub)]
mod support;

use std::time::Duration;

use gridpeers::chain::scale;
use order::api::State;
use support::{Operator, SEED};
use tfgrid::{Identity, chain::Key, deployment::WorkloadData, identity::Scheme};

#[tokio::test]
async fn check_says_part_by_part_whether_all_is_there() {
    let operator = Operator::new().await;
    let good = operator.says("grid check").await;
    let parts = [
        "account",
        "chain",
        "twin",
        "verification",
        "money",
        "directory",
        "Ghent, small",
        "ava.tf, small",
    ];
    assert_eq!(good.lines().count(), parts.len(), "{good}");
    for (line, part) in good.lines().zip(parts) {
        assert!(line.starts_with(&format!("✓ {part}")), "{good}");
    }
    assert!(good.contains("node 11 and gateway 31 answer"), "{good}");

    operator.peers.verified.remove(9);
    let (out, error) = operator.complains("grid check").await;
    assert!(
        out.contains("✗ verification") && out.contains("twin 9 is not verified"),
        "{out}"
    );
    assert!(error.contains("3 of 8"), "the places, too: {error}");
    operator.peers.verified.add(9);

    let account = operator.peers.identity().account();
    let poor = scale::account(0, 10_000_000, 0);
    operator
        .peers
        .chain()
        .set_keys(&[(Key::Account(account), poor)]);
    let (out, _) = operator.complains("grid check").await;
    assert!(out.contains("✗ money") && out.contains("send TFT"), "{out}");
}

#[tokio::test]
async fn a_grid_that_is_not_there_is_told_without_waiting_for_it() {
    let operator = Operator::new().await;
    operator.peers.endpoints().clear();
    let (out, _) = operator.complains("grid check").await;
    assert!(out.contains("✗ chain"), "{out}");
    assert!(out.contains("✓ directory"), "{out}");
}

#[tokio::test]
async fn a_twin_without_key_is_given_one_and_then_left_alone() {
    let operator = Operator::new().await;
    let account = operator.peers.identity().account();
    let bare = scale::twin(9, &account, Some(b"relay.dev.grid.tf"), None);
    operator.peers.chain().set_keys(&[(Key::Twin(9), bare)]);
    let (out, _) = operator.complains("grid check").await;
    assert!(
        out.contains("✗ twin") && out.contains("run `gridtube grid twin create`"),
        "{out}"
    );
    let (_, error) = operator.complains("serve").await;
    assert!(error.contains("gridtube grid check"), "{error}");
    let created = operator.says("grid twin create").await;
    assert!(
        created.starts_with("gave twin 9 its key and 127.0.0.1"),
        "{created}"
    );
    let again = operator.says("grid twin create").await;
    assert_eq!(again, "twin 9 is as it should be\n");
    assert!(operator.says("grid check").await.contains("✓ twin"));
}

#[tokio::test]
async fn nobody_accepts_terms_without_saying_so() {
    let operator = Operator::new().await;
    operator.config("key_type = \"ed25519\"");
    let (_, error) = operator.complains("grid twin create").await;
    assert!(error.contains("library.threefold.me"), "{error}");
}

#[tokio::test]
async fn terms_are_accepted_as_they_stand_and_a_twin_is_made() {
    let operator = Operator::new().await;
    operator
        .peers
        .proxy
        .instead("/terms", 200, "what nobody reads");
    let terms = format!("{}/terms", operator.peers.proxy.url());
    operator.config(&format!("key_type = \"ed25519\"\nterms = {terms:?}"));
    let mnemonic = std::fs::read_to_string(operator.path("mnemonic")).unwrap();
    let identity = Identity::new(mnemonic.trim(), Scheme::Ed25519).unwrap();
    let account = identity.account();
    let rich = scale::account(0, 10_000_000_000, 0);
    let chain = || operator.peers.chain();
    chain().set_keys(&[(Key::Account(account), rich)]);
    let made = operator.says("grid twin create --accept-terms").await;
    let (accepted, made) = made.split_once('\n').unwrap();
    assert_eq!(accepted, "accepted ThreeFold's terms");
    assert!(made.starts_with("made twin "), "{made}");
    let again = operator.says("grid twin create --accept-terms").await;
    assert!(again.ends_with("is as it should be\n"), "{again}");
    // `md5sum` of the text.
    let hash = "718e4c136f809ff1b7a63327fe82f911";
    let chain = chain();
    let mut kept = chain.newest().values().map(|v| String::from_utf8_lossy(v));
    assert!(kept.any(|value| value.contains(hash) && value.contains(&terms)));
}

#[tokio::test]
async fn nodes_and_prices_are_listed() {
    let operator = Operator::new().await;
    let nodes = operator.says("grid nodes --location ghent").await;
    let numbers: Vec<_> = nodes
        .lines()
        .filter_map(|l| l.split([' ', ',']).nth(1))
        .collect();
    assert_eq!(numbers, ["11", "12", "13", "node(s)"], "{nodes}");
    let (_, error) = operator.complains("grid nodes --location paris").await;
    assert!(error.contains("the location “paris”"), "{error}");
    let prices = operator.says("grid price").await;
    assert_eq!(prices.lines().count(), 1);
    assert!(
        prices.starts_with("small ") && prices.contains(" TFT a month"),
        "{prices}"
    );
}

#[tokio::test]
async fn a_mnemonic_that_others_can_read_is_refused() {
    let operator = Operator::new().await;
    operator.mnemonic(0o644);
    for command in ["check-config", "grid check", "serve"] {
        let (_, error) = operator.complains(command).await;
        assert!(
            error.contains("chmod 600") && !error.contains("bottom"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn s22_a_whole_deployment_at_level_trace_logs_no_secret() {
    let operator = Operator::new().await;
    let service = operator.serve().await;
    let client = reqwest::Client::new();
    let code = operator.says("invites create --site club").await;
    let catalogue = client
        .get(format!("{}/v1/catalog", service.url))
        .send()
        .await
        .unwrap();
    let catalogue: order::Catalogue = catalogue.json().await.unwrap();
    assert_eq!(catalogue.grid, order::GridKind::Dev);
    assert!(catalogue.prices_at.is_some() && catalogue.sizes[0].price.tft_month.is_some());

    let placed = service.order(code.trim()).await;
    let (capability, at) = (&placed.capability, &placed.at);
    // There is no such address in the world: it would be looked for until its time is up.
    placed.until(State::Verifying).await;
    let nodes = operator
        .peers
        .machines
        .iter()
        .chain([&operator.peers.gateway]);
    let sent: Vec<_> = nodes.flat_map(|node| node.zos.deployments()).collect();
    assert_eq!(sent.len(), 2);
    let mut secrets = vec![
        SEED.into(),
        "bottom drive".into(),
        capability.clone(),
        code.trim().into(),
    ];
    for workload in sent.iter().flat_map(|deployment| &deployment.workloads) {
        match &workload.data {
            WorkloadData::Network(network) => {
                secrets.push(network.wireguard_private_key.reveal().to_owned())
            }
            WorkloadData::Zmachine(machine) => {
                for (name, value) in &machine.env {
                    if name.contains("PASSWORD") {
                        secrets.push(value.reveal().to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    assert_eq!(
        secrets.len(),
        7,
        "two WireGuard keys and a password among them"
    );
    let delete = client.delete(at).bearer_auth(capability).send().await;
    delete.unwrap().error_for_status().unwrap();
    placed.until(State::Deleted).await;
    assert_eq!(operator.peers.chain().contracts(), []);

    let log = operator.log();
    let everything = ["\"level\":\"TRACE\"", "/v1/deployments/{id}"];
    assert!(
        everything.iter().all(|text| log.contains(text)),
        "{}",
        &log[..2000]
    );
    for secret in secrets {
        assert!(
            !log.contains(&secret),
            "a secret of {} characters",
            secret.len()
        );
    }
    // The relay's tokens are JWTs, whose second part is JSON too; those letters alone may come by chance.
    assert!(!log.contains(".eyJ"), "a token");
}

#[tokio::test]
async fn a_process_that_stands_still_past_an_era_pays_once() {
    let operator = Operator::new().await;
    let service = operator.serve().await;
    let code = operator.says("invites create --site club").await;
    operator.peers.hold_blocks(true);
    let placed = service.order(code.trim()).await;
    placed.until(State::Paying).await;
    service.signal("-STOP");
    operator.peers.hold_blocks(false);
    // What it has signed can get into a block for so many more, or never.
    let end = operator.peers.chain().best() + usize::try_from(tfgrid::chain::ERA).unwrap() + 8;
    while operator.peers.chain().best() < end {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    service.signal("-CONT");
    placed.until(State::Verifying).await;
    let chain = operator.peers.chain();
    assert_eq!((chain.contracts().len(), chain.contracts_ever()), (3, 3));
}
