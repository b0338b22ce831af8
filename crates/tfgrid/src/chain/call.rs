//! What can be asked of the chain.

use subxt::dynamic::Value;

use super::Twin;
use crate::Error;
use crate::deployment::{ContractData, DeploymentHash, GatewayName};
use crate::identity::MessagePublicKey;

/// One call, every rule of the grid already checked (tfchain:substrate-node/pallets). Pallets, calls
/// and arguments go by their names in the metadata.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub(super) pallet: &'static str,
    pub(super) name: &'static str,
    pub(super) fields: Vec<(&'static str, Value)>,
}

/// The relays of a twin, as hosts: `relay.grid.tf`. Sorted, without doubles, four at most, because
/// nodes try no more (zosbase).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayHosts(String);

impl Call {
    /// Accepts the terms and conditions; a twin can be created only after this. The chain keeps link
    /// and hash and looks at neither; the published clients give the MD5 of the document, in hex.
    ///
    /// # Errors
    /// [`Error::Rule`] for a link without text or of more than 2048 bytes, and a hash that is not 1
    /// to 50 of `A-Z a-z 0-9 _ -`.
    pub fn accept_terms(link: &str, hash: &str) -> Result<Self, Error> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        if link.is_empty() || link.len() > 2048 || !link.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(rule("document_link", "take a URL of at most 2048 bytes"));
        }
        if hash.is_empty() || hash.len() > 50 || !hash.bytes().all(plain) {
            return Err(rule("document_hash", "take the document's MD5, in hex"));
        }
        let fields = vec![
            ("document_link", Value::from_bytes(link)),
            ("document_hash", Value::from_bytes(hash)),
        ];
        Ok(Self::of(TFGRID, "user_accept_tc", fields))
    }

    /// Makes the account's twin. Set both: nodes and relays keep what they saw first for up to an
    /// hour, so neither should change later.
    #[must_use]
    pub fn create_twin(relays: Option<&RelayHosts>, key: Option<&MessagePublicKey>) -> Self {
        let relays = relays.map(|relays| relays.0.as_str());
        let key = key.map(|key| key.as_bytes().as_slice());
        Self::of(TFGRID, "create_twin", twin_fields(relays, key))
    }

    /// Changes the twin. What is not given stays as it is: the chain overwrites both fields, so what
    /// stands there now must be known, and `None` over a set field cannot be expressed.
    #[must_use]
    pub fn update_twin(
        now: &Twin,
        relays: Option<&RelayHosts>,
        key: Option<&MessagePublicKey>,
    ) -> Self {
        let relays = relays.map(|relays| relays.0.as_str());
        let key = key.map(|key| key.as_bytes().as_slice());
        let fields = twin_fields(relays.or(now.relay.as_deref()), key.or(now.key.as_deref()));
        Self::of(TFGRID, "update_twin", fields)
    }

    /// Reserves capacity on a node. `public_ips` counts IPv4 addresses only, which are paid for.
    #[must_use]
    pub fn create_node(
        node: u32,
        hash: &DeploymentHash,
        data: &ContractData,
        public_ips: u32,
        solution_provider: Option<u64>,
    ) -> Self {
        let provider = option(solution_provider.map(|id| Value::u128(id.into())));
        let fields = vec![
            ("node_id", Value::u128(node.into())),
            ("deployment_hash", Value::from_bytes(hash.on_chain())),
            ("deployment_data", Value::from_bytes(data.as_str())),
            ("public_ips", Value::u128(public_ips.into())),
            ("solution_provider_id", provider),
        ];
        Self::of(CONTRACTS, "create_node_contract", fields)
    }

    /// Announces the next version of a deployment.
    #[must_use]
    pub fn update_node(contract: u64, hash: &DeploymentHash, data: &ContractData) -> Self {
        let fields = vec![
            ("contract_id", Value::u128(contract.into())),
            ("deployment_hash", Value::from_bytes(hash.on_chain())),
            ("deployment_data", Value::from_bytes(data.as_str())),
        ];
        Self::of(CONTRACTS, "update_node_contract", fields)
    }

    /// Reserves a name, for the whole grid.
    #[must_use]
    pub fn create_name(name: &GatewayName) -> Self {
        let fields = vec![("name", Value::from_bytes(name.as_str()))];
        Self::of(CONTRACTS, "create_name_contract", fields)
    }

    /// Ends a contract of any kind: it is billed and gone in the same block.
    ///
    /// # Errors
    /// [`Error::Rule`] for number 0, which is what the chain answers where there is no contract.
    pub fn cancel(contract: u64) -> Result<Self, Error> {
        if contract == 0 {
            return Err(rule("contract_id", "0 is no contract; look its number up"));
        }
        let fields = vec![("contract_id", Value::u128(contract.into()))];
        Ok(Self::of(CONTRACTS, "cancel_contract", fields))
    }

    /// All of them, or none: one that is refused undoes the others.
    #[must_use]
    pub fn batch(calls: &[Call]) -> Self {
        let calls = calls.iter().map(|call| {
            let inner = Value::named_variant(call.name, call.fields.iter().cloned());
            Value::unnamed_variant(call.pallet, [inner])
        });
        let fields = vec![("calls", Value::unnamed_composite(calls))];
        Self::of("Utility", "batch_all", fields)
    }

    fn of(pallet: &'static str, name: &'static str, fields: Vec<(&'static str, Value)>) -> Self {
        Self {
            pallet,
            name,
            fields,
        }
    }
}

