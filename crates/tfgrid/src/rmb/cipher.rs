//! End-to-end encryption: AES-256-GCM under the key that two twins share.
//!
//! The bytes are nonce (12), ciphertext, tag (16); nothing is authenticated beside them
//! (rmb-rs:src/peer/e2e/mod.rs).

use aes_gcm::aead::Aead as _;
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};

use crate::Error;
use crate::identity::SharedKey;

const NONCE: usize = 12;

impl SharedKey {
    /// Encrypts for the other end, under a nonce from the operating system: the same text is other
    /// bytes each time. The result is 28 bytes longer than the text.
    ///
    /// # Errors
    /// [`Error::Randomness`] when the operating system has none to give.
    pub fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| Error::Randomness)?;
        self.seal_under(nonce, plain)
    }

    /// Decrypts what the other end sealed.
    ///
    /// # Errors
    /// [`Error::Cipher`] when it was changed, is too short, or is under another key.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Error::Cipher)?;
        Aes256Gcm::new(self.bytes().into())
            .decrypt(&Nonce::from(*nonce), sealed)
            .map_err(|_| Error::Cipher)
    }

    /// Private: a nonce that is used twice gives the key away.
    fn seal_under(&self, nonce: [u8; NONCE], plain: &[u8]) -> Result<Vec<u8>, Error> {
        let sealed = Aes256Gcm::new(self.bytes().into())
            .encrypt(&Nonce::from(nonce), plain)
            .map_err(|_| Error::Cipher)?;
        Ok([&nonce[..], &sealed].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{Identity, Scheme};

    /// The two accounts of TFGRID's published vectors.
    const A: &str =
        "volume behind cable present pull exchange wish loyal avocado snap film increase";
    const B: &str = "tackle blouse grain dawn adult loyal tattoo price access tilt chimney silk";

    fn shared(ours: &str, theirs: &str) -> SharedKey {
        let ours = Identity::new(ours, Scheme::Sr25519).unwrap();
        let theirs = Identity::new(theirs, Scheme::Sr25519).unwrap();
        ours.message_key()
            .shared(&theirs.message_key().public())
            .unwrap()
    }

    /// Key, nonce and cipher as `@threefold/rmb_direct_client` made them.
    #[test]
    fn the_published_clients_cipher_is_reproduced() {
        let key = shared(A, B);
        assert_eq!(
            hex::encode(key.bytes()),
            "128b3e95522d8c86a12b8df85e904471d7d61352241fc9b229696cdef1f8183d"
        );
        assert_eq!(key.bytes(), shared(B, A).bytes());
        let nonce = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
        let sealed = key.seal_under(nonce, br#"{"contract_id":123}"#).unwrap();
        assert_eq!(
            hex::encode(&sealed),
            "000102030405060708090a0bec98e83790c9bd247ab2b2d04cd642616ec756ccc662ef78\
             ee360df6e2b39a3aa9efb2"
        );
        assert_eq!(
            shared(B, A).open(&sealed).unwrap(),
            br#"{"contract_id":123}"#
        );
    }

    #[test]
    fn the_same_text_is_never_the_same_bytes() {
        let key = shared(A, B);
        let (first, second) = (key.seal(b"text").unwrap(), key.seal(b"text").unwrap());
        assert_ne!(first[..NONCE], second[..NONCE]);
        assert_ne!(first[NONCE..], second[NONCE..]);
        assert_eq!(first.len(), 4 + 28);
        assert_eq!(key.open(&first).unwrap(), b"text");
        assert_eq!(key.open(&key.seal(b"").unwrap()).unwrap(), b"");
    }

    #[test]
    fn changed_or_foreign_bytes_do_not_open() {
        let key = shared(A, B);
        let sealed = key.seal(b"text").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open(&changed), Err(Error::Cipher));
            assert_eq!(key.open(&sealed[..at]), Err(Error::Cipher));
        }
        assert_eq!(shared(A, A).open(&sealed), Err(Error::Cipher));
    }
}
