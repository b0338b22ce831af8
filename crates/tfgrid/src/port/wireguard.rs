//! WireGuard's keys and ports, made of a seed.

use base64ct::{Base64, Encoding as _};
use curve25519_dalek::{MontgomeryPoint, scalar::clamp_integer};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Ports that the published clients take, too.
const FIRST_PORT: u16 = 2_000;
const PORTS: u16 = 6_000;

/// What is made of one seed.
pub(super) struct Keys<'a> {
    seed: &'a [u8; 32],
}

impl<'a> Keys<'a> {
    pub(super) fn new(seed: &'a [u8; 32]) -> Self {
        Self { seed }
    }

    /// 32 bytes for this use alone.
    pub(super) fn bytes(&self, label: &str) -> Zeroizing<[u8; 32]> {
        let mut hash = Sha256::new();
        hash.update(b"gridtube plan 1 ");
        hash.update(self.seed);
        hash.update(label.as_bytes());
        Zeroizing::new(hash.finalize().into())
    }

    /// A private key as `wg genkey` writes it.
    pub(super) fn private(&self, which: &str) -> Zeroizing<String> {
        Zeroizing::new(Base64::encode_string(&*self.scalar(which)))
    }

    /// Its public key.
    pub(super) fn public(&self, which: &str) -> String {
        Base64::encode_string(&public(&self.scalar(which)))
    }

    /// A port that is not taken; where all are, some port, which the node will refuse.
    pub(super) fn port(&self, which: &str, taken: &[u16]) -> u16 {
        let bytes = self.bytes(&format!("port {which}"));
        let start = u16::from_be_bytes([bytes[0], bytes[1]]) % PORTS;
        let port = |step: u16| FIRST_PORT + (start + step) % PORTS;
        let mut all = (0..PORTS).map(port);
        all.find(|port| !taken.contains(port)).unwrap_or(port(0))
    }

    fn scalar(&self, which: &str) -> Zeroizing<[u8; 32]> {
        let bytes = self.bytes(&format!("key {which}"));
        Zeroizing::new(clamp_integer(*bytes))
    }
}

/// X25519's public key (RFC 7748).
fn public(private: &[u8; 32]) -> [u8; 32] {
    MontgomeryPoint::mul_base_clamped(*private).to_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second key of RFC 7748, 6.1.
    #[test]
    fn a_public_key_is_that_of_the_rfc() {
        let private = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
        let private: [u8; 32] = hex::decode(private).unwrap().try_into().unwrap();
        let known = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
        assert_eq!(hex::encode(public(&private)), known);
    }

    #[test]
    fn a_port_that_is_taken_is_left_out() {
        let keys = Keys::new(&[7; 32]);
        let first = keys.port("machine", &[]);
        let next = keys.port("machine", &[first]);
        assert!((2_000..8_000).contains(&first) && first != next);
        assert_eq!(next, FIRST_PORT + (first - FIRST_PORT + 1) % PORTS);
        let all: Vec<u16> = (FIRST_PORT..FIRST_PORT + PORTS).collect();
        assert_eq!(keys.port("machine", &all), first);
    }
}
