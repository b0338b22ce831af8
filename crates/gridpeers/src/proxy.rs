//! A grid proxy: its parameters, pages and shapes (tfgrid-sdk-go:grid-proxy).

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::web::{Asked, Said, Web};

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

/// Every feature that the proxy lets nodes be asked for.
const FEATURES: [&str; 18] = [
    "zmount",
    "network",
    "zdb",
    "zmachine",
    "volume",
    "ipv4",
    "ip",
    "gateway-name-proxy",
    "gateway-fqdn-proxy",
    "qsfs",
    "zlogs",
    "yggdrasil",
    "mycelium",
    "wireguard",
    "zmachine-light",
    "network-light",
    "zos3",
    "zos4",
];

/// A node as the directory knows it.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // the directory's own words
pub struct ProxyNode {
    pub node: u32,
    pub twin: u32,
    pub farm: u32,
    pub country: &'static str,
    pub city: &'static str,
    pub region: &'static str,
    pub cru: u64,
    pub mru: u64,
    pub sru: u64,
    pub used_mru: u64,
    pub used_sru: u64,
    pub status: &'static str,
    pub healthy: bool,
    pub has_ipv6: bool,
    pub ipv4: &'static str,
    pub ipv6: &'static str,
    pub domain: &'static str,
    pub rented_by: u32,
    pub certified: bool,
    pub free_ips: u64,
    pub features: Vec<&'static str>,
}

impl ProxyNode {
    /// A node in Ghent that is up and has room.
    pub fn roomy(node: u32, twin: u32) -> Self {
        Self {
            node,
            twin,
            farm: 1,
            country: "Belgium",
            city: "Ghent",
            region: "Europe",
            cru: 16,
            mru: 64 << 30,
            sru: 1 << 40,
            used_mru: 1 << 30,
            used_sru: 100 << 30,
            status: "up",
            healthy: true,
            has_ipv6: true,
            ipv4: "",
            ipv6: "",
            domain: "",
            rented_by: 0,
            certified: false,
            free_ips: 0,
            features: vec![
                "zmount",
                "ip",
                "network",
                "zmachine",
                "wireguard",
                "mycelium",
            ],
        }
    }

    /// A gateway in Ghent for this domain.
    pub fn gateway(node: u32, twin: u32, domain: &'static str) -> Self {
        Self {
            ipv4: "185.206.122.33/24",
            ipv6: "2a10:b600::33/64",
            domain,
            features: vec![
                "gateway-name-proxy",
                "gateway-fqdn-proxy",
                "network",
                "wireguard",
            ],
            ..Self::roomy(node, twin)
        }
    }

    /// Every key of the proxy's own answer.
    fn json(&self, nested: bool) -> Value {
        let total = json!({ "cru": self.cru, "sru": self.sru, "hru": 0, "mru": self.mru });
        let used = json!({ "cru": 0, "sru": self.used_sru, "hru": 0, "mru": self.used_mru });
        let mut node = json!({
            "id": format!("00{:08}", self.node), "nodeId": self.node, "farmId": self.farm,
            "farmName": format!("farm {}", self.farm), "twinId": self.twin,
            "country": self.country, "city": self.city, "region": self.region, "gridVersion": 3,
            "uptime": 86_400, "created": 1_650_000_000, "farmingPolicyId": 1,
            "updatedAt": 1_700_000_000,
            "location": { "country": self.country, "city": self.city, "longitude": 3.72,
                "latitude": null },
            "publicConfig": { "domain": self.domain, "gw4": "", "gw6": "", "ipv4": self.ipv4,
                "ipv6": self.ipv6 },
            "status": self.status,
            "certificationType": if self.certified { "Certified" } else { "Diy" },
            "dedicated": self.rented_by != 0, "inDedicatedFarm": false,
            "rentContractId": 0, "rented": self.rented_by != 0, "rentable": false,
            "rentedByTwinId": self.rented_by, "serialNumber": "",
            "power": { "state": "", "target": "" }, "num_gpu": 0, "extraFee": 0,
            "healthy": self.healthy,
            "dmi": { "processor": null, "memory": null, "bios": {}, "baseboard": {} },
            "speed": { "upload": 0.0, "download": 0.0 }, "gpus": null, "price_usd": 12.345,
            "farm_free_ips": self.free_ips, "features": self.features,
        });
        if nested {
            node["capacity"] = json!({ "total_resources": total, "used_resources": used });
        } else {
            node["total_resources"] = total;
            node["used_resources"] = used;
        }
        node
    }

    /// `Err` in the proxy's words.
    fn passes(&self, name: &str, value: &str) -> Result<bool, String> {
        let number = || {
            let wrong =
                || format!("failed to decode params: schema: error converting value for {name}");
            value.parse::<u64>().map_err(|_| wrong())
        };
        let listed = |own: u32| value.split(',').any(|one| one == own.to_string());
        Ok(match name {
            "status" => value.split(',').any(|one| one == self.status),
            "healthy" => value == self.healthy.to_string(),
            "has_ipv6" => value == self.has_ipv6.to_string(),
            "ipv4" => value == (!self.ipv4.is_empty()).to_string(),
            "ipv6" => value == (!self.ipv6.is_empty()).to_string(),
            "domain" => value == (!self.domain.is_empty()).to_string(),
            "free_mru" => self.mru - self.used_mru >= number()?,
            "free_sru" => self.sru - self.used_sru >= number()?,
            "free_hru" => number()? == 0,
            "total_cru" => self.cru >= number()?,
            "free_ips" => self.free_ips >= number()?,
            "country" => self.country.eq_ignore_ascii_case(value),
            "city" => self.city.eq_ignore_ascii_case(value),
            "region" => self.region.eq_ignore_ascii_case(value),
            "farm_ids" => listed(self.farm),
            "node_ids" => listed(self.node),
            "excluded" => !listed(self.node),
            "twin_id" => number()? == u64::from(self.twin),
            "available_for" => self.rented_by == 0 || u64::from(self.rented_by) == number()?,
            "rented" => value == (self.rented_by != 0).to_string(),
            "certification_type" => value == if self.certified { "Certified" } else { "DIY" },
            "features" => {
                for feature in value.split(',') {
                    if !FEATURES.contains(&feature) {
                        return Err(format!("{feature} is not a valid node feature"));
                    }
                }
                value.split(',').all(|one| self.features.contains(&one))
            }
            _ => return Err(unknown(name)),
        })
    }
}

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

fn unknown(name: &str) -> String {
    format!("failed to decode params: schema: invalid path \"{name}\"")
}
