//! One secret, and the keys made of it: for signing, and for messages.
//!
//! An [`Identity`] is made from a mnemonic, a seed or a secret URI. It never leaves memory: there is
//! no `Debug`, no `Display`, no way to get the secret back, and it is zeroized when dropped.

mod account;
mod message_key;
mod secret;
mod uri;

use blake2::{Blake2b512, Digest};
use ed25519_dalek::Signer as _;
use zeroize::ZeroizeOnDrop;

use crate::Error;
use secret::Seed;
use uri::SecretUri;

pub use account::{AccountId, SS58_PREFIX};
pub use message_key::{MessageKey, MessagePublicKey, SharedKey};

/// The context in which substrate signs with sr25519.
const SIGNING_CONTEXT: &[u8] = b"substrate";

/// How an account signs. The grid's own tools make sr25519 accounts; both kinds are accepted
/// everywhere (tfchain `MultiSignature`, zosbase:pkg/gridtypes/deployment.go, rmb-rs:src/identity).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Schnorr signatures on ristretto25519; not deterministic.
    #[default]
    Sr25519,
    /// Ed25519 signatures; deterministic.
    Ed25519,
}

impl Scheme {
    /// The name used in deployments: `sr25519` or `ed25519`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Sr25519 => "sr25519",
            Scheme::Ed25519 => "ed25519",
        }
    }

    /// The byte in front of a signature on the message bus and in its tokens: `s` or `e`
    /// (rmb-rs:src/identity).
    #[must_use]
    pub fn prefix(self) -> u8 {
        match self {
            Scheme::Sr25519 => b's',
            Scheme::Ed25519 => b'e',
        }
    }

    /// The scheme that a prefix byte names.
    #[must_use]
    pub fn from_prefix(prefix: u8) -> Option<Self> {
        match prefix {
            b's' => Some(Scheme::Sr25519),
            b'e' => Some(Scheme::Ed25519),
            _ => None,
        }
    }

    /// Checks a 64-byte signature over `message` by the account `key`.
    ///
    /// # Errors
    /// [`Error::Signature`] when it is not 64 bytes long or not by that key.
    pub fn verify(self, key: &AccountId, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        if signature.len() != 64 {
            return Err(Error::Signature(format!(
                "it has {} bytes instead of 64",
                signature.len()
            )));
        }
        let valid = match self {
            Scheme::Sr25519 => schnorrkel::PublicKey::from_bytes(key.as_bytes())
                .and_then(|key| {
                    let signature = schnorrkel::Signature::from_bytes(signature)?;
                    key.verify_simple(SIGNING_CONTEXT, message, &signature)
                })
                .is_ok(),
            Scheme::Ed25519 => ed25519_dalek::VerifyingKey::from_bytes(key.as_bytes())
                .and_then(|key| {
                    let signature = ed25519_dalek::Signature::from_slice(signature)?;
                    ed25519_dalek::Verifier::verify(&key, message, &signature)
                })
                .is_ok(),
        };
        if valid {
            return Ok(());
        }
        Err(Error::Signature(format!(
            "it is not by the {} key of {key}; sign again with that account",
            self.name()
        )))
    }
}

/// Checks a signature that says by its first byte which scheme made it: 65 bytes, `s` or `e` and the
/// 64 bytes (rmb-rs:src/identity/mod.rs).
///
/// # Errors
/// [`Error::Signature`] when length, prefix or signature are wrong.
pub fn verify_prefixed(key: &AccountId, message: &[u8], signature: &[u8]) -> Result<(), Error> {
    let Some((&prefix, bare)) = signature.split_first() else {
        return Err(Error::Signature("it is missing; sign the message".into()));
    };
    let scheme = Scheme::from_prefix(prefix).ok_or_else(|| {
        Error::Signature("its first byte must be `s` (sr25519) or `e` (ed25519)".into())
    })?;
    scheme.verify(key, message, bare)
}

/// An account's secret, expanded to its keys.
pub struct Identity {
    keys: Keys,
    message_key: MessageKey,
}

