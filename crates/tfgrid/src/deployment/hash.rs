//! The challenge: the text that is hashed, to the byte as a node writes it.
//!
//! Numbers are decimal, booleans `true` and `false`, nothing stands between the parts
//! (zosbase:pkg/gridtypes, the `Challenge` of each type).

use std::fmt::{self, Display, Write};
use std::str::FromStr;

use md5::{Digest, Md5};
use zeroize::Zeroizing;

use super::{
    Cidr, Deployment, FqdnProxy, LightNetwork, Machine, MachineNetwork, NameProxy, Network,
    SignatureRequirement, Workload, WorkloadData,
};
use crate::Error;

/// The MD5 of a challenge: 16 bytes, `Display`ed as lower-case hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeploymentHash([u8; 16]);

impl DeploymentHash {
    /// The bytes, which are what is signed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// What the contract on the chain holds: the hex digits as text, 32 bytes.
    #[must_use]
    pub fn on_chain(&self) -> [u8; 32] {
        let mut text = [0; 32];
        // 16 bytes are always 32 digits.
        let _ = hex::encode_to_slice(self.0, &mut text);
        text
    }
}

impl Display for DeploymentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for DeploymentHash {
    type Err = Error;

    fn from_str(digits: &str) -> Result<Self, Error> {
        let mut bytes = [0; 16];
        let upper = digits.bytes().any(|b| b.is_ascii_uppercase());
        match hex::decode_to_slice(digits, &mut bytes) {
            Ok(()) if !upper => Ok(Self(bytes)),
            _ => Err(Error::Rule {
                at: "deployment_hash".into(),
                remedy: "take the 32 lower-case hex digits of the deployment's MD5".into(),
            }),
        }
    }
}

impl Deployment {
    /// The text that is hashed. It holds the secrets of the deployment – WireGuard keys, passwords
    /// in the environment –, so it is for debugging, not for logs.
    #[must_use]
    pub fn challenge(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::new());
        // A `String` takes everything.
        let _ = self.write(&mut text);
        text
    }

    /// The hash of the deployment. Contract id, signatures, results and `corex` are not in it.
    #[must_use]
    pub fn hash(&self) -> DeploymentHash {
        DeploymentHash(Md5::digest(self.challenge().as_bytes()).into())
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        write!(out, "{}{}", self.version, self.twin_id)?;
        write!(
            out,
            "{}{}{}",
            self.metadata, self.description, self.expiration
        )?;
        self.workloads.iter().try_for_each(|w| w.write(out))?;
        self.signature_requirement.write(out)
    }
}

impl SignatureRequirement {
    fn write(&self, out: &mut String) -> fmt::Result {
        for request in &self.requests {
            write!(
                out,
                "{}{}{}",
                request.twin_id, request.required, request.weight
            )?;
        }
        write!(out, "{}{}", self.weight_required, self.signature_style)
    }
}

impl Workload {
    fn write(&self, out: &mut String) -> fmt::Result {
        write!(out, "{}{}{}", self.version, self.name, self.data.kind())?;
        write!(out, "{}{}", self.metadata, self.description)?;
        match &self.data {
            WorkloadData::Network(network) | WorkloadData::NetworkLight(network) => {
                network.write(out)
            }
            WorkloadData::Zmachine(data) => machine(out, data),
            WorkloadData::ZmachineLight(data) => machine(out, data),
            WorkloadData::Zmount(volume) | WorkloadData::Volume(volume) => {
                write!(out, "{}", volume.size)
            }
            WorkloadData::Ip(ip) => write!(out, "{}{}", ip.v4, ip.v6),
            WorkloadData::GatewayName(NameProxy {
                name,
                tls_passthrough,
                backends,
                network,
            }) => proxy(out, name, *tls_passthrough, backends, network.as_deref()),
            WorkloadData::GatewayFqdn(FqdnProxy {
                fqdn,
                tls_passthrough,
                backends,
                network,
            }) => proxy(out, fqdn, *tls_passthrough, backends, network.as_deref()),
            WorkloadData::Zlogs(logs) => write!(out, "{}{}", logs.zmachine, logs.output),
        }
    }
}

impl Network {
    fn write(&self, out: &mut String) -> fmt::Result {
        write!(out, "{}{}", self.ip_range, self.subnet)?;
        out.push_str(self.wireguard_private_key.reveal());
        write!(out, "{}", self.wireguard_listen_port)?;
        for peer in &self.peers {
            write!(
                out,
                "{}{}{}",
                peer.wireguard_public_key, peer.endpoint, peer.subnet
            )?;
            all::<Cidr>(out, &peer.allowed_ips)?;
        }
        if let Some(mycelium) = &self.mycelium {
            out.push_str(&mycelium.hex_key.hex());
            all(out, &mycelium.peers)?;
        }
        Ok(())
    }
}

/// How the connections of the two sorts of machines are hashed.
trait Connected {
    fn write(&self, out: &mut String) -> fmt::Result;
}

impl Connected for MachineNetwork {
    fn write(&self, out: &mut String) -> fmt::Result {
        write!(out, "{}{}", self.public_ip, self.planetary)?;
        connections(out, &self.interfaces, self.mycelium.as_ref())
    }
}

impl Connected for LightNetwork {
    fn write(&self, out: &mut String) -> fmt::Result {
        connections(out, &self.interfaces, self.mycelium.as_ref())
    }
}

fn connections(
    out: &mut String,
    interfaces: &[super::Interface],
    mycelium: Option<&super::MyceliumAddress>,
) -> fmt::Result {
    for interface in interfaces {
        write!(out, "{}{}", interface.network, interface.ip)?;
    }
    if let Some(mycelium) = mycelium {
        out.push_str(&mycelium.network);
        out.push_str(&mycelium.hex_seed.hex());
    }
    Ok(())
}

fn machine<N: Connected>(out: &mut String, machine: &Machine<N>) -> fmt::Result {
    out.push_str(&machine.flist);
    machine.network.write(out)?;
    let compute = &machine.compute_capacity;
    write!(out, "{}{}{}", machine.size, compute.cpu, compute.memory)?;
    for mount in &machine.mounts {
        write!(out, "{}{}", mount.name, mount.mountpoint)?;
    }
    out.push_str(&machine.entrypoint);
    // A `BTreeMap` of `String`s is in the order of their bytes, which is Go's.
    for (key, value) in &machine.env {
        write!(out, "{key}={}", value.reveal())?;
    }
    all(out, &machine.gpu)
}

fn proxy(
    out: &mut String,
    name: &str,
    tls_passthrough: bool,
    backends: &[String],
    network: Option<&str>,
) -> fmt::Result {
    write!(out, "{name}{tls_passthrough}")?;
    all(out, backends)?;
    out.write_str(network.unwrap_or_default())
}

fn all<T: Display>(out: &mut String, items: &[T]) -> fmt::Result {
    items.iter().try_for_each(|item| write!(out, "{item}"))
}
