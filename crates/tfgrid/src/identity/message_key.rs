//! The secp256k1 key of a twin, for end-to-end encryption on the message bus.

use std::fmt;
use std::str::FromStr;

use k256::elliptic_curve::sec1::ToSec1Point as _;
use k256::{PublicKey, SecretKey};
use sha2::{Digest, Sha256};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::secret::Seed;
use crate::Error;

/// The secret key for messages: the account's seed, taken as a secp256k1 scalar
/// (rmb-rs:src/peer/e2e/mod.rs). So the same secret has the same message key in every client. Behind
/// a derivation path it is the seed of the last hard step, which is what substrate calls the
/// derived account's seed; a soft step has none of its own.
pub struct MessageKey(SecretKey);

impl MessageKey {
    pub(super) fn from_seed(seed: &Seed) -> Result<Self, Error> {
        SecretKey::from_slice(seed.bytes()).map(Self).map_err(|_| {
            Error::Secret(
                "the seed cannot be a key for messages (zero, or too large); use another account"
                    .into(),
            )
        })
    }

    /// What stands in the twin's `pk` on the chain.
    #[must_use]
    pub fn public(&self) -> MessagePublicKey {
        let point = self.0.public_key().to_sec1_point(true);
        let mut bytes = [0; 33];
        bytes.copy_from_slice(point.as_bytes());
        MessagePublicKey(bytes)
    }

    /// The key that both ends compute: SHA-256 of the X coordinate of the Diffie-Hellman point.
    ///
    /// # Errors
    /// [`Error::MessageKey`] when theirs is no point of the curve.
    pub fn shared(&self, theirs: &MessagePublicKey) -> Result<SharedKey, Error> {
        let theirs = PublicKey::from_sec1_bytes(&theirs.0).map_err(|_| Error::MessageKey)?;
        let point = k256::ecdh::diffie_hellman(self.0.to_nonzero_scalar(), theirs.as_affine());
        let key: [u8; 32] = Sha256::digest(point.raw_secret_bytes()).into();
        Ok(SharedKey(Zeroizing::new(key)))
    }
}

/// The scalar wipes itself.
impl ZeroizeOnDrop for MessageKey {}

/// A key for AES-256-GCM that two twins share.
pub struct SharedKey(Zeroizing<[u8; 32]>);

impl SharedKey {
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The bytes wipe themselves.
impl ZeroizeOnDrop for SharedKey {}

/// A compressed secp256k1 point: 33 bytes, `Display`ed and read as hex, with or without `0x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessagePublicKey([u8; 33]);

impl MessagePublicKey {
    /// Reads the `pk` of a twin.
    ///
    /// # Errors
    /// [`Error::MessageKey`] unless it is a compressed point of the curve.
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        let key = <[u8; 33]>::try_from(bytes).map_err(|_| Error::MessageKey)?;
        PublicKey::from_sec1_bytes(&key).map_err(|_| Error::MessageKey)?;
        Ok(Self(key))
    }

    /// The bytes, as they go to the chain.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 33] {
        &self.0
    }
}

impl fmt::Display for MessagePublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for MessagePublicKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        Self::new(&hex::decode(digits).map_err(|_| Error::MessageKey)?)
    }
}
