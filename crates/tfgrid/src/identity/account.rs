//! An account and its address.

use std::fmt;
use std::str::FromStr;

use super::blake2b_512;
use crate::Error;

/// The network number in every address of the grid (tfchain:substrate-node/runtime/src/lib.rs).
/// It is the general one of substrate, so addresses start with `5`.
pub const SS58_PREFIX: u8 = 42;

/// An account on the chain: a 32-byte public key. `Display` is its SS58 address, and `FromStr` reads
/// one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccountId([u8; 32]);

impl AccountId {
    /// The account with this public key.
    #[must_use]
    pub fn new(public_key: [u8; 32]) -> Self {
        Self(public_key)
    }

    /// The public key.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![SS58_PREFIX];
        bytes.extend(self.0);
        bytes.extend(checksum(&bytes));
        f.write_str(&bs58::encode(bytes).into_string())
    }
}

impl FromStr for AccountId {
    type Err = Error;

    fn from_str(address: &str) -> Result<Self, Error> {
        let wrong = |remedy| Error::Address {
            address: address.to_owned(),
            remedy,
        };
        let bytes = bs58::decode(address)
            .into_vec()
            .map_err(|_| wrong("it has characters that no address has; copy it again"))?;
        let [prefix, key @ .., a, b] = bytes.as_slice() else {
            return Err(wrong("it is too short; copy it again"));
        };
        let Ok(key) = <[u8; 32]>::try_from(key) else {
            return Err(wrong("it has the wrong length; copy it again"));
        };
        if [*a, *b] != checksum(&bytes[..33]) {
            return Err(wrong("there is a typing error in it; copy it again"));
        }
        if *prefix != SS58_PREFIX {
            return Err(wrong(
                "it is for another network; take the one that starts with 5",
            ));
        }
        Ok(Self(key))
    }
}

fn checksum(bytes: &[u8]) -> [u8; 2] {
    let hash = blake2b_512(&[b"SS58PRE", bytes]);
    [hash[0], hash[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_and_a_changed_one_does_not() {
        let account = AccountId::new([7; 32]);
        let address = account.to_string();
        assert_eq!(address.parse(), Ok(account));
        for (at, c) in address.char_indices() {
            let other = if c == 'x' { "y" } else { "x" };
            let mut changed = address.clone();
            changed.replace_range(at..=at, other);
            assert!(changed.parse::<AccountId>().is_err(), "{changed}");
        }
        for text in ["", "5", "0OIl", "äöü"] {
            assert!(text.parse::<AccountId>().is_err(), "{text}");
        }
    }

    #[test]
    fn another_networks_address_is_told_apart() {
        // Alice on Polkadot.
        let error = "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5"
            .parse::<AccountId>()
            .unwrap_err();
        assert!(error.to_string().contains("another network"), "{error}");
    }
}
