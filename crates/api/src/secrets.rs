//! The server key and what it is for: capabilities, and sealing what is stored.

use std::{fs, io::Write, path::Path};

use base64ct::{Base64UrlUnpadded, Encoding};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::entropy::{Entropy, random};

/// Keys derived from the server key; never printed.
pub struct Secrets {
    capability: Zeroizing<[u8; 32]>,
    seal: XChaCha20Poly1305,
}

/// What a site's backend signs tokens with; never printed.
#[derive(Clone)]
pub struct SiteSecret(Zeroizing<String>);

impl SiteSecret {
    /// Reads its file; space around it does not count.
    ///
    /// # Errors
    /// When it cannot be read, others can read it too, or it is shorter than 32 characters.
    pub fn read(path: &Path) -> Result<Self, SecretError> {
        let text = read_secret(path)?;
        if text.trim().len() < 32 {
            return Err(SecretError::KeyFile {
                path: path.display().to_string(),
                why: "holds less than 32 characters: make one with `openssl rand -hex 32`".into(),
            });
        }
        Ok(Self(Zeroizing::new(text.trim().to_owned())))
    }

    /// From the secret itself; for tests.
    pub fn from_text(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Debug for SiteSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a site's secret")
    }
}

/// What stands in a secret's file, which is wiped from memory after use.
///
/// # Errors
/// When it cannot be read, or others can read it too.
pub fn read_secret(path: &Path) -> Result<Zeroizing<String>, SecretError> {
    let error = |why: String| SecretError::KeyFile {
        path: path.display().to_string(),
        why,
    };
    check_mode(path).map_err(error)?;
    let text = fs::read_to_string(path).map_err(|e| error(format!("cannot be read: {e}")))?;
    Ok(Zeroizing::new(text))
}

/// Why a secret cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The key file.
    #[error("the key file {path}: {why}")]
    KeyFile {
        /// Where.
        path: String,
        /// What is wrong and what to do.
        why: String,
    },
    /// Another key sealed it, or somebody changed it.
    #[error("what is stored was sealed with another server key: put the old key file back")]
    Unseal,
}

impl Secrets {
    /// Reads the key file; makes it, readable by its owner alone, when there is none.
    ///
    /// # Errors
    /// When it cannot be read or made, is readable by others, or is no key.
    pub fn open(path: &Path, entropy: &dyn Entropy) -> Result<Self, SecretError> {
        let error = |why: String| SecretError::KeyFile {
            path: path.display().to_string(),
            why,
        };
        match fs::read_to_string(path) {
            Ok(text) => {
                check_mode(path).map_err(error)?;
                let text = Zeroizing::new(text);
                let mut key = Zeroizing::new([0; 32]);
                let decoded = Base64UrlUnpadded::decode(text.trim(), key.as_mut());
                if decoded.map(<[u8]>::len) != Ok(32) {
                    return Err(error("is no server key: 43 characters of base64url".into()));
                }
                Ok(Self::from_key(&key))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let key = Zeroizing::new(random::<32>(entropy));
                write_private(path, &Base64UrlUnpadded::encode_string(key.as_ref()))
                    .map_err(|e| error(format!("cannot be made: {e}")))?;
                Ok(Self::from_key(&key))
            }
            Err(e) => Err(error(format!("cannot be read: {e}"))),
        }
    }

    /// From the key itself; for tests.
    pub fn from_key(key: &[u8; 32]) -> Self {
        let seal = Zeroizing::new(hmac(key, b"gridtube/seal/1"));
        Self {
            capability: Zeroizing::new(hmac(key, b"gridtube/capability/1")),
            seal: XChaCha20Poly1305::new((&*seal).into()),
        }
    }

    /// What manages a deployment: derived from its id, so it is never stored and a repeated request
    /// gets the same.
    pub fn capability(&self, id: &str) -> String {
        Base64UrlUnpadded::encode_string(&hmac(&self.capability, id.as_bytes()))
    }

    /// Tells this server key from others, and nothing else of it.
    pub fn fingerprint(&self) -> String {
        Base64UrlUnpadded::encode_string(&hmac(&self.capability, b"gridtube/fingerprint/1"))
    }

    /// Whether this is that deployment's capability; in constant time.
    pub fn allows(&self, id: &str, capability: &str) -> bool {
        self.capability(id)
            .as_bytes()
            .ct_eq(capability.as_bytes())
            .into()
    }

    /// Seals bytes for one deployment: nonce, then ciphertext.
    ///
    /// # Errors
    /// Only when the text is absurdly long.
    pub fn seal(
        &self,
        id: &str,
        text: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SecretError> {
        let nonce = random::<24>(entropy);
        let payload = Payload {
            msg: text,
            aad: id.as_bytes(),
        };
        let sealed = self.seal.encrypt(&XNonce::from(nonce), payload);
        Ok([&nonce[..], &sealed.map_err(|_| SecretError::Unseal)?].concat())
    }

    /// Opens what [`Secrets::seal`] made for this deployment.
    ///
    /// # Errors
    /// When another key sealed it, for another deployment, or it was changed.
    pub fn unseal(&self, id: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        let (nonce, text) = sealed
            .split_first_chunk::<24>()
            .ok_or(SecretError::Unseal)?;
        let payload = Payload {
            msg: text,
            aad: id.as_bytes(),
        };
        let opened = self.seal.decrypt(&XNonce::from(*nonce), payload);
        Ok(Zeroizing::new(opened.map_err(|_| SecretError::Unseal)?))
    }
}

fn hmac(key: &[u8; 32], text: &[u8]) -> [u8; 32] {
    #[allow(clippy::expect_used)] // HMAC takes keys of any length
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[cfg(unix)]
fn check_mode(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)
        .map_err(|e| e.to_string())?
        .permissions()
        .mode()
        & 0o777;
    if mode & 0o077 != 0 {
        return Err(format!(
            "is readable by others (mode {mode:o}): run `chmod 600` on it"
        ));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_mode(_: &Path) -> Result<(), String> {
    Ok(())
}

pub(crate) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    #[test]
    fn a_capability_is_for_one_deployment_and_256_bits() {
        let secrets = Secrets::from_key(&[7; 32]);
        let capability = secrets.capability("a");
        assert_eq!(capability.len(), 43);
        assert!(secrets.allows("a", &capability));
        assert!(!secrets.allows("b", &capability));
        assert!(!Secrets::from_key(&[8; 32]).allows("a", &capability));
    }

    #[test]
    fn only_the_same_key_and_deployment_open_a_seal() {
        let secrets = Secrets::from_key(&[7; 32]);
        let mut sealed = secrets.seal("a", b"hello", &OsEntropy).expect("sealed");
        assert_eq!(
            secrets.unseal("a", &sealed).expect("opened").as_slice(),
            b"hello"
        );
        assert!(secrets.unseal("b", &sealed).is_err());
        assert!(Secrets::from_key(&[8; 32]).unseal("a", &sealed).is_err());
        sealed[30] ^= 1;
        assert!(secrets.unseal("a", &sealed).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn the_key_file_is_made_once_and_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("server.key");
        let first = Secrets::open(&path, &OsEntropy)
            .expect("made")
            .capability("a");
        assert_eq!(
            Secrets::open(&path, &OsEntropy)
                .expect("read")
                .capability("a"),
            first
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("chmod");
        let why = Secrets::open(&path, &OsEntropy)
            .map(drop)
            .expect_err("refused")
            .to_string();
        assert!(why.contains("chmod 600"), "{why}");
    }
}
