//! Answers that are none, directories that do not answer, and addresses that are none.

use gridpeers::{Proxy, ProxyNode};
use serde_json::{Value, json};
use tfgrid::ServiceError;
use tfgrid::directory::{Directory, FarmFilter, NodeFilter, Status};

use crate::{found, proxy};
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
