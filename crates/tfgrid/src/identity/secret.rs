//! The 32-byte seed that every key of an account comes from.

use bip39::{Language, Mnemonic};
use pbkdf2::pbkdf2_hmac;
use schnorrkel::{ExpansionMode, Keypair, MiniSecretKey};
use sha2::Sha512;
use zeroize::Zeroizing;

use crate::Error;

/// A seed (substrate's *mini secret*).
pub(super) struct Seed(Zeroizing<[u8; 32]>);

impl Seed {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// From `0x` and 64 hex digits, the `0x` left out.
    pub(super) fn from_hex(digits: &str) -> Result<Self, Error> {
        let mut seed = Zeroizing::new([0; 32]);
        hex::decode_to_slice(digits, seed.as_mut_slice()).map_err(|_| {
            Error::Secret(
                "after `0x` there must be exactly 64 hex digits; copy the seed again".into(),
            )
        })?;
        Ok(Self(seed))
    }

    /// From the words of a mnemonic (substrate-bip39; tfchain accounts are made this way).
    pub(super) fn from_words(words: &str, password: &str) -> Result<Self, Error> {
        let words = Zeroizing::new(words.split_whitespace().fold(String::new(), |all, word| {
            if all.is_empty() {
                word.to_owned()
            } else {
                all + " " + word
            }
        }));
        let mnemonic = Mnemonic::parse_in_normalized(Language::English, &words)
            .map_err(|error| Error::Secret(remedy(error)))?;
        let (entropy, length) = mnemonic.to_entropy_array();
        let entropy = Zeroizing::new(entropy);
        let salt = Zeroizing::new(format!("mnemonic{password}"));
        let mut output = Zeroizing::new([0; 64]);
        pbkdf2_hmac::<Sha512>(
            &entropy[..length],
            salt.as_bytes(),
            2048,
            output.as_mut_slice(),
        );
        let mut seed = Zeroizing::new([0; 32]);
        seed.copy_from_slice(&output[..32]);
        Ok(Self(seed))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The sr25519 key, expanded in the way of ed25519 as all of substrate does.
    pub(super) fn sr25519(&self) -> Result<Keypair, Error> {
        let mini = MiniSecretKey::from_bytes(self.0.as_slice())
            .map_err(|_| Error::Secret("the seed must have 32 bytes".into()))?;
        Ok(mini.expand_to_keypair(ExpansionMode::Ed25519))
    }
}

/// What is wrong with the words, none of them repeated.
fn remedy(error: bip39::Error) -> String {
    match error {
        bip39::Error::BadWordCount(count) => format!(
            "a mnemonic has 12, 15, 18, 21 or 24 words, not {count}; \
             a seed starts with `0x`, a development account with `//`"
        ),
        bip39::Error::UnknownWord(index) => format!(
            "word {} is not in the English BIP 39 list; look for a typing error (all lower case)",
            index + 1
        ),
        bip39::Error::InvalidChecksum => {
            "each word is right, but not their order or choice (checksum); compare with your copy"
                .into()
        }
        _ => "this is no English mnemonic; compare with your copy".into(),
    }
}
