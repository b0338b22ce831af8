//! A grid proxy: its parameters, pages and shapes (tfgrid-sdk-go:grid-proxy).

mod node;

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

pub use node::ProxyNode;

use crate::web::{Asked, Said, Web};
use node::unknown;

/// What pages are asked for with; unlike filters they are known everywhere.
const PAGING: [&str; 7] = [
    "page",
    "size",
    "ret_count",
    "randomize",
    "sort_by",
    "sort_order",
    "balance",
];

/// The proxy, on a port of its own.
pub struct Proxy {
    web: Web,
    lists: Arc<Mutex<Lists>>,
}

#[derive(Default)]
struct Lists {
    nodes: Vec<ProxyNode>,
    farms: Vec<Value>,
    contracts: Vec<Value>,
    /// The most that one page has, whatever is asked for.
    most: Option<usize>,
    no_count: bool,
    /// How many of a page's nodes come again on the next one.
    overlap: usize,
}

impl Proxy {
    /// Knows nothing yet.
    pub async fn start() -> Self {
        let lists = Arc::<Mutex<Lists>>::default();
        let shared = Arc::clone(&lists);
        let web = Web::start(move |asked| shared.lock().unwrap().answer(asked)).await;
        Self { web, lists }
    }

    /// Adds a node.
    pub fn node(&self, node: ProxyNode) {
        self.lists.lock().unwrap().nodes.push(node);
    }

    /// Changes a node.
    pub fn change(&self, node: u32, change: impl FnOnce(&mut ProxyNode)) {
        let mut lists = self.lists.lock().unwrap();
        let found = lists.nodes.iter_mut().find(|n| n.node == node);
        change(found.expect("a known node"));
    }

    /// Adds a farm with IPv4 addresses: each one's contract, 0 when it is free.
    pub fn farm(&self, farm: u32, name: &str, addresses: &[u64]) {
        let address = |(at, contract): (usize, &u64)| {
            json!({ "id": format!("ip-{at}"), "ip": format!("185.206.122.{at}/24"),
                "gateway": "185.206.122.1", "contract_id": contract, "farm_id": farm })
        };
        self.lists.lock().unwrap().farms.push(json!({
            "name": name, "farmId": farm, "twinId": 7, "pricingPolicyId": 1,
            "certificationType": "Gold", "stellarAddress": "", "dedicated": false,
            "publicIps": addresses.iter().enumerate().map(address).collect::<Vec<_>>(),
        }));
    }

    /// Adds a contract: `type` and `details` as the proxy has them.
    pub fn contract(&self, id: u64, twin: u32, state: &str, kind: &str, details: Value) {
        self.lists.lock().unwrap().contracts.push(json!({
            "contract_id": id, "twin_id": twin, "state": state, "created_at": 1_700_000_000,
            "type": kind, "details": details,
        }));
    }

    /// Gives at most so many on a page, whatever is asked for.
    pub fn cap_pages(&self, most: usize) {
        self.lists.lock().unwrap().most = Some(most);
    }

    /// Begins each page so many earlier, as when something comes in between two questions.
    pub fn overlap(&self, by: usize) {
        self.lists.lock().unwrap().overlap = by;
    }

    /// Does not say how many there are.
    pub fn hide_count(&self) {
        self.lists.lock().unwrap().no_count = true;
    }
}

impl Deref for Proxy {
    type Target = Web;

    fn deref(&self) -> &Web {
        &self.web
    }
}

impl Lists {
    fn answer(&self, asked: &Asked) -> Said {
        let path: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
        let result = match path.as_slice() {
            ["nodes"] => self.nodes(asked, false).map(|list| self.page(asked, list)),
            ["gateways"] => self.nodes(asked, true).map(|list| self.page(asked, list)),
            ["farms"] => self.farms(asked).map(|list| self.page(asked, list)),
            ["contracts"] => self.contracts(asked).map(|list| self.page(asked, list)),
            ["nodes", id] | ["gateways", id] => {
                let node = self.nodes.iter().find(|n| n.node.to_string() == *id);
                let node = node.filter(|n| path[0] == "nodes" || !n.ipv4.is_empty());
                Ok(match node {
                    Some(node) => Said::ok(node.json(true)),
                    None => Said::refusal(404, "node not found"),
                })
            }
            ["contracts", id] => {
                let id = json!(id.parse::<u64>().ok());
                let contract = self.contracts.iter().find(|c| c["contract_id"] == id);
                Ok(match contract {
                    Some(contract) => Said::ok(contract.clone()),
                    None => Said::refusal(404, "contract not found"),
                })
            }
            ["stats"] => self.stats(asked),
            _ => return Said::refusal(404, "not found"),
        };
        result.unwrap_or_else(|words| Said::refusal(400, words))
    }

    fn nodes(&self, asked: &Asked, gateways: bool) -> Result<Vec<Value>, String> {
        let mut found = Vec::new();
        for node in &self.nodes {
            let mut passes = !gateways || !node.ipv4.is_empty() || !node.ipv6.is_empty();
            for (name, value) in filters(asked) {
                passes &= node.passes(name, value)?;
            }
            if passes {
                found.push(node.json(false));
            }
        }
        sort(&mut found, asked, "node_id", "nodeId")?;
        Ok(found)
    }

