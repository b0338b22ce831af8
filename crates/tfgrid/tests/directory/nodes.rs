//! Nodes: the shape, the filters, the pages.

use std::collections::BTreeSet;

use gridpeers::ProxyNode;
use serde_json::{Value, json};
use tfgrid::directory::{NodeFilter, Status};

use crate::{found, proxy};
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
