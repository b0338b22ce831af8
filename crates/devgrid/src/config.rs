//! What the development grid is made of, as `[devgrid]` of the config file sets it.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use grid::NodeId;
use serde::Deserialize;

use crate::{DevGridError, Faults};

/// Everything that can be set. Times are whole milliseconds in the config file (`block_ms`); money
/// is in units of 10⁻⁷ TFT, the chain's own.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DevGridConfig {
    /// Time between blocks (`block_ms`).
    #[serde(rename = "block_ms", with = "millis")]
    pub block: Duration,
    /// How many blocks the finalized one is behind the newest.
    pub finality_lag: u64,
    /// In how many blocks a signed batch can be included.
    pub era: u64,
    /// From the node's message to the machine's start (`provision_ms`); a gateway takes half.
    #[serde(rename = "provision_ms", with = "millis")]
    pub provision: Duration,
    /// PeerTube's first boot, from the machine's start (`boot_ms`).
    #[serde(rename = "boot_ms", with = "millis")]
    pub boot: Duration,
    /// How many blocks the directory is behind the nodes.
    pub directory_lag: u64,
    /// The twin that pays.
    pub twin: u32,
    /// What it has at the first start, units.
    pub balance: u64,
    /// What a batch costs, units.
    pub fee: u64,
    /// What a contract on a node costs, units an hour.
    pub node_hour: u64,
    /// What a name contract costs, units an hour.
    pub name_hour: u64,
    /// Names that another twin has from the first block on.
    pub taken_names: Vec<String>,
    /// The nodes for machines.
    pub nodes: Vec<DevNode>,
    /// The gateway nodes.
    pub gateways: Vec<DevGateway>,
    /// Where the stand-in pages are; see [`crate::DevGrid::set_pages_addr`].
    pub pages: SocketAddr,
    /// Where the state is kept; without it, it ends with the process.
    pub state_file: Option<PathBuf>,
    /// What goes wrong.
    pub faults: Faults,
}

/// A node for machines.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DevNode {
    /// Its number; not 0.
    pub id: NodeId,
    /// ISO 3166 alpha-2.
    pub country: String,
    /// City.
    pub city: String,
    /// The farm's number.
    pub farm: u32,
    /// Virtual processors; shared, so only the total counts.
    pub vcpu: u16,
    /// Memory, GiB.
    pub memory_gib: u64,
    /// Disk, GiB.
    pub disk_gib: u64,
    /// Whether its machines get a public IPv6 address.
    #[serde(default = "yes")]
    pub ipv6: bool,
}

/// A gateway node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DevGateway {
    /// Its number; not 0.
    pub id: NodeId,
    /// The domain it serves.
    pub domain: String,
}

impl DevGridConfig {
    /// Twenty times faster: for `--fast` and for tests against the wall clock.
    pub fn fast() -> Self {
        Self::default().hurried()
    }

    /// The same grid with the clock of [`DevGridConfig::fast`].
    pub fn hurried(self) -> Self {
        Self {
            block: Duration::from_millis(300),
            provision: Duration::from_millis(400),
            boot: Duration::from_millis(600),
            ..self
        }
    }

