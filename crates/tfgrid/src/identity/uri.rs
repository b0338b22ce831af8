//! Secret URIs: `phrase//hard/soft///password` (substrate `sp_core::crypto`).

use blake2::digest::consts::U32;
use blake2::{Blake2b, Digest};

use super::secret::Seed;
use crate::Error;

/// What stands for an absent phrase, in every substrate tool. Public: never for real money.
const DEVELOPMENT_PHRASE: &str =
    "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

/// The parts of a secret. Borrows, so that nothing secret is copied.
pub(super) struct SecretUri<'a> {
    phrase: &'a str,
    password: &'a str,
    /// The derivation, in order.
    pub(super) path: Vec<Junction>,
}

/// One step of a derivation.
pub(super) struct Junction {
    pub(super) hard: bool,
    pub(super) chain_code: [u8; 32],
}

impl<'a> SecretUri<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, Error> {
        let text = text.trim_end_matches(['\r', '\n']).trim_start();
        if text.is_empty() {
            return Err(Error::Secret(
                "it is empty; give the mnemonic, or `0x` and the seed".into(),
            ));
        }
        let (rest, password) = text.split_once("///").unwrap_or((text, ""));
        let (phrase, mut path_text) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let mut path = Vec::new();
        while let Some(step) = path_text.strip_prefix('/') {
            let (hard, step) = match step.strip_prefix('/') {
                Some(step) => (true, step),
                None => (false, step),
            };
            let (code, rest) = step.split_at(step.find('/').unwrap_or(step.len()));
            if code.is_empty() {
                return Err(Error::Secret(
                    "a step of the derivation path is empty; write `//name` or `/name`".into(),
                ));
            }
            path.push(Junction {
                hard,
                chain_code: chain_code(code),
            });
            path_text = rest;
        }
        Ok(Self {
            phrase,
            password,
            path,
        })
    }

    /// The seed before any derivation.
    pub(super) fn seed(&self) -> Result<Seed, Error> {
        let phrase = self.phrase.trim();
        match phrase.strip_prefix("0x") {
            Some(digits) => Seed::from_hex(digits),
            None if phrase.is_empty() => Seed::from_words(DEVELOPMENT_PHRASE, self.password),
            None => Seed::from_words(phrase, self.password),
        }
    }
}

/// A number is its 8 little-endian bytes, a text its SCALE encoding; 32 bytes of it, or its BLAKE2b
/// hash if it is longer.
fn chain_code(code: &str) -> [u8; 32] {
    let bytes = match code.parse::<u64>() {
        Ok(number) => number.to_le_bytes().to_vec(),
        Err(_) => scale_text(code),
    };
    let mut chain_code = [0; 32];
    match chain_code.get_mut(..bytes.len()) {
        Some(start) => start.copy_from_slice(&bytes),
        None => chain_code = Blake2b::<U32>::digest(&bytes).into(),
    }
    chain_code
}

/// SCALE of a text: its length in the compact form, then its bytes.
fn scale_text(text: &str) -> Vec<u8> {
    let length = text.len();
    let mut bytes = match length {
        0..64 => vec![(length << 2) as u8],
        64..16_384 => ((length << 2 | 0b01) as u16).to_le_bytes().to_vec(),
        _ => ((length << 2 | 0b10) as u32).to_le_bytes().to_vec(),
    };
    bytes.extend(text.as_bytes());
    bytes
}
