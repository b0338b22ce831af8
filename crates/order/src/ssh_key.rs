//! One OpenSSH public key for remote login.
//!
//! A parser of its own, because the `ssh-key` crate would cost the widget 9 KB; a differential test
//! holds it against that crate.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use crate::{base64, shown::is_invisible, ssh_wire};

/// A public key the machine will accept for login: kind, key, comment; one line, no options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshPublicKey {
    kind: KeyKind,
    bits: u32,
    blob: Vec<u8>,
    comment: String,
}

/// The kinds of key that are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// `ssh-ed25519`
    Ed25519,
    /// `sk-ssh-ed25519@openssh.com`: on a hardware token.
    SkEd25519,
    /// `ecdsa-sha2-nistp256`
    EcdsaP256,
    /// `ecdsa-sha2-nistp384`
    EcdsaP384,
    /// `ecdsa-sha2-nistp521`
    EcdsaP521,
    /// `ssh-rsa`, 3072 bits or more.
    Rsa,
}

/// Why a key is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SshKeyError {
    /// Nothing there.
    #[error("Paste your public key: the line in ~/.ssh/id_ed25519.pub")]
    Empty,
    /// The half that must stay secret.
    #[error(
        "STOP: this is a PRIVATE key, which nobody else may see. Paste the line in the file that ends in .pub. If this one has left your computer, make a new key with: ssh-keygen -t ed25519"
    )]
    PrivateKey,
    /// More than one line, or control characters.
    #[error("Paste one key in one line")]
    NotOneLine,
    /// Over 16 KiB.
    #[error("This is too long for a key")]
    TooLong,
    /// `command="…"` and the like before the kind.
    #[error("Leave out the options before the kind of key: begin with ssh-ed25519 or the like")]
    Options,
    /// `ssh-dss`
    #[error("DSA keys are no longer safe. Make a new key with: ssh-keygen -t ed25519")]
    Dsa,
    /// A certificate.
    #[error(
        "This is a certificate. Paste the public key itself: the file without -cert in its name"
    )]
    Certificate,
    /// Some other kind, or no kind at all.
    #[error(
        "This is no key of a kind that can be used: ssh-ed25519, ecdsa-sha2-nistp256, -384, -521, or ssh-rsa"
    )]
    Unsupported,
    /// The long middle part.
    #[error("The key is damaged or cut off: copy the whole line again")]
    Malformed,
    /// The line says one kind, the key another.
    #[error("The kind in front is not the kind of the key: copy the whole line again")]
    TypeMismatch,
    /// Something after the key, inside it.
    #[error("There is something after the key that does not belong to it: copy the line again")]
    TrailingData,
    /// RSA under 3072 bits.
    #[error(
        "RSA keys need 3072 bits, this one has {0}. Make a new key with: ssh-keygen -t ed25519"
    )]
    RsaTooSmall(u32),
    /// RSA over 16384 bits.
    #[error("RSA keys can have 16384 bits at most")]
    RsaTooLarge,
    /// The text after the key.
    #[error(
        "The comment after the key is too long or has characters that cannot be shown: shorten it"
    )]
    Comment,
}

impl SshPublicKey {
    /// The kind.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The size of the key, bits.
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// `SHA256:` and 43 base64 characters, as `ssh-keygen -l` prints it.
    pub fn fingerprint(&self) -> String {
        let digest: [u8; 32] = Sha256::digest(&self.blob).into();
        let mut text = String::from("SHA256:");
        text.push_str(&base64::encode(&digest));
        text
    }

    /// The comment, often `user@host`; may be empty.
    pub fn comment(&self) -> &str {
        &self.comment
    }
}

impl KeyKind {
    /// The kind as it stands in front of the key.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "ssh-ed25519",
            Self::SkEd25519 => "sk-ssh-ed25519@openssh.com",
            Self::EcdsaP256 => "ecdsa-sha2-nistp256",
            Self::EcdsaP384 => "ecdsa-sha2-nistp384",
            Self::EcdsaP521 => "ecdsa-sha2-nistp521",
            Self::Rsa => "ssh-rsa",
        }
    }
}

impl FromStr for SshPublicKey {
    type Err = SshKeyError;

    /// Spaces around the line are ignored; line ends are not: the form drops them.
    fn from_str(text: &str) -> Result<Self, SshKeyError> {
        let line = text.trim_matches(' ');
        if line.is_empty() {
            return Err(SshKeyError::Empty);
        }
        if PRIVATE.iter().any(|mark| has(line, mark)) {
            return Err(SshKeyError::PrivateKey);
        }
        if line.len() > 16 * 1024 {
            return Err(SshKeyError::TooLong);
        }
        if line.chars().any(|c| c.is_control() && c != '\t') {
            return Err(SshKeyError::NotOneLine);
        }
        let (name, rest) = word(line);
        check_name(name, rest)?;
        let (key, comment) = word(rest);
        let blob = base64::decode(key).ok_or(SshKeyError::Malformed)?;
        let (kind, bits) = ssh_wire::read(name, &blob)?;
        if comment.len() > 255 || comment.chars().any(is_invisible) {
            return Err(SshKeyError::Comment);
        }
        Ok(Self {
            kind,
            bits,
            blob,
            comment: comment.to_owned(),
        })
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for SshPublicKey {
    /// The line, in its one canonical form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())?;
        f.write_str(" ")?;
        f.write_str(&base64::encode(&self.blob))?;
        f.write_str(base64::padding(self.blob.len()))?;
        if !self.comment.is_empty() {
            f.write_str(" ")?;
            f.write_str(&self.comment)?;
        }
        Ok(())
    }
}

/// The first word, and what follows the space after it.
fn word(text: &str) -> (&str, &str) {
    let blank = [' ', '\t'];
    text.split_once(blank)
        .map_or((text, ""), |(word, rest)| (word, rest.trim_matches(blank)))
}

fn has(line: &str, mark: &str) -> bool {
    let mark = mark.as_bytes();
    line.as_bytes().windows(mark.len()).any(|part| part == mark)
}

/// What only private keys contain: PEM, SSH2, PuTTY, and the body of OpenSSH's own form, which
/// begins with `openssh-key-v1` in base64.
const PRIVATE: [&str; 4] = [
    "PRIVATE KEY--",
    "PRIVATE KEY --",
    "PuTTY-User-Key-File",
    "b3BlbnNzaC1rZXktdj",
];

const KINDS: [KeyKind; 6] = [
    KeyKind::Ed25519,
    KeyKind::SkEd25519,
    KeyKind::EcdsaP256,
    KeyKind::EcdsaP384,
    KeyKind::EcdsaP521,
    KeyKind::Rsa,
];

/// Tells a kind that cannot be used from options in front of one that can.
fn check_name(name: &str, rest: &str) -> Result<(), SshKeyError> {
    let is_kind = |word: &str| KINDS.iter().any(|kind| kind.as_str() == word);
    if is_kind(name) {
        return Ok(());
    }
    if name.ends_with("-cert-v01@openssh.com") {
        return Err(SshKeyError::Certificate);
    }
    if name == "ssh-dss" {
        return Err(SshKeyError::Dsa);
    }
    let kind_later = rest
        .split([' ', '\t', ','])
        .any(|word| is_kind(word) || word == "ssh-dss");
    Err(if kind_later {
        SshKeyError::Options
    } else {
        SshKeyError::Unsupported
    })
}