    fn farms(&self, asked: &Asked) -> Result<Vec<Value>, String> {
        let mut found = Vec::new();
        for farm in &self.farms {
            let mut passes = true;
            let nodes = self.nodes.iter().filter(|n| farm["farmId"] == n.farm);
            for (name, value) in filters(asked) {
                passes &= match name {
                    "farm_id" => farm["farmId"].as_u64() == value.parse().ok(),
                    "twin_id" => farm["twinId"].as_u64() == value.parse().ok(),
                    "name" => farm["name"] == value,
                    "dedicated" => farm["dedicated"].as_bool() == value.parse().ok(),
                    "certification_type" => farm["certificationType"] == value,
                    "free_ips" => {
                        let ips = farm["publicIps"].as_array().expect("a list");
                        let free = ips.iter().filter(|ip| ip["contract_id"] == 0).count();
                        value.parse().is_ok_and(|wanted| free >= wanted)
                    }
                    "country" | "region" | "node_free_mru" | "node_free_sru" | "node_has_ipv6"
                    | "node_status" | "node_features" => {
                        let name = name.trim_start_matches("node_");
                        nodes
                            .clone()
                            .any(|node| node.passes(name, value) == Ok(true))
                    }
                    _ => return Err(unknown(name)),
                };
            }
            if passes {
                found.push(farm.clone());
            }
        }
        sort(&mut found, asked, "farm_id", "farmId")?;
        Ok(found)
    }

    fn contracts(&self, asked: &Asked) -> Result<Vec<Value>, String> {
        let mut found = Vec::new();
        for contract in &self.contracts {
            let mut passes = true;
            for (name, value) in filters(asked) {
                passes &= match name {
                    "contract_id" => contract["contract_id"].as_u64() == value.parse().ok(),
                    "twin_id" => contract["twin_id"].as_u64() == value.parse().ok(),
                    "type" => contract["type"] == value,
                    "state" => value.split(',').any(|one| contract["state"] == one),
                    "node_id" => contract["details"]["nodeId"].as_u64() == value.parse().ok(),
                    "name" => contract["details"]["name"] == value,
                    "deployment_hash" => contract["details"]["deployment_hash"] == value,
                    _ => return Err(unknown(name)),
                };
            }
            if passes {
                found.push(contract.clone());
            }
        }
        sort(&mut found, asked, "contract_id", "contract_id")?;
        Ok(found)
    }

    fn stats(&self, asked: &Asked) -> Result<Said, String> {
        let mut nodes: Vec<&ProxyNode> = self.nodes.iter().collect();
        for (name, value) in filters(asked) {
            match name {
                "status" => nodes.retain(|n| value.split(',').any(|one| one == n.status)),
                _ => return Err(unknown(name)),
            }
        }
        let sum = |of: fn(&ProxyNode) -> u64| nodes.iter().map(|n| of(n)).sum::<u64>();
        Ok(Said::ok(json!({
            "nodes": nodes.len(), "farms": self.farms.len(), "countries": 1,
            "totalCru": sum(|n| n.cru), "totalSru": sum(|n| n.sru), "totalMru": sum(|n| n.mru),
            "totalHru": 0, "publicIps": 0, "accessNodes": 0,
            "gateways": nodes.iter().filter(|n| !n.domain.is_empty()).count(), "twins": 99,
            "contracts": self.contracts.len(), "nodesDistribution": { "Belgium": nodes.len() },
            "gpus": 0, "dedicatedNodes": 0, "workloads_number": 0,
        })))
    }

    /// One page, and with `ret_count` how many there are.
    fn page(&self, asked: &Asked, list: Vec<Value>) -> Said {
        let number = |name: &str, default: usize| {
            let value = asked.query.get(name).and_then(|value| value.parse().ok());
            value.unwrap_or(default)
        };
        let size = number("size", 50).min(self.most.unwrap_or(usize::MAX));
        let total = list.len();
        let start = (number("page", 1).max(1) - 1) * (size - self.overlap);
        let items: Vec<Value> = list.into_iter().skip(start).take(size).collect();
        let mut said = Said::ok(json!(items));
        if asked.query.get("ret_count").map(String::as_str) == Some("true") && !self.no_count {
            said.headers = vec![
                ("count", total.to_string()),
                ("size", size.to_string()),
                ("pages", total.div_ceil(size.max(1)).to_string()),
            ];
        }
        said
    }
}

fn filters(asked: &Asked) -> impl Iterator<Item = (&str, &str)> {
    let all = asked.query.iter().map(|(k, v)| (k.as_str(), v.as_str()));
    all.filter(|(name, _)| !PAGING.contains(name))
}

/// Only by number is implemented; anything else is refused, as is what the proxy does not know.
fn sort(list: &mut [Value], asked: &Asked, by: &str, key: &str) -> Result<(), String> {
    match asked.query.get("sort_by") {
        None => {}
        Some(wanted) if wanted == by => list.sort_by_key(|item| item[key].as_u64()),
        Some(other) => return Err(format!("{other:?} is not a sort field")),
    }
    Ok(())
}
