//! The directory, over HTTP: filters, pages, shapes, and what is said when an answer is not one.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod contracts;
mod farms;
mod nodes;
mod trouble;

use gridpeers::{Proxy, ProxyNode};
use tfgrid::directory::{Directory, NodeFilter, Status};

async fn proxy() -> (Proxy, Directory) {
    let proxy = Proxy::start().await;
    let directory = Directory::new(&[&proxy.url()]).unwrap();
    (proxy, directory)
}

async fn found(directory: &Directory, filter: NodeFilter) -> Vec<u32> {
    let nodes = directory.nodes(&filter).await.unwrap();
    nodes.iter().map(|node| node.id).collect()
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
