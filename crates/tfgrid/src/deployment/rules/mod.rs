//! The rules that can be checked before anything is paid.
//!
//! Most are the node's own (`Valid` in zosbase:pkg/gridtypes). Added are the limits of the published
//! clients, and what a node accepts although it cannot work.

mod gateway;
mod machine;
mod network;
mod update;

use super::{Deployment, Kind, Style, Workload, WorkloadData};
use crate::Error;

pub(super) use update::check_update;

/// The longest name: a virtio tag has no more room (zosbase:pkg/gridtypes/id.go).
const LONGEST_NAME: usize = 36;

/// Disks: npm `@threefold/grid_client`.
const LEAST_DISK: u64 = 100 << 20;
const LARGEST_DISK: u64 = 10 << 40;

/// A broken rule, seen from inside a workload: the field, and what to do.
struct Broken(String, String);

/// What a rule says.
type Verdict = Result<(), Broken>;

fn broken(field: impl Into<String>, remedy: impl Into<String>) -> Verdict {
    Err(Broken(field.into(), remedy.into()))
}

/// Breaks a rule unless the condition holds.
fn ensure(holds: bool, field: &str, remedy: &str) -> Verdict {
    if holds { Ok(()) } else { broken(field, remedy) }
}

pub(super) fn check(deployment: &Deployment) -> Result<(), Error> {
    deployment_itself(deployment).map_err(|Broken(at, remedy)| Error::Rule { at, remedy })?;
    for (index, one) in deployment.workloads.iter().enumerate() {
        workload(deployment, index, one).map_err(|Broken(field, remedy)| Error::Rule {
            at: place(index, one, &field),
            remedy,
        })?;
    }
    Ok(())
}

pub(super) fn check_new(deployment: &Deployment) -> Result<(), Error> {
    if deployment.version != 0 {
        return Err(Error::Rule {
            at: "version".into(),
            remedy: "a new deployment has version 0; set it so, or send this as an update".into(),
        });
    }
    // With that, no workload can have another one.
    check(deployment)
}

fn place(index: usize, workload: &Workload, field: &str) -> String {
    format!(
        "workloads[{index}] `{}` ({}), {field}",
        workload.name,
        workload.data.kind()
    )
}

fn deployment_itself(deployment: &Deployment) -> Verdict {
    ensure(
        deployment.twin_id != 0,
        "twin_id",
        "set the number of the twin that pays",
    )?;
    ensure(
        deployment.expiration == 0,
        "expiration",
        "set it to 0: nodes no longer use it, but hash it",
    )?;
    ensure(
        !deployment.workloads.is_empty(),
        "workloads",
        "add at least one: an empty contract costs too",
    )?;

    let light = |w: &Workload| matches!(w.data.kind(), Kind::NetworkLight | Kind::ZmachineLight);
    let full = |w: &Workload| matches!(w.data.kind(), Kind::Network | Kind::Zmachine | Kind::Ip);
    if let Some(light) = deployment.workloads.iter().find(|w| light(w))
        && let Some(full) = deployment.workloads.iter().find(|w| full(w))
    {
        return broken(
            "workloads",
            format!(
                "`{}` ({}) runs on light nodes only, `{}` ({}) on full ones only; use one sort \
                 (light nodes have no public addresses)",
                light.name,
                light.data.kind(),
                full.name,
                full.data.kind()
            ),
        );
    }
    signatures(deployment)
}

