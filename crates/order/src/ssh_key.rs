//! One OpenSSH public key for remote login.
//!
//! A parser of its own, because the `ssh-key` crate would cost the widget 9 KB; a differential test
//! holds it against that crate.

use std::{fmt, str::FromStr};

use words::{Flaw, Said};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SshKeyError {
    /// Nothing there.
    Empty,
    /// The half that must stay secret.
    PrivateKey,
    /// More than one line, or control characters.
    NotOneLine,
    /// Over 16 KiB.
    TooLong,
    /// `command="…"` and the like before the kind.
    Options,
    /// `ssh-dss`
    Dsa,
    /// A certificate.
    Certificate,
    /// Some other kind, or no kind at all.
    Unsupported,
    /// The long middle part.
    Malformed,
    /// The line says one kind, the key another.
    TypeMismatch,
    /// Something after the key, inside it.
    TrailingData,
    /// RSA under 3072 bits.
    RsaTooSmall(u32),
    /// RSA over 16384 bits.
    RsaTooLarge,
    /// The text after the key.
    Comment,
}

impl SshKeyError {
    /// What to say about it, in any language.
    pub fn said(&self) -> Said {
        match self {
            Self::Empty => Flaw::KeyEmpty.into(),
            Self::PrivateKey => Flaw::KeyPrivate.into(),
            Self::NotOneLine => Flaw::KeyNotOneLine.into(),
            Self::TooLong => Flaw::KeyTooLong.into(),
            Self::Options => Flaw::KeyOptions.into(),
            Self::Dsa => Flaw::KeyDsa.into(),
            Self::Certificate => Flaw::KeyCertificate.into(),
            Self::Unsupported => Flaw::KeyUnsupported.into(),
            Self::Malformed => Flaw::KeyMalformed.into(),
            Self::TypeMismatch => Flaw::KeyTypeMismatch.into(),
            Self::TrailingData => Flaw::KeyTrailingData.into(),
            Self::RsaTooSmall(bits) => Said::with(Flaw::KeyRsaTooSmall, bits.to_string()),
            Self::RsaTooLarge => Flaw::KeyRsaTooLarge.into(),
            Self::Comment => Flaw::KeyComment.into(),
        }
    }
}

said_in_english!(SshKeyError);

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

    /// Spaces around the line are ignored; line ends and tabs are not: the form drops them.
    fn from_str(text: &str) -> Result<Self, SshKeyError> {
        let line = text.trim_matches(' ');
        if line.is_empty() {
            return Err(SshKeyError::Empty);
        }
        let framed = has(line, "BEGIN ") || has(line, "END ");
        if framed && has(line, "PRIVATE KEY") || PRIVATE.iter().any(|mark| has(line, mark)) {
            return Err(SshKeyError::PrivateKey);
        }
        if line.len() > 16 * 1024 {
            return Err(SshKeyError::TooLong);
        }
        if line.chars().any(char::is_control) {
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
    text.split_once(' ')
        .map_or((text, ""), |(word, rest)| (word, rest.trim_matches(' ')))
}

fn has(line: &str, mark: &str) -> bool {
    let mark = mark.as_bytes();
    line.as_bytes().windows(mark.len()).any(|part| part == mark)
}

/// What only private keys contain beside the frame of PEM, PGP and SSH2: PuTTY, and the body of
/// OpenSSH's own form, which begins with `openssh-key-v1` in base64.
const PRIVATE: [&str; 2] = ["PuTTY-User-Key-File", "b3BlbnNzaC1rZXktdj"];

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
        .split([' ', ','])
        .any(|word| is_kind(word) || word == "ssh-dss");
    Err(if kind_later {
        SshKeyError::Options
    } else {
        SshKeyError::Unsupported
    })
}
