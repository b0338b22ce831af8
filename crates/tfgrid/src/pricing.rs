//! What it costs.

/// What is paid for on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resources {
    /// Virtual processors.
    pub cru: u64,
    /// Memory in bytes.
    pub mru: u64,
    /// SSD in bytes: root disks, disks and directories.
    pub sru: u64,
    /// Hard disk in bytes.
    pub hru: u64,
    /// Public IPv4 addresses.
    pub public_ips: u32,
}
