//! A node as the directory knows it, and which filters it passes.

use serde_json::{Value, json};

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
    pub(super) fn json(&self, nested: bool) -> Value {
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
    pub(super) fn passes(&self, name: &str, value: &str) -> Result<bool, String> {
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

/// What the proxy says to a parameter that it does not know.
pub(super) fn unknown(name: &str) -> String {
    format!("failed to decode params: schema: invalid path \"{name}\"")
}
