//! The signed bytes of a batch.

use grid::{Call, GridError, SignedBatch};
use serde::{Deserialize, Serialize};

use crate::hash;

/// What the chain decodes from a batch's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Extrinsic {
    pub(crate) twin: u32,
    pub(crate) nonce: u64,
    /// The last block it can be in.
    pub(crate) era_end: u64,
    pub(crate) calls: Vec<Call>,
    signature: String,
}

/// Signs calls.
///
/// # Errors
/// When a call does not fit the chain's encoding.
pub(crate) fn sign(
    twin: u32,
    nonce: u64,
    era_end: u64,
    calls: &[Call],
) -> Result<SignedBatch, GridError> {
    let calls = calls.to_vec();
    calls.iter().try_for_each(fits)?;
    let mut extrinsic = Extrinsic {
        twin,
        nonce,
        era_end,
        calls,
        signature: String::new(),
    };
    extrinsic.signature = extrinsic.right_signature()?;
    let bytes = encode(&extrinsic)?;
    Ok(SignedBatch {
        hash: hash_of(&bytes),
        bytes,
        nonce,
        era_end,
    })
}

/// Decodes and checks what was handed to the chain.
///
/// # Errors
/// The pool's own words, when the bytes are not what was signed.
pub(crate) fn open(bytes: &[u8]) -> Result<Extrinsic, GridError> {
    let extrinsic: Extrinsic = serde_json::from_slice(bytes).map_err(|error| {
        GridError::rejected(
            "the chain",
            format!("1002 Verification Error: cannot decode the transaction: {error}"),
        )
    })?;
    if extrinsic.signature != extrinsic.right_signature()? {
        return Err(GridError::rejected(
            "the chain",
            "1010 Invalid Transaction: Transaction has a bad signature",
        ));
    }
    extrinsic.calls.iter().try_for_each(fits)?;
    Ok(extrinsic)
}

/// A batch's hash on the chain.
pub(crate) fn hash_of(bytes: &[u8]) -> String {
    hash::hex(&hash::digest(&[b"extrinsic", bytes]))
}

impl Extrinsic {
    // The key is derived from the twin: it keeps bytes from being changed on the way, and guards no
    // money.
    fn right_signature(&self) -> Result<String, GridError> {
        let key = hash::digest(&[b"devgrid account", &self.twin.to_be_bytes()]);
        let message = encode(&(self.twin, self.nonce, self.era_end, &self.calls))?;
        Ok(hash::hex(&hash::digest(&[
            &key,
            &hash::digest(&[&message]),
        ])))
    }
}

fn encode(value: &impl Serialize) -> Result<Vec<u8>, GridError> {
    serde_json::to_vec(value)
        .map_err(|error| GridError::rejected("the chain", format!("cannot encode: {error}")))
}

/// The fixed and bounded fields: what does not fit cannot even be decoded by the chain.
fn fits(call: &Call) -> Result<(), GridError> {
    let why = match call {
        Call::CreateNode { data, .. } if data.len() > 512 => {
            format!(
                "a contract's marker has 512 bytes at most, not {}",
                data.len()
            )
        }
        Call::CreateNode { hash, .. } if !is_hash(hash) => {
            format!("a deployment's hash has 32 lower-case hex digits, not {hash:?}")
        }
        _ => return Ok(()),
    };
    Err(GridError::rejected("the chain", why))
}

fn is_hash(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cancel() -> Vec<Call> {
        vec![Call::Cancel { contract: 7 }]
    }

    #[test]
    fn opens_what_it_signed() {
        let batch = sign(1, 4, 40, &cancel()).unwrap();
        let open = open(&batch.bytes).unwrap();
        assert_eq!((open.nonce, open.era_end, open.calls), (4, 40, cancel()));
        assert_eq!(batch.hash, hash_of(&batch.bytes));
    }

    #[test]
    fn refuses_any_changed_byte() {
        let batch = sign(1, 4, 40, &cancel()).unwrap();
        for i in 0..batch.bytes.len() {
            let mut bytes = batch.bytes.clone();
            bytes[i] ^= 1;
            assert!(open(&bytes).is_err(), "byte {i}");
        }
    }

    #[test]
    fn refuses_what_the_chain_cannot_decode() {
        let create = |hash: String, data: String| Call::CreateNode {
            node: 1,
            hash,
            data,
        };
        let good = "0".repeat(32);
        assert!(sign(1, 0, 9, &[create(good.clone(), "x".repeat(512))]).is_ok());
        assert!(sign(1, 0, 9, &[create(good, "x".repeat(513))]).is_err());
        assert!(sign(1, 0, 9, &[create("A".repeat(32), String::new())]).is_err());
    }
}
