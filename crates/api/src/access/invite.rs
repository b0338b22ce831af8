//! Invitation codes: 128 random bits that somebody reads out or types. Only their hash is stored.

use sha2::{Digest, Sha256};

use crate::entropy::{Entropy, random};

/// No `0`/`O`, `1`/`I`/`L`: a code is read out (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A new code: 26 characters in groups of five, such as `7ZQ4M-…`.
pub fn new(entropy: &dyn Entropy) -> String {
    let mut bits = u128::from_be_bytes(random::<16>(entropy));
    let mut code = String::with_capacity(32);
    for at in 0..26 {
        if at > 0 && at % 5 == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[(bits & 31) as usize]));
        bits >>= 5;
    }
    code
}

/// What is stored of a code, hex. Case, spaces and dashes do not count, and what reads alike is alike.
pub fn hash(code: &str) -> String {
    let canonical: String = code
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    let digest: [u8; 32] = Sha256::digest(canonical).into();
    digest.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    #[test]
    fn a_code_has_128_bits_and_survives_being_read_out() {
        let (a, b) = (new(&OsEntropy), new(&OsEntropy));
        assert_ne!(a, b);
        assert_eq!(a.len(), 26 + 5);
        assert_eq!(hash(&a), hash(&a.to_lowercase().replace('-', " ")));
        assert_ne!(hash(&a), hash(&b));
        assert_eq!(hash("O0-iL"), hash("0 01 1"));
        assert_eq!(hash(&a).len(), 64);
    }
}
