//! Contracts of every kind.

use serde_json::json;
use tfgrid::directory::{ContractFilter, ContractKind, ContractState};

use crate::proxy;
#[tokio::test]
async fn contracts_are_read_by_their_type() {
    let (proxy, directory) = proxy().await;
    let hash = "57654417376048ea9f3ddcbf59d9e518";
    proxy.contract(
        3,
        143,
        "GracePeriod",
        "rent",
        json!({ "nodeId": 9, "farm_name": "f", "farm_id": 1 }),
    );
    proxy.contract(2, 143, "Created", "name", json!({ "name": "mytube" }));
    proxy.contract(
        1,
        143,
        "Created",
        "node",
        json!({
            "nodeId": 7, "deployment_data": "data", "deployment_hash": hash,
            "number_of_public_ips": 1, "farm_name": "f", "farm_id": 1,
        }),
    );
    proxy.contract(4, 30, "Deleted", "name", json!({ "name": "theirs" }));
    let ours = ContractFilter {
        twin: Some(143),
        ..ContractFilter::default()
    };
    let found = directory.contracts(&ours).await.unwrap();
    let kinds: Vec<&ContractKind> = found.iter().map(|c| &c.kind).collect();
    let node = ContractKind::Node {
        node: 7,
        data: "data".into(),
        hash: Some(hash.parse().unwrap()),
        public_ips: 1,
    };
    assert_eq!(
        kinds,
        [
            &node,
            &ContractKind::Name {
                name: "mytube".into()
            },
            &ContractKind::Rent { node: 9 },
        ]
    );
    assert_eq!(
        (found[2].id, found[2].state),
        (3, ContractState::GracePeriod)
    );
    assert_eq!((found[0].twin, found[0].created), (143, 1_700_000_000));
    let none = ContractFilter::default;
    let cases = [
        (
            ContractFilter {
                state: vec![ContractState::Deleted, ContractState::GracePeriod],
                ..none()
            },
            vec![3, 4],
        ),
        (
            ContractFilter {
                kind: Some("name"),
                ..none()
            },
            vec![2, 4],
        ),
        (
            ContractFilter {
                node: Some(9),
                ..none()
            },
            vec![3],
        ),
        (
            ContractFilter {
                name: Some("mytube".into()),
                ..none()
            },
            vec![2],
        ),
        (
            ContractFilter {
                hash: Some(hash.into()),
                ..none()
            },
            vec![1],
        ),
    ];
    for (filter, expected) in cases {
        let found = directory.contracts(&filter).await.unwrap();
        assert_eq!(
            found.iter().map(|c| c.id).collect::<Vec<_>>(),
            expected,
            "{filter:?}"
        );
    }
    assert_eq!(directory.contract(2).await.unwrap().unwrap().twin, 143);
    assert_eq!(directory.contract(5).await, Ok(None));
}
