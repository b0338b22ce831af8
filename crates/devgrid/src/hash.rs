//! Hashes, and the two ways they are written.

use sha2::{Digest, Sha256};

/// SHA-256 over parts. Each part is preceded by its length, so no two lists of parts collide.
pub(crate) fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// The first eight bytes of [`digest`], as a number.
pub(crate) fn number(parts: &[&[u8]]) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&digest(parts)[..8]);
    u64::from_be_bytes(first)
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a deployment's text hashes to: 32 hex digits, as long as the real grid's MD5.
pub(crate) fn deployment(body: &str) -> String {
    hex(&digest(&[body.as_bytes()])[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"a", b"bc"]));
    }

    #[test]
    fn a_deployment_hashes_to_32_hex_digits() {
        let hash = deployment("{}");
        assert_eq!(hash.len(), 32);
        assert!(hash.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_ne!(hash, deployment("{ }"));
    }
}
