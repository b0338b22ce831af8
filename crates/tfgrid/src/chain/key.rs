//! Where things stand on the chain.

use subxt::dynamic::Value;

use crate::deployment::{DeploymentHash, GatewayName};
use crate::identity::AccountId;

/// One entry of the chain's storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// Balance and nonce of an account.
    Account(AccountId),
    /// What happened in the block.
    Events,
    /// A twin, by its number.
    Twin(u32),
    /// The number of an account's twin.
    TwinOf(AccountId),
    /// Whether, and to what, an account has agreed.
    Terms(AccountId),
    /// A node, by its number; not its twin's.
    Node(u32),
    /// A farm, by its number.
    Farm(u32),
    /// A price list; the grid uses 1.
    PricingPolicy(u32),
    /// A contract, by its number.
    Contract(u64),
    /// The number of the contract that reserves a name; 0 for none.
    NameContract(GatewayName),
    /// The number of the contract on a node with this hash; 0 for none.
    NodeContract(u32, DeploymentHash),
    /// The live contracts on a node.
    ContractsOn(u32),
    /// The price of a TFT, in thousandths of a USD, averaged.
    AverageTftPrice,
    /// The least that is reckoned with.
    MinTftPrice,
    /// The most that is reckoned with.
    MaxTftPrice,
}

impl Key {
    /// Pallet, entry, and what the entry is looked up by.
    pub(super) fn parts(&self) -> (&'static str, &'static str, Vec<Value>) {
        let number = |n: &u32| vec![Value::u128((*n).into())];
        let account = |account: &AccountId| vec![Value::from_bytes(account.as_bytes())];
        let (pallet, entry) = self.entry();
        let parts = match self {
            Key::Account(of) | Key::TwinOf(of) | Key::Terms(of) => account(of),
            Key::Twin(n)
            | Key::Node(n)
            | Key::Farm(n)
            | Key::PricingPolicy(n)
            | Key::ContractsOn(n) => number(n),
            Key::Contract(id) => vec![Value::u128((*id).into())],
            Key::NameContract(name) => vec![Value::from_bytes(name.as_str())],
            Key::NodeContract(node, hash) => vec![
                Value::u128((*node).into()),
                Value::from_bytes(hash.on_chain()),
            ],
            Key::Events | Key::AverageTftPrice | Key::MinTftPrice | Key::MaxTftPrice => vec![],
        };
        (pallet, entry, parts)
    }

    fn entry(&self) -> (&'static str, &'static str) {
        match self {
            Key::Account(_) => ("System", "Account"),
            Key::Events => ("System", "Events"),
            Key::Twin(_) => ("TfgridModule", "Twins"),
            Key::TwinOf(_) => ("TfgridModule", "TwinIdByAccountID"),
            Key::Terms(_) => ("TfgridModule", "UsersTermsAndConditions"),
            Key::Node(_) => ("TfgridModule", "Nodes"),
            Key::Farm(_) => ("TfgridModule", "Farms"),
            Key::PricingPolicy(_) => ("TfgridModule", "PricingPolicies"),
            Key::Contract(_) => ("SmartContractModule", "Contracts"),
            Key::NameContract(_) => ("SmartContractModule", "ContractIDByNameRegistration"),
            Key::NodeContract(..) => ("SmartContractModule", "ContractIDByNodeIDAndHash"),
            Key::ContractsOn(_) => ("SmartContractModule", "ActiveNodeContracts"),
            Key::AverageTftPrice => ("TFTPriceModule", "AverageTftPrice"),
            Key::MinTftPrice => ("TFTPriceModule", "MinTftPrice"),
            Key::MaxTftPrice => ("TFTPriceModule", "MaxTftPrice"),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (pallet, entry) = self.entry();
        write!(f, "{pallet}.{entry}")
    }
}
