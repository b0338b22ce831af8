//! Farms, by themselves and by their nodes.

use gridpeers::ProxyNode;
use tfgrid::directory::{FarmFilter, Status};

use crate::proxy;
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
