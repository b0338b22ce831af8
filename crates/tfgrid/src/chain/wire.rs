//! Values as they are encoded, matched by the names of their fields; what is not named is skipped.

use subxt::client::{ClientAtBlock, OfflineClientAtBlockT};
use subxt::ext::frame_decode::storage::decode_storage_value;
use subxt::ext::scale_decode::{DecodeAsType, IntoVisitor};

use super::config::GridConfig;
use super::{ChainError, Contract, ContractKind, ContractState, Key, Node, Twin};
use crate::identity::AccountId;
use crate::pricing::Policy;

/// Reads a value of this entry.
pub(super) fn decode<T, C>(
    at: &ClientAtBlock<GridConfig, C>,
    key: &Key,
    mut bytes: &[u8],
) -> Result<T, ChainError>
where
    T: DecodeAsType,
    C: OfflineClientAtBlockT<GridConfig>,
{
    let (pallet, entry, _) = key.parts();
    let metadata = at.metadata_ref();
    let visitor = <T as IntoVisitor>::into_visitor();
    let value = decode_storage_value(
        pallet,
        entry,
        &mut bytes,
        metadata,
        metadata.types(),
        visitor,
    )
    .map_err(|error| ChainError::NotUnderstood(format!("{key}: {error}")))?;
    match bytes {
        [] => Ok(value),
        _ => Err(ChainError::NotUnderstood(format!(
            "{key}: bytes are left over"
        ))),
    }
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct WireAccount {
    pub(super) nonce: u64,
    pub(super) data: WireBalance,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct WireBalance {
    pub(super) free: u128,
    pub(super) frozen: u128,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct WireTwin {
    id: u32,
    account_id: [u8; 32],
    relay: Option<Vec<u8>>,
    pk: Option<Vec<u8>>,
}

impl From<WireTwin> for Twin {
    fn from(twin: WireTwin) -> Self {
        Self {
            id: twin.id,
            account: AccountId::new(twin.account_id),
            relay: twin.relay.map(text),
            key: twin.pk,
        }
    }
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct WireNode {
    id: u32,
    farm_id: u32,
    twin_id: u32,
    resources: WireResources,
    location: WireLocation,
    public_config: Option<WirePublicConfig>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct WireResources {
    hru: u64,
    sru: u64,
    cru: u64,
    mru: u64,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct WireLocation {
    city: Vec<u8>,
    country: Vec<u8>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct WirePublicConfig {
    ip4: WireIp,
    ip6: Option<WireIp>,
    domain: Option<Vec<u8>>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct WireIp {
    ip: Vec<u8>,
}

impl From<WireNode> for Node {
    fn from(node: WireNode) -> Self {
        let (ipv4, ipv6, domain) = match node.public_config {
            Some(config) => (
                Some(text(config.ip4.ip)),
                config.ip6.map(|ip| text(ip.ip)),
                config.domain.map(text),
            ),
            None => (None, None, None),
        };
        Self {
            id: node.id,
            farm: node.farm_id,
            twin: node.twin_id,
            cru: node.resources.cru,
            mru: node.resources.mru,
            sru: node.resources.sru,
            hru: node.resources.hru,
            country: text(node.location.country),
            city: text(node.location.city),
            domain,
            ipv4,
            ipv6,
        }
    }
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct WireContract {
    state: WireState,
    contract_id: u64,
    twin_id: u32,
    contract_type: WireKind,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
enum WireState {
    Created,
    Deleted(WireCause),
    GracePeriod(u64),
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
enum WireCause {
    CanceledByUser,
    OutOfFunds,
    CanceledByCollective,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[expect(clippy::enum_variant_names, reason = "the chain's names")]
enum WireKind {
    NodeContract(WireNodeContract),
    NameContract(WireNameContract),
    RentContract(WireRentContract),
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct WireNodeContract {
    node_id: u32,
    deployment_hash: [u8; 32],
    deployment_data: Vec<u8>,
    public_ips: u32,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct WireNameContract {
    name: Vec<u8>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct WireRentContract {
    node_id: u32,
}

impl From<WireContract> for Contract {
    fn from(contract: WireContract) -> Self {
        Self {
            id: contract.contract_id,
            twin: contract.twin_id,
            state: match contract.state {
                WireState::Created => ContractState::Created,
                WireState::GracePeriod(since) => ContractState::GracePeriod(since),
                WireState::Deleted(
                    WireCause::CanceledByUser
                    | WireCause::OutOfFunds
                    | WireCause::CanceledByCollective,
                ) => ContractState::Deleted,
            },
            kind: match contract.contract_type {
                WireKind::NodeContract(node) => ContractKind::Node {
                    node: node.node_id,
                    hash: text(node.deployment_hash.into()),
                    data: text(node.deployment_data),
                    public_ips: node.public_ips,
                },
                WireKind::NameContract(name) => ContractKind::Name(text(name.name)),
                WireKind::RentContract(rent) => ContractKind::Rent { node: rent.node_id },
            },
        }
    }
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) struct WirePolicy {
    su: WirePrice,
    cu: WirePrice,
    ipu: WirePrice,
    unique_name: WirePrice,
    discount_for_dedication_nodes: u8,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct WirePrice {
    value: u32,
    unit: WireUnit,
}

#[derive(DecodeAsType, PartialEq, Eq, Clone, Copy)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
enum WireUnit {
    Bytes,
    Kilobytes,
    Megabytes,
    Gigabytes,
    Terrabytes,
}

impl TryFrom<WirePolicy> for Policy {
    type Error = ChainError;

    fn try_from(policy: WirePolicy) -> Result<Self, ChainError> {
        if policy.cu.unit != policy.su.unit {
            let why = "the price list counts memory and disks in different units";
            return Err(ChainError::NotUnderstood(why.into()));
        }
        Ok(Self {
            cu: policy.cu.value,
            su: policy.su.value,
            ipu: policy.ipu.value,
            unique_name: policy.unique_name.value,
            // tfchain:pallet-tfgrid/src/types.rs `factor_base_1024`.
            unit_bytes: match policy.cu.unit {
                WireUnit::Bytes => 1,
                WireUnit::Kilobytes => 1 << 10,
                WireUnit::Megabytes => 1 << 20,
                WireUnit::Gigabytes => 1 << 30,
                WireUnit::Terrabytes => 1 << 40,
            },
            dedicated_discount: policy.discount_for_dedication_nodes,
        })
    }
}

/// Farmers' and our texts are ASCII by the chain's rules; anything else is shown, not refused.
fn text(bytes: Vec<u8>) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }
}
