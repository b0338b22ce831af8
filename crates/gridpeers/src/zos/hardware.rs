//! What a node is made of.

/// What a node is.
#[derive(Debug, Clone)]
pub struct Hardware {
    /// Its number on the chain, which is not its twin's.
    pub node: u32,
    /// Memory, bytes.
    pub memory: u64,
    /// SSD, bytes.
    pub ssd: u64,
    /// Whether machines get public IPv6 addresses.
    pub ipv6: bool,
    /// The domain under which it serves names, if it is a gateway.
    pub domain: Option<String>,
}

impl Hardware {
    /// A node with room and IPv6, no gateway.
    pub fn roomy(node: u32) -> Self {
        Self {
            node,
            memory: 64 << 30,
            ssd: 1 << 40,
            ipv6: true,
            domain: None,
        }
    }

    /// A gateway for this domain.
    pub fn gateway(node: u32, domain: &str) -> Self {
        Self {
            domain: Some(domain.to_owned()),
            ..Self::roomy(node)
        }
    }
}