impl TryFrom<&grid::Call> for Call {
    type Error = Error;

    /// The port's calls, with the grid's rules. Machines of the port have no public IPv4.
    fn try_from(call: &grid::Call) -> Result<Self, Error> {
        match call {
            grid::Call::CreateName { name } => Ok(Self::create_name(&name.parse()?)),
            grid::Call::CreateNode { node, hash, data } => {
                let (hash, data) = (hash.parse()?, ContractData::new(data)?);
                Ok(Self::create_node(*node, &hash, &data, 0, None))
            }
            grid::Call::Cancel { contract } => Self::cancel(*contract),
        }
    }
}

impl RelayHosts {
    /// # Errors
    /// [`Error::Rule`] when there are none or more than four, or one is no bare host name: the chain
    /// refuses a scheme, a port and a path, and takes `_` for the mark between two relays.
    pub fn new<'a>(hosts: impl IntoIterator<Item = &'a str>) -> Result<Self, Error> {
        let mut hosts: Vec<&str> = hosts.into_iter().collect();
        hosts.sort_unstable();
        hosts.dedup();
        if hosts.is_empty() || hosts.len() > 4 {
            return Err(rule("relay", "name one to four relays"));
        }
        for host in &hosts {
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
            if host.len() > 253 || !host.bytes().all(plain) || host.split('.').any(str::is_empty) {
                let remedy = "write the host alone, like relay.grid.tf";
                return Err(rule(&format!("relay `{host}`"), remedy));
            }
        }
        Ok(Self(hosts.join("_")))
    }

    /// As it stands on the chain.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const TFGRID: &str = "TfgridModule";
const CONTRACTS: &str = "SmartContractModule";

fn twin_fields(relay: Option<&str>, key: Option<&[u8]>) -> Vec<(&'static str, Value)> {
    vec![
        ("relay", option(relay.map(Value::from_bytes))),
        ("pk", option(key.map(Value::from_bytes))),
    ]
}

fn option(value: Option<Value>) -> Value {
    match value {
        Some(value) => Value::unnamed_variant("Some", [value]),
        None => Value::unnamed_variant("None", []),
    }
}

fn rule(at: &str, remedy: &str) -> Error {
    Error::Rule {
        at: at.to_owned(),
        remedy: remedy.to_owned(),
    }
}