enum Keys {
    Sr25519(Box<schnorrkel::Keypair>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

impl Identity {
    /// Reads a secret:
    ///
    /// - a mnemonic of 12, 15, 18, 21 or 24 English BIP 39 words;
    /// - `0x` and 64 hex digits: the raw 32-byte seed;
    /// - nothing, for the well-known development phrase;
    /// - any of them with a derivation path, `//hard` and `/soft` (soft with sr25519 only), and
    ///   after a mnemonic a password, `///password`: `//Alice`.
    ///
    /// The seed of a mnemonic is substrate's: PBKDF2-HMAC-SHA512 over the *entropy* of the words,
    /// salt `mnemonic` and password, 2048 rounds, the first 32 of 64 bytes. It is not the seed of
    /// BIP 39. Line ends after the text are ignored, so that a file's content can be handed in.
    ///
    /// # Errors
    /// [`Error::Secret`] that says what is wrong without repeating any of it.
    pub fn new(secret: &str, scheme: Scheme) -> Result<Self, Error> {
        let uri = SecretUri::parse(secret)?;
        let seed = uri.seed()?;
        match scheme {
            Scheme::Sr25519 => Self::sr25519(&uri, seed),
            Scheme::Ed25519 => Self::ed25519(&uri, seed),
        }
    }

    fn sr25519(uri: &SecretUri<'_>, mut seed: Seed) -> Result<Self, Error> {
        let mut pair = seed.sr25519()?;
        for junction in &uri.path {
            let chain_code = schnorrkel::derive::ChainCode(junction.chain_code);
            if junction.hard {
                let (mini, _) = pair
                    .secret
                    .hard_derive_mini_secret_key(Some(chain_code), b"");
                seed = Seed::new(mini.to_bytes());
                pair = seed.sr25519()?;
            } else {
                use schnorrkel::derive::Derivation as _;
                pair = pair.derived_key_simple(chain_code, b"").0;
            }
        }
        Ok(Self {
            message_key: MessageKey::from_seed(&seed)?,
            keys: Keys::Sr25519(Box::new(pair)),
        })
    }

    fn ed25519(uri: &SecretUri<'_>, mut seed: Seed) -> Result<Self, Error> {
        for junction in &uri.path {
            if !junction.hard {
                return Err(Error::Secret(
                    "ed25519 has no soft derivation; write `//` instead of `/` in the path".into(),
                ));
            }
            // SCALE of ("Ed25519HDKD", seed, chain code): a length byte before the text only.
            let mut hash = blake2::Blake2b::<blake2::digest::consts::U32>::new();
            hash.update([11 << 2]);
            hash.update(b"Ed25519HDKD");
            hash.update(seed.bytes());
            hash.update(junction.chain_code);
            seed = Seed::new(hash.finalize().into());
        }
        Ok(Self {
            message_key: MessageKey::from_seed(&seed)?,
            keys: Keys::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(
                seed.bytes(),
            ))),
        })
    }

    /// How this account signs.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        match self.keys {
            Keys::Sr25519(_) => Scheme::Sr25519,
            Keys::Ed25519(_) => Scheme::Ed25519,
        }
    }

    /// The public key, which is the account on the chain. Its `Display` is the address.
    #[must_use]
    pub fn account(&self) -> AccountId {
        AccountId::new(match &self.keys {
            Keys::Sr25519(pair) => pair.public.to_bytes(),
            Keys::Ed25519(key) => key.verifying_key().to_bytes(),
        })
    }

    /// Signs the bytes as they are: 64 bytes, without prefix, as in deployments and extrinsics.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        match &self.keys {
            Keys::Sr25519(pair) => pair.sign_simple(SIGNING_CONTEXT, message).to_bytes(),
            Keys::Ed25519(key) => key.sign(message).to_bytes(),
        }
    }

    /// Signs as the message bus wants it: one byte for the scheme, then the 64 bytes.
    #[must_use]
    pub fn sign_prefixed(&self, message: &[u8]) -> [u8; 65] {
        let mut signature = [self.scheme().prefix(); 65];
        signature[1..].copy_from_slice(&self.sign(message));
        signature
    }

    /// The key that messages to this account's twin are encrypted with.
    #[must_use]
    pub fn message_key(&self) -> &MessageKey {
        &self.message_key
    }
}

/// Each of the keys wipes itself.
impl ZeroizeOnDrop for Identity {}

/// BLAKE2b-512, the hash in an address' checksum.
fn blake2b_512(parts: &[&[u8]]) -> [u8; 64] {
    let mut hash = Blake2b512::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}
