//! Virtual machines (zosbase:pkg/gridtypes/zos/zmachine.go, zmachine_light.go, zmachine_utils.go).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Hidden, HiddenBytes, Ip};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// A virtual machine, or a container in one. `N` is how it is connected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Machine<N> {
    /// URL of the image's flist.
    pub flist: String,
    /// How it is connected.
    pub network: N,
    /// Bytes of the root disk; 0 is the least that the node gives, [`Machine::root_size`].
    pub size: u64,
    /// Processors and memory.
    pub compute_capacity: Compute,
    /// Disks, which are workloads of the same deployment.
    pub mounts: Vec<Mount>,
    /// What to start, in a container. Empty: what the flist says.
    pub entrypoint: String,
    /// The environment, in a container. May hold passwords.
    pub env: BTreeMap<String, Hidden>,
    /// Starts `corex` instead of the entry point. Not hashed.
    pub corex: bool,
    /// Graphics cards as `slot/vendor/device`; on dedicated nodes only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gpu: Vec<String>,
}

/// A machine on a full node.
pub type Zmachine = Machine<MachineNetwork>;

/// A machine on a light node.
pub type ZmachineLight = Machine<LightNetwork>;

impl<N> Machine<N> {
    /// The least root disk in bytes: 500 MiB, or 2 GiB from 8 processors × GiB on.
    #[must_use]
    pub fn least_root_size(&self) -> u64 {
        let product =
            u128::from(self.compute_capacity.cpu) * u128::from(self.compute_capacity.memory);
        if product < u128::from(8 * GIB) {
            500 * MIB
        } else {
            2 * GIB
        }
    }

    /// The root disk that the node makes, in bytes; it is what is paid for.
    #[must_use]
    pub fn root_size(&self) -> u64 {
        self.size.max(self.least_root_size())
    }
}

/// How a machine on a full node is connected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MachineNetwork {
    /// The name of an `ip` workload of the same deployment, or empty.
    pub public_ip: String,
    /// An address in the planetary network (Yggdrasil).
    pub planetary: bool,
    /// Exactly one: its place in the private network.
    pub interfaces: Vec<Interface>,
    /// An address in the Mycelium network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mycelium: Option<MyceliumAddress>,
}

/// How a machine on a light node is connected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LightNetwork {
    /// Exactly one: its place in the private network.
    pub interfaces: Vec<Interface>,
    /// An address in the Mycelium network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mycelium: Option<MyceliumAddress>,
}

/// A place in a private network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Interface {
    /// The network workload's name; of this deployment or another one of the twin on this node.
    pub network: String,
    /// An address in the node's subnet of it, other than the first, which is the node's.
    pub ip: Ip,
}

/// Where a machine's Mycelium address comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MyceliumAddress {
    /// The network workload's name.
    pub network: String,
    /// 6 random bytes: with the network's key they make the address.
    pub hex_seed: HiddenBytes,
}

/// Processors and memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Compute {
    /// Virtual processors, 1 to 32.
    pub cpu: u8,
    /// Bytes, 250 MiB to 256 GiB.
    pub memory: u64,
}

/// A disk in a machine.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Mount {
    /// The name of a `zmount` or `volume` of the same deployment.
    pub name: String,
    /// Where it appears, an absolute path.
    pub mountpoint: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_root_disk_grows_at_eight_processor_gib() {
        let least = |cpu, memory| {
            let compute_capacity = Compute { cpu, memory };
            Zmachine {
                compute_capacity,
                ..Zmachine::default()
            }
            .least_root_size()
        };
        assert_eq!(least(1, 2 * GIB), 500 * MIB);
        assert_eq!(least(4, 2 * GIB - 1), 500 * MIB);
        assert_eq!(least(4, 2 * GIB), 2 * GIB);
        assert_eq!(least(255, u64::MAX), 2 * GIB);
        let with = |size| {
            Zmachine {
                size,
                ..Zmachine::default()
            }
            .root_size()
        };
        assert_eq!(with(0), 500 * MIB);
        assert_eq!(with(GIB), GIB);
    }
}
