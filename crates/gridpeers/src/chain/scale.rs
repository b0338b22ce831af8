//! What the chain writes, made by hand, for those that play it.

use subxt::ext::codec::{Compact, Encode};
use tfgrid::chain::{Contract, ContractKind, Key};
use tfgrid::identity::AccountId;

/// `System.Account`: nonce, references, balances; the flags of accounts made since 2023.
pub fn account(nonce: u32, free: u128, frozen: u128) -> Vec<u8> {
    let references = (0u32, 1u32, 0u32);
    (nonce, references, free, 0u128, frozen, 1u128 << 127).encode()
}

/// `TfgridModule.Twins`, without entities.
pub fn twin(id: u32, account: &AccountId, relay: Option<&[u8]>, key: Option<&[u8]>) -> Vec<u8> {
    (id, account.as_bytes(), relay, Vec::<u8>::new(), key).encode()
}

/// `SmartContractModule.Contracts`, alive, without a provider and addresses.
pub fn contract(contract: &Contract) -> Vec<u8> {
    let kind = match &contract.kind {
        ContractKind::Node {
            node, hash, data, ..
        } => {
            let hash: [u8; 32] = hash.as_bytes().try_into().unwrap();
            (0u8, node, hash, data.as_bytes(), 0u32, Compact(0u32)).encode()
        }
        ContractKind::Name(name) => (1u8, name.as_bytes()).encode(),
        ContractKind::Rent { node } => (2u8, node).encode(),
    };
    let head = (4u32, 0u8, contract.id, contract.twin).encode();
    [head, kind, vec![0]].concat()
}

/// The grid as every scenario finds it: prices, a farm of twin 1, and nodes 1 and 2.
pub fn grid() -> Vec<(Key, Vec<u8>)> {
    let price = |value: u32, unit: u8| (value, unit).encode();
    let foundation = [7u8; 32];
    let policy = [
        (2u32, 1u32, "threefold_default_pricing_policy".as_bytes()).encode(),
        price(50_000, 3),
        price(100_000, 3),
        price(15_000, 3),
        price(40_000, 3),
        price(2_500, 0),
        price(5_000, 0),
        (foundation, foundation, 50u8).encode(),
    ]
    .concat();
    let farm = [
        (4u32, 1u32, "testfarm", 1u32, 1u32, 0u8).encode(),
        (Vec::<u8>::new(), false, None::<u8>).encode(),
    ]
    .concat();
    vec![
        (Key::AverageTftPrice, 30u32.encode()),
        (Key::MinTftPrice, 10u32.encode()),
        (Key::MaxTftPrice, 1000u32.encode()),
        (Key::PricingPolicy(1), policy),
        (Key::Farm(1), farm),
        (Key::Node(1), node(1, 1, None)),
        (Key::Node(2), node(2, 1, Some("gent01.test.grid.tf"))),
    ]
}

/// `TfgridModule.Nodes`: one in Ghent with room, of farm 1; a gateway when it has a domain.
pub fn node(id: u32, twin: u32, domain: Option<&str>) -> Vec<u8> {
    let resources = (0u64, 1024 * GIB, 16u64, 64 * GIB);
    let location = ("Ghent", "Belgium", "51.0", "3.7");
    let ip = ("185.206.122.40/24", "185.206.122.1");
    let public = domain.map(|domain| (ip, None::<u8>, Some(domain)));
    [
        (5u32, id, 1u32, twin, resources, location, public).encode(),
        (0u64, 1u32, Vec::<u8>::new(), 0u8).encode(),
        (false, false, None::<u8>, 0u32).encode(),
    ]
    .concat()
}

const GIB: u64 = 1 << 30;
