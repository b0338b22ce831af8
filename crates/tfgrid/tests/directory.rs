//! The directory, over HTTP: filters, pages, shapes, and what is said when an answer is not one.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use gridpeers::{Proxy, ProxyNode};
use serde_json::{Value, json};
use tfgrid::ServiceError;
use tfgrid::directory::{
    ContractFilter, ContractKind, ContractState, Directory, FarmFilter, NodeFilter, Status,
};

async fn proxy() -> (Proxy, Directory) {
    let proxy = Proxy::start().await;
    let directory = Directory::new(&[&proxy.url()]).unwrap();
    (proxy, directory)
}

async fn found(directory: &Directory, filter: NodeFilter) -> Vec<u32> {
    let nodes = directory.nodes(&filter).await.unwrap();
    nodes.iter().map(|node| node.id).collect()
}

/// What the proxy's own answer has (tfgrid-sdk-go:grid-proxy/docs/swagger.json, `types.Node`).
#[tokio::test]
async fn our_proxy_answers_in_the_published_shape() {
    let (proxy, _) = proxy().await;
    proxy.node(ProxyNode::roomy(1, 11));
    let keys = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    let get = async |path: &str| -> Value {
        let url = format!("{}{path}", proxy.url());
        reqwest::get(url).await.unwrap().json().await.unwrap()
    };
    let common = "id nodeId farmId farmName twinId country city region gridVersion uptime created \
        farmingPolicyId updatedAt location publicConfig status certificationType dedicated \
        inDedicatedFarm rentContractId rented rentable rentedByTwinId serialNumber power num_gpu \
        extraFee healthy dmi speed gpus price_usd farm_free_ips features";
    let expected = |more: &str| -> BTreeSet<String> {
        let words = common.split_whitespace().chain(more.split_whitespace());
        words.map(str::to_owned).collect()
    };
    let listed = get("/nodes").await;
    assert_eq!(keys(&listed[0]), expected("total_resources used_resources"));
    let one = get("/nodes/1").await;
    assert_eq!(keys(&one), expected("capacity"));
    assert_eq!(
        keys(&one["capacity"]["total_resources"]),
        ["cru", "hru", "mru", "sru"].map(str::to_owned).into()
    );
    assert_eq!(
        keys(&one["publicConfig"]),
        ["domain", "gw4", "gw6", "ipv4", "ipv6"]
            .map(str::to_owned)
            .into()
    );
}

#[tokio::test]
async fn a_node_is_read_alike_from_a_list_and_alone() {
    let (proxy, directory) = proxy().await;
    proxy.node(ProxyNode {
        certified: true,
        rented_by: 5,
        ..ProxyNode::gateway(7, 29, "gent01.dev.grid.tf")
    });
    let listed = directory.nodes(&NodeFilter::default()).await.unwrap();
    let alone = directory.node(7).await.unwrap().unwrap();
    assert_eq!(listed, std::slice::from_ref(&alone));
    assert_eq!((alone.id, alone.twin, alone.farm), (7, 29, 1));
    assert_eq!((&*alone.country, &*alone.city), ("Belgium", "Ghent"));
    assert_eq!(alone.status, Status::Up);
    assert!(alone.healthy && alone.certified && alone.dedicated);
    assert_eq!(alone.rented_by, 5);
    assert_eq!(alone.free().mru, 63 << 30);
    assert_eq!(alone.public.domain, "gent01.dev.grid.tf");
    assert_eq!(alone.public.ipv4, "185.206.122.33/24");
    assert_eq!(directory.gateway(7).await.unwrap(), Some(alone));
    assert_eq!(directory.node(8).await, Ok(None));
    assert_eq!(directory.gateway(8).await, Ok(None));
}

