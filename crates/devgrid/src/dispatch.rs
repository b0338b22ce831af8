//! What a batch does, or why it does nothing at all: the chain's `Utility.batch_all` over the calls
//! of its `SmartContractModule`, with that module's names for errors.

use grid::{Call, ContractId};

use crate::{
    DevGridConfig,
    ledger::{Ledger, Subject},
};

/// What a batch changes, once all of its calls are found good.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Effects {
    pub(crate) created: Vec<Subject>,
    pub(crate) cancelled: Vec<ContractId>,
}

/// Runs calls one after the other against the ledger's newest block, changing nothing.
///
/// # Errors
/// The name of the first call's error; then none of the calls happens.
pub(crate) fn batch_all(
    ledger: &Ledger,
    calls: &[Call],
    config: &DevGridConfig,
) -> Result<Effects, &'static str> {
    let mut effects = Effects::default();
    for call in calls {
        match call {
            Call::CreateName { name } => {
                check_name(name)?;
                let subject = Subject::Name(name.clone());
                create(ledger, &mut effects, subject, "NameExists")?;
            }
            Call::CreateNode { node, hash, data } => {
                if !config.knows(*node) {
                    return Err("NodeNotExists");
                }
                let subject = Subject::Node {
                    node: *node,
                    hash: hash.clone(),
                    data: data.clone(),
                };
                create(ledger, &mut effects, subject, "ContractIsNotUnique")?;
            }
            Call::Cancel { contract } => {
                let entry = ledger
                    .live(*contract, ledger.block)
                    .filter(|_| !effects.cancelled.contains(contract))
                    .ok_or("ContractNotExists")?;
                if entry.twin != config.twin {
                    return Err("TwinNotAuthorizedToCancelContract");
                }
                effects.cancelled.push(*contract);
            }
        }
    }
    Ok(effects)
}

fn create(
    ledger: &Ledger,
    effects: &mut Effects,
    subject: Subject,
    collision: &'static str,
) -> Result<(), &'static str> {
    let there = ledger
        .about(&subject, ledger.block)
        .is_some_and(|(id, _)| !effects.cancelled.contains(&id));
    if there || effects.created.iter().any(|c| c.collides(&subject)) {
        return Err(collision);
    }
    effects.created.push(subject);
    Ok(())
}

/// The chain's own rule, wider than ours: 3 to 64 bytes of `[a-z0-9_-]`.
fn check_name(name: &str) -> Result<(), &'static str> {
    let good = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    match name.len() {
        0..3 => Err("NameContractNameTooShort"),
        65.. => Err("NameContractNameTooLong"),
        _ if !name.bytes().all(good) => Err("NameNotValid"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(calls: &[Call]) -> Result<Effects, &'static str> {
        let config = DevGridConfig::default();
        batch_all(&Ledger::genesis(&config), calls, &config)
    }

    fn name(name: &str) -> Call {
        Call::CreateName { name: name.into() }
    }

    fn node(node: u32) -> Call {
        Call::CreateNode {
            node,
            hash: "0".repeat(32),
            data: String::new(),
        }
    }

    #[test]
    fn uses_the_chains_names_for_errors() {
        let long = "x".repeat(65);
        for (calls, error) in [
            (vec![name("taken")], "NameExists"),
            (vec![name("myclub"), name("myclub")], "NameExists"),
            (vec![name("ab")], "NameContractNameTooShort"),
            (vec![name(&long)], "NameContractNameTooLong"),
            (vec![name("My.club")], "NameNotValid"),
            (vec![node(9)], "NodeNotExists"),
            (vec![node(11), node(11)], "ContractIsNotUnique"),
            (vec![Call::Cancel { contract: 0 }], "ContractNotExists"),
            (vec![Call::Cancel { contract: 77 }], "ContractNotExists"),
            (
                vec![Call::Cancel { contract: 1 }],
                "TwinNotAuthorizedToCancelContract",
            ),
        ] {
            assert_eq!(run(&calls), Err(error), "{calls:?}");
        }
    }

    #[test]
    fn a_good_batch_has_all_its_effects() {
        let effects = run(&[name("myclub"), node(11), node(101)]).unwrap();
        assert_eq!(effects.created.len(), 3);
        assert!(effects.cancelled.is_empty());
    }
}