    /// Refuses what makes no sense.
    ///
    /// # Errors
    /// Names the key and what to set.
    pub(crate) fn check(&self) -> Result<(), DevGridError> {
        let refuse = |key, remedy: &str| {
            Err(DevGridError::Config {
                key,
                remedy: remedy.to_owned(),
            })
        };
        if self.block < Duration::from_millis(1) {
            return refuse("block_ms", "set 1 or more, such as 6000");
        }
        if self.era < 4 {
            return refuse("era", "set 4 blocks or more, such as 32");
        }
        let mut ids = BTreeSet::from([0]);
        if !self.nodes.iter().all(|node| ids.insert(node.id)) {
            return refuse("nodes", "give each node its own id, 1 or more");
        }
        if !self.gateways.iter().all(|gateway| ids.insert(gateway.id)) {
            return refuse(
                "gateways",
                "give each gateway its own id, also unlike a node's",
            );
        }
        let mut domains = BTreeSet::new();
        if !self.gateways.iter().all(|g| domains.insert(&g.domain)) {
            return refuse("gateways", "name each domain once");
        }
        self.faults.check()
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<&DevNode> {
        self.nodes.iter().find(|node| node.id == id)
    }

    pub(crate) fn gateway(&self, id: NodeId) -> Option<&DevGateway> {
        self.gateways.iter().find(|gateway| gateway.id == id)
    }

    /// Whether any node or gateway has this number.
    pub(crate) fn knows(&self, id: NodeId) -> bool {
        self.node(id).is_some() || self.gateway(id).is_some()
    }
}

impl Default for DevGridConfig {
    fn default() -> Self {
        let node = |id, country: &str, city: &str, farm| DevNode {
            id,
            country: country.to_owned(),
            city: city.to_owned(),
            farm,
            vcpu: 32,
            memory_gib: 128,
            disk_gib: 8_000,
            ipv6: true,
        };
        let domains = [
            "ava.tf",
            "3x0.me",
            "refit.earth",
            "co30.org",
            "ninja.tf",
            "base.tf",
            "tf9.io",
        ];
        Self {
            block: Duration::from_secs(6),
            finality_lag: 2,
            era: 32,
            provision: Duration::from_secs(8),
            boot: Duration::from_secs(12),
            directory_lag: 5,
            twin: 100,
            balance: 100_000_000_000,
            fee: 10_000,
            node_hour: 1_000_000,
            name_hour: 100_000,
            taken_names: vec!["taken".to_owned()],
            nodes: vec![
                node(11, "BE", "Ghent", 1),
                node(12, "BE", "Ghent", 1),
                node(21, "AT", "Vienna", 2),
                node(22, "AT", "Vienna", 2),
            ],
            gateways: (101..)
                .zip(domains)
                .map(|(id, domain)| DevGateway {
                    id,
                    domain: domain.to_owned(),
                })
                .collect(),
            pages: SocketAddr::from((Ipv4Addr::LOCALHOST, 8082)),
            state_file: None,
            faults: Faults::default(),
        }
    }
}

fn yes() -> bool {
    true
}

mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_toml_and_fills_in_defaults() {
        let config: DevGridConfig = toml::from_str(
            "pages = \"127.0.0.1:0\"\nblock_ms = 50\n[faults]\nbroken_nodes = [11]\n\
             [[nodes]]\nid = 3\ncountry = \"BE\"\ncity = \"Ghent\"\nfarm = 1\nvcpu = 4\n\
             memory_gib = 8\ndisk_gib = 100\n",
        )
        .unwrap();
        assert_eq!(config.block, Duration::from_millis(50));
        assert_eq!(config.boot, Duration::from_secs(12));
        assert_eq!(config.faults.broken_nodes, [11]);
        assert_eq!(config.nodes.len(), 1);
        assert!(config.nodes[0].ipv6);
        config.check().unwrap();
    }

    #[test]
    fn refuses_unknown_keys() {
        for text in ["blok_ms = 1", "[faults]\nbroken = [1]"] {
            let error = toml::from_str::<DevGridConfig>(text).unwrap_err();
            assert!(error.to_string().contains("unknown field"), "{error}");
        }
    }

    #[test]
    fn refuses_what_makes_no_sense() {
        let key = |config: DevGridConfig| match config.check() {
            Err(DevGridError::Config { key, .. }) => key,
            other => panic!("{other:?}"),
        };
        let good = DevGridConfig::default;
        let block = Duration::ZERO;
        assert_eq!(key(DevGridConfig { block, ..good() }), "block_ms");
        assert_eq!(key(DevGridConfig { era: 1, ..good() }), "era");
        let mut twice = good();
        twice.nodes[1].id = twice.nodes[0].id;
        assert_eq!(key(twice), "nodes");
        let mut both = good();
        both.gateways[0].id = both.nodes[0].id;
        assert_eq!(key(both), "gateways");
        let mut chance = good();
        chance.faults.lost_submit = 1.5;
        assert_eq!(key(chance), "faults.lost_submit");
    }
}