/// Each filter lets one of two nodes pass; a parameter that the proxy does not know is refused.
#[tokio::test]
async fn every_filter_is_the_proxys() {
    let (proxy, directory) = proxy().await;
    proxy.node(ProxyNode {
        farm: 3,
        certified: true,
        rented_by: 5,
        free_ips: 2,
        country: "Austria",
        city: "Vienna & more",
        region: "Middle",
        mru: 8 << 30,
        status: "standby",
        healthy: false,
        has_ipv6: false,
        cru: 2,
        sru: 200 << 30,
        features: vec!["zmachine-light", "network-light"],
        ..ProxyNode::gateway(2, 12, "a.example")
    });
    proxy.node(ProxyNode::roomy(1, 11));
    let none = NodeFilter::default;
    assert_eq!(found(&directory, none()).await, [1, 2]);
    let cases = [
        (
            NodeFilter {
                status: vec![Status::Up, Status::Down],
                ..none()
            },
            1,
        ),
        (
            NodeFilter {
                status: vec![Status::Standby],
                ..none()
            },
            2,
        ),
        (
            NodeFilter {
                healthy: Some(true),
                ..none()
            },
            1,
        ),
        (
            NodeFilter {
                has_ipv6: Some(true),
                ..none()
            },
            1,
        ),
        (
            NodeFilter {
                ipv4: Some(true),
                ..none()
            },
            2,
        ),
        (
            NodeFilter {
                ipv6: Some(true),
                ..none()
            },
            2,
        ),
        (
            NodeFilter {
                domain: Some(false),
                ..none()
            },
            1,
        ),
        (
            NodeFilter {
                free_mru: Some(16 << 30),
                ..none()
            },
            1,
        ),
        (
            NodeFilter {
                free_sru: Some(200 << 30),
                ..none()
            },
            1,
        ),
        (
            NodeFilter {
                total_cru: Some(3),
                ..none()
            },
            1,
        ),
        (
            NodeFilter {
                free_ips: Some(1),
                ..none()
            },
            2,
        ),
        (
            NodeFilter {
                country: Some("Austria".into()),
                ..none()
            },
            2,
        ),
        (
            NodeFilter {
                city: Some("Vienna & more".into()),
                ..none()
            },
            2,
        ),
        (
            NodeFilter {
                region: Some("Europe".into()),
                ..none()
            },
            1,
        ),
        (
            NodeFilter {
                farms: vec![3, 4],
                ..none()
            },
            2,
        ),
        (
            NodeFilter {
                nodes: vec![1],
                ..none()
            },
            1,
        ),
        (
            NodeFilter {
                excluded: vec![1, 3],
                ..none()
            },
            2,
        ),
        (
            NodeFilter {
                twin: Some(12),
                ..none()
            },
            2,
        ),
        (
            NodeFilter {
                available_for: Some(4),
                ..none()
            },
            1,
        ),
        (
            NodeFilter {
                rented: Some(true),
                ..none()
            },
            2,
        ),
        (
            NodeFilter {
                certified: Some(false),
                ..none()
            },
            1,
        ),
        (
            NodeFilter {
                certified: Some(true),
                ..none()
            },
            2,
        ),
        (
            NodeFilter {
                features: vec!["zmachine".into(), "network".into()],
                ..none()
            },
            1,
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(
            found(&directory, filter.clone()).await,
            [expected],
            "{filter:?}"
        );
    }
    let no_disk = NodeFilter {
        free_hru: Some(1),
        ..none()
    };
    assert_eq!(found(&directory, no_disk).await, [0_u32; 0]);
    let gateways = directory.gateways(&none()).await.unwrap();
    assert_eq!(gateways.len(), 1);

    let unknown = NodeFilter {
        features: vec!["teleport".into()],
        ..none()
    };
    let error = directory.nodes(&unknown).await.unwrap_err();
    assert!(!error.may_pass());
    let text = error.to_string();
    assert!(
        text.contains("(400: teleport is not a valid node feature)"),
        "{text}"
    );
}

#[tokio::test]
async fn all_pages_are_read_however_the_proxy_cuts_them() {
    let (proxy, directory) = proxy().await;
    for id in (1..=250).rev() {
        proxy.node(ProxyNode::roomy(id, id + 1000));
    }
    let everyone: Vec<u32> = (1..=250).collect();
    assert_eq!(found(&directory, NodeFilter::default()).await, everyone);
    assert_eq!(proxy.asked().len(), 3);
    // Fewer on each page than are asked for.
    proxy.cap_pages(40);
    assert_eq!(found(&directory, NodeFilter::default()).await, everyone);
    // Some of them twice.
    proxy.overlap(3);
    assert_eq!(found(&directory, NodeFilter::default()).await, everyone);
    let some = directory
        .some_nodes(&NodeFilter::default(), 5)
        .await
        .unwrap();
    assert_eq!((some.items.len(), some.total), (5, Some(250)));

    let (proxy, directory) = self::proxy().await;
    proxy.hide_count();
    assert_eq!(found(&directory, NodeFilter::default()).await, [0_u32; 0]);
    for id in 1..=200 {
        proxy.node(ProxyNode::roomy(id, id + 1000));
    }
    assert_eq!(found(&directory, NodeFilter::default()).await.len(), 200);
}

#[tokio::test]
async fn a_proxy_that_repeats_itself_is_not_followed_for_ever() {
    let (proxy, directory) = proxy().await;
    let node = json!({ "nodeId": 1, "twinId": 2, "farmId": 1, "status": "up",
        "total_resources": { "cru": 1, "mru": 1, "sru": 1, "hru": 0 },
        "used_resources": { "cru": 0, "mru": 0, "sru": 0, "hru": 0 } });
    let page = json!(vec![node; 100]).to_string();
    proxy.instead("/nodes", 200, page);
    let error = directory.nodes(&NodeFilter::default()).await.unwrap_err();
    assert!(
        error.to_string().contains("its pages repeat themselves"),
        "{error}"
    );
    assert_eq!(proxy.asked().len(), 2);
}

#[tokio::test]
async fn farms_are_found_by_themselves_and_by_their_nodes() {
    let (proxy, directory) = proxy().await;
    proxy.farm(2, "Freefarm", &[0, 77, 0]);
    proxy.farm(1, "Other", &[]);
    proxy.node(ProxyNode {
        farm: 2,
        ..ProxyNode::roomy(1, 11)
    });
    proxy.node(ProxyNode {
        country: "Austria",
        has_ipv6: false,
        status: "down",
        ..ProxyNode::roomy(2, 12)
    });
    let all = directory.farms(&FarmFilter::default()).await.unwrap();
    assert_eq!(all.iter().map(|f| f.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(
        (&*all[1].name, all[1].free_ips(), all[1].pricing_policy),
        ("Freefarm", 2, 1)
    );
    let none = FarmFilter::default;
    let cases = [
        (
            FarmFilter {
                id: Some(2),
                ..none()
            },
            2,
        ),
        (
            FarmFilter {
                name: Some("Other".into()),
                ..none()
            },
            1,
        ),
        (
            FarmFilter {
                free_ips: Some(1),
                twin: Some(7),
                dedicated: Some(false),
                ..none()
            },
            2,
        ),
        (
            FarmFilter {
                country: Some("Austria".into()),
                region: Some("Europe".into()),
                ..none()
            },
            1,
        ),
        (
            FarmFilter {
                node_has_ipv6: Some(true),
                node_status: vec![Status::Up],
                ..none()
            },
            2,
        ),
        (
            FarmFilter {
                node_free_mru: Some(1),
                node_free_sru: Some(1),
                node_features: vec!["network".into()],
                id: Some(1),
                ..none()
            },
            1,
        ),
    ];
    for (filter, expected) in cases {
        let farms = directory.farms(&filter).await.unwrap();
        assert_eq!(
            farms.iter().map(|f| f.id).collect::<Vec<_>>(),
            [expected],
            "{filter:?}"
        );
    }
    let certified = FarmFilter {
        certification: Some("NotCertified".into()),
        ..none()
    };
    assert_eq!(directory.farms(&certified).await, Ok(vec![]));
    assert_eq!(all[1].certification, "Gold");
}

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

#[tokio::test]
async fn the_grid_is_counted() {
    let (proxy, directory) = proxy().await;
    proxy.node(ProxyNode::roomy(1, 11));
    proxy.node(ProxyNode {
        status: "down",
        ..ProxyNode::gateway(2, 12, "a.example")
    });
    let all = directory.stats(None).await.unwrap();
    assert_eq!((all.nodes, all.gateways, all.total_cru), (2, 1, 32));
    let up = directory.stats(Some(Status::Up)).await.unwrap();
    assert_eq!((up.nodes, up.gateways), (1, 0));
}

#[tokio::test]
async fn every_wrong_shape_says_where_and_what_to_do() {
    let good = json!({ "nodeId": 1, "twinId": 2, "farmId": 1, "status": "up",
        "total_resources": { "cru": 1, "mru": 1, "sru": 1, "hru": 0 },
        "used_resources": { "cru": 0, "mru": 0, "sru": 0, "hru": 0 } });
    let changed = |key: &str, value: Value| {
        let mut node = good.clone();
        node[key] = value;
        json!([good, node]).to_string()
    };
    let without = |key: &str| {
        let mut node = good.clone();
        node.as_object_mut().unwrap().remove(key);
        json!([node]).to_string()
    };
    let cases = [
        (
            "<html>Welcome</html>".to_owned(),
            "expected value at line 1",
        ),
        (String::new(), "EOF while parsing"),
        ("{}".to_owned(), "invalid type: map"),
        (format!("{} []", json!([good])), "trailing characters"),
        (without("twinId"), "[0]: missing field `twinId`"),
        (without("status"), "[0]: missing field `status`"),
        (without("used_resources"), "node 1 has neither"),
        (changed("twinId", json!(-1)), "[1].twinId: invalid value"),
        (changed("twinId", json!(0)), "a node or twin of number 0"),
        (
            changed("nodeId", json!("7")),
            "[1].nodeId: invalid type: string",
        ),
        (changed("status", json!(1)), "[1].status: "),
        (
            changed("features", json!("zmachine")),
            "[1].features: invalid type",
        ),
        (
            changed("total_resources", json!({ "cru": 1 })),
            "[1].total_resources: missing field `mru`",
        ),
        (
            changed(
                "total_resources",
                json!({ "cru": 1, "mru": 1.5, "sru": 1, "hru": 1 }),
            ),
            "[1].total_resources.mru: ",
        ),
    ];
    let (proxy, directory) = proxy().await;
    for (body, expected) in cases {
        proxy.instead("/nodes", 200, body.clone());
        let error = directory.nodes(&NodeFilter::default()).await.unwrap_err();
        assert!(
            matches!(error, ServiceError::NotUnderstood { .. }),
            "{error:?}"
        );
        assert!(!error.may_pass());
        let text = error.to_string();
        assert!(text.contains(expected), "{body}: {text}");
        assert!(text.contains("or take a newer release"), "{text}");
    }
    // A status that came later is none that we know, not an error.
    let mut later = good.clone();
    later["status"] = json!("asleep");
    proxy.instead("/nodes", 200, json!([later]).to_string());
    let nodes = directory.nodes(&NodeFilter::default()).await.unwrap();
    assert_eq!(nodes[0].status, Status::Unknown);

    proxy.instead(
        "/contracts/1",
        200,
        json!({ "contract_id": 1, "twin_id": 1,
        "state": "Created", "created_at": 1, "type": "lease", "details": {} })
        .to_string(),
    );
    let error = directory.contract(1).await.unwrap_err().to_string();
    assert!(error.contains("unknown variant `lease`"), "{error}");
    proxy.instead(
        "/farms",
        200,
        r#"[{"farmId":1,"name":"a","twinId":2,"publicIps":[{}]}]"#,
    );
    let error = directory
        .farms(&FarmFilter::default())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("[0].publicIps[0]: missing field `ip`"),
        "{error}"
    );
    proxy.instead("/stats", 404, "");
    let error = directory.stats(None).await.unwrap_err().to_string();
    assert!(error.contains("there is no such list"), "{error}");
}

#[tokio::test]
async fn a_directory_in_trouble_makes_room_for_the_next() {
    let (bad, good) = (Proxy::start().await, Proxy::start().await);
    bad.instead("/nodes", 502, "<html>\n Bad   Gateway</html>");
    bad.instead("/farms", 302, format!("{}/farms", good.url()));
    good.node(ProxyNode::roomy(1, 11));
    let both = Directory::new(&["http://127.0.0.1:1", &bad.url(), &good.url()]).unwrap();
    assert_eq!(found(&both, NodeFilter::default()).await, [1]);
    assert_eq!(found(&both, NodeFilter::default()).await, [1]);
    // The one that answered is asked first from then on.
    assert_eq!((bad.asked().len(), good.asked().len()), (1, 2));

    let alone = Directory::new(&[&bad.url()]).unwrap();
    let error = alone.nodes(&NodeFilter::default()).await.unwrap_err();
    assert!(error.may_pass());
    let text = error.to_string();
    assert!(text.contains("502: <html> Bad Gateway</html>"), "{text}");
    // Where a redirect leads is not followed: it may be anywhere.
    let error = alone.farms(&FarmFilter::default()).await.unwrap_err();
    assert!(
        matches!(error, ServiceError::Refused { status: 302, .. }),
        "{error:?}"
    );

    let nobody = Directory::new(&["http://127.0.0.1:1"]).unwrap();
    let error = nobody.stats(None).await.unwrap_err();
    assert!(
        matches!(&error, ServiceError::Unreachable { why, .. } if why.contains("refused")),
        "{error:?}"
    );
}

#[test]
fn what_is_no_address_is_refused_with_a_remedy() {
    for address in [
        "",
        "gridproxy.grid.tf",
        "http://gridproxy.grid.tf",
        "ftp://gridproxy.grid.tf",
        "https://user@gridproxy.grid.tf",
        "https://gridproxy.grid.tf/?a",
        "https://gridproxy.grid.tf/#a",
    ] {
        let Err(error) = Directory::new(&[address]) else {
            panic!("{address}")
        };
        assert!(error.to_string().starts_with("the directory `"), "{error}");
    }
    assert!(Directory::new(&[]).is_err());
    assert!(Directory::new(&["https://gridproxy.grid.tf/"]).is_ok());
}
