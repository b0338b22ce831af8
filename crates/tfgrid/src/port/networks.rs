//! Where ThreeFold's networks are (npm `@threefold/grid_client`, zosbase:pkg/environment).

use std::sync::Arc;

use super::dns::{Dns, SystemDns};
use crate::{chain, node};

/// A network of ThreeFold's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// The one where people pay.
    Main,
    /// The one before it.
    Test,
    /// The one before that.
    Qa,
    /// Where it is made.
    Dev,
}

/// Where everything is, and with how much patience it is asked.
#[derive(Clone)]
pub struct Settings {
    /// The chain's endpoints, the best first.
    pub chain: Vec<String>,
    /// Relays. Empty, as it should be, takes those that stand with our twin on the chain: nodes answer
    /// over these.
    pub relays: Vec<String>,
    /// The grid proxy's addresses.
    pub directory: Vec<String>,
    /// The verification service's addresses.
    pub kyc: Vec<String>,
    /// How long the chain may take.
    pub chain_patience: chain::Patience,
    /// How long nodes may take.
    pub node_patience: node::Patience,
    /// Looks host names up.
    pub dns: Arc<dyn Dns>,
}

impl Network {
    /// Its two domains.
    fn domains(self) -> [&'static str; 2] {
        match self {
            Network::Main => ["grid.tf", "grid.threefold.me"],
            Network::Test => ["test.grid.tf", "test.threefold.me"],
            Network::Qa => ["qa.grid.tf", "qa.threefold.me"],
            Network::Dev => ["dev.grid.tf", "dev.threefold.me"],
        }
    }

    /// The relay that its twins use.
    #[must_use]
    pub fn relay(self) -> String {
        let [domain, _] = self.domains();
        format!("relay.{domain}")
    }
}

impl Settings {
    /// Those of a network.
    #[must_use]
    pub fn new(network: Network) -> Self {
        let domains = network.domains();
        let each = |before: &str, after: &str| -> Vec<String> {
            let at = |domain| format!("{before}{domain}{after}");
            domains.into_iter().map(at).collect()
        };
        let mut chain = each("wss://tfchain.", "/ws");
        if network == Network::Main {
            let mirrors = [
                "be.grid.tf",
                "sg.grid.tf",
                "us.grid.tf",
                "grid.threefold.io",
            ];
            chain.extend(mirrors.map(|domain| format!("wss://tfchain.{domain}/ws")));
        }
        let kyc = match network {
            // The one that nodes ask.
            Network::Main => vec![
                "https://kyc.threefold.me".into(),
                "https://kyc.grid.tf".into(),
            ],
            _ => each("https://kyc.", ""),
        };
        Self {
            chain,
            relays: Vec::new(),
            directory: each("https://gridproxy.", ""),
            kyc,
            chain_patience: chain::Patience::default(),
            node_patience: node::Patience::default(),
            dns: Arc::new(SystemDns),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_network_has_its_own_addresses() {
        let main = Settings::new(Network::Main);
        assert_eq!(main.chain[0], "wss://tfchain.grid.tf/ws");
        assert_eq!(main.chain.len(), 6);
        assert_eq!(main.directory[0], "https://gridproxy.grid.tf");
        assert_eq!(main.kyc[0], "https://kyc.threefold.me");
        let dev = Settings::new(Network::Dev);
        assert_eq!(
            dev.chain,
            [
                "wss://tfchain.dev.grid.tf/ws",
                "wss://tfchain.dev.threefold.me/ws"
            ]
        );
        assert_eq!(dev.kyc[0], "https://kyc.dev.grid.tf");
        assert_eq!(Network::Test.relay(), "relay.test.grid.tf");
    }
}