fn signatures(deployment: &Deployment) -> Verdict {
    let requirement = &deployment.signature_requirement;
    let requests = &requirement.requests;
    ensure(
        requests.iter().any(|r| r.twin_id == deployment.twin_id),
        "signature_requirement.requests",
        "the twin that owns the deployment must be among those that sign; add it",
    )?;
    let weight = requests
        .iter()
        .fold(0_u64, |sum, r| sum.saturating_add(r.weight));
    ensure(
        weight >= requirement.weight_required,
        "signature_requirement.weight_required",
        "the requests together do not weigh that much; lower it or ask more twins",
    )?;
    ensure(
        !matches!(requirement.signature_style, Style::Other(_)),
        "signature_requirement.signature_style",
        "leave it empty, or `polka-wallet` for a signature by a browser's wallet",
    )?;
    for signature in &requirement.signatures {
        ensure(
            matches!(signature.signature_type.as_str(), "sr25519" | "ed25519"),
            "signature_requirement.signatures",
            "the type of a signature is `sr25519` or `ed25519`",
        )?;
        ensure(
            hex::decode(&signature.signature).is_ok_and(|bytes| bytes.len() == 64),
            "signature_requirement.signatures",
            "a signature is 64 bytes in hex, without `0x` and prefix; sign again",
        )?;
    }
    Ok(())
}

fn workload(deployment: &Deployment, index: usize, workload: &Workload) -> Verdict {
    ensure(
        workload.version <= deployment.version,
        "version",
        "it cannot be higher than the deployment's; set it to the version that last changed it",
    )?;
    name("name", &workload.name)?;
    ensure(
        deployment.workloads[..index]
            .iter()
            .all(|w| w.name != workload.name),
        "name",
        "another workload of this deployment has this name; take a different one",
    )?;
    match &workload.data {
        WorkloadData::Network(data) => network::full(data),
        WorkloadData::NetworkLight(data) => network::light(data),
        WorkloadData::Zmachine(data) => machine::full(deployment, data),
        WorkloadData::ZmachineLight(data) => machine::light(deployment, data),
        WorkloadData::Zmount(data) | WorkloadData::Volume(data) => ensure(
            (LEAST_DISK..=LARGEST_DISK).contains(&data.size),
            "data.size",
            "take 100 MiB to 10 TiB, in bytes",
        ),
        WorkloadData::Ip(data) => ensure(
            data.v4 || data.v6,
            "data",
            "ask for v4, v6 or both, or leave the workload out",
        ),
        WorkloadData::GatewayName(data) => gateway::name(deployment, data),
        WorkloadData::GatewayFqdn(data) => gateway::fqdn(deployment, data),
        WorkloadData::Zlogs(data) => {
            ensure(
                find(deployment, &data.zmachine).is_some_and(|w| w.data.kind() == Kind::Zmachine),
                "data.zmachine",
                "name a zmachine of the same deployment",
            )?;
            let scheme = data.output.split_once("://").map(|(scheme, _)| scheme);
            ensure(
                matches!(scheme, Some("redis" | "ws" | "wss")),
                "data.output",
                "give a URL that starts with redis://, ws:// or wss://",
            )
        }
    }
}

/// The workload of this name in the same deployment.
fn find<'a>(deployment: &'a Deployment, name: &str) -> Option<&'a Workload> {
    deployment.workloads.iter().find(|w| w.name == name)
}

/// What the node requires of every name.
fn name(field: &str, name: &str) -> Verdict {
    ensure(!name.is_empty(), field, "give it a name")?;
    ensure(
        name.len() <= LONGEST_NAME,
        field,
        "a name has at most 36 characters; shorten it",
    )?;
    ensure(
        name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'),
        field,
        "a name has only a to z, A to Z, 0 to 9 and underscores, no dashes; rename it",
    )?;
    ensure(name != "ygg", field, "`ygg` is reserved; take another name")
}

/// A name of a private network, where machines name one.
fn network_name(field: &str, text: &str) -> Verdict {
    name(field, text)?;
    ensure(
        !matches!(text, "pub" | "mycelium"),
        field,
        "`ygg`, `pub` and `mycelium` are no names of private networks; name your own network",
    )
}

/// 32 bytes in base64, as WireGuard writes keys.
fn wireguard_key(field: &str, key: &str) -> Verdict {
    use base64ct::{Base64, Encoding as _};
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    ensure(
        Base64::decode(key, bytes.as_mut_slice()).is_ok_and(|decoded| decoded.len() == 32),
        field,
        "a WireGuard key is 32 bytes in base64, 44 characters; make one with `wg genkey`",
    )
}
