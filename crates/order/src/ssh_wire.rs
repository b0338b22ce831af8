//! The SSH wire format of a public key (RFC 4253 section 6.6, RFC 5656, RFC 8709, and OpenSSH's
//! PROTOCOL.u2f): just what a key line needs.

use crate::ssh_key::{KeyKind, SshKeyError};

/// Kind and size in bits of a key's blob.
///
/// # Errors
/// When the blob is not exactly one well-formed key of the kind its line names.
pub(crate) fn read(name: &str, blob: &[u8]) -> Result<(KeyKind, u32), SshKeyError> {
    let mut fields = Fields(blob);
    if fields.next()? != name.as_bytes() {
        return Err(SshKeyError::TypeMismatch);
    }
    let (kind, bits) = match name {
        "ssh-ed25519" => (KeyKind::Ed25519, fields.point25519()?),
        "sk-ssh-ed25519@openssh.com" => {
            let bits = fields.point25519()?;
            // The application the token was told, usually `ssh:`.
            let application = fields.next()?;
            if std::str::from_utf8(application).is_err() {
                return Err(SshKeyError::Malformed);
            }
            (KeyKind::SkEd25519, bits)
        }
        "ecdsa-sha2-nistp256" => (KeyKind::EcdsaP256, fields.point_nist("nistp256", 32, 256)?),
        "ecdsa-sha2-nistp384" => (KeyKind::EcdsaP384, fields.point_nist("nistp384", 48, 384)?),
        "ecdsa-sha2-nistp521" => (KeyKind::EcdsaP521, fields.point_nist("nistp521", 66, 521)?),
        "ssh-rsa" => (KeyKind::Rsa, fields.rsa()?),
        _ => return Err(SshKeyError::Unsupported),
    };
    if !fields.0.is_empty() {
        return Err(SshKeyError::TrailingData);
    }
    Ok((kind, bits))
}

/// What is left of a blob: strings of a 32-bit length and as many bytes.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn next(&mut self) -> Result<&'a [u8], SshKeyError> {
        let (length, rest) = self
            .0
            .split_first_chunk::<4>()
            .ok_or(SshKeyError::Malformed)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let (field, rest) = rest
            .split_at_checked(length)
            .ok_or(SshKeyError::Malformed)?;
        self.0 = rest;
        Ok(field)
    }

    fn point25519(&mut self) -> Result<u32, SshKeyError> {
        if self.next()?.len() == 32 {
            Ok(256)
        } else {
            Err(SshKeyError::Malformed)
        }
    }

    /// An uncompressed point: 4, then both coordinates.
    fn point_nist(&mut self, curve: &str, size: usize, bits: u32) -> Result<u32, SshKeyError> {
        let named = self.next()? == curve.as_bytes();
        let point = self.next()?;
        if !named || point.len() != 1 + 2 * size || point[0] != 4 {
            return Err(SshKeyError::Malformed);
        }
        Ok(bits)
    }

    fn rsa(&mut self) -> Result<u32, SshKeyError> {
        let exponent = self.positive()?;
        let modulus = self.positive()?;
        let odd = |number: &[u8]| number.last().is_some_and(|b| b % 2 == 1);
        if !odd(exponent) || !odd(modulus) || exponent == [1] || exponent.len() > 8 {
            return Err(SshKeyError::Malformed);
        }
        let bits = modulus.len() * 8 - modulus[0].leading_zeros() as usize;
        match u32::try_from(bits) {
            Ok(bits @ 3072..=16384) => Ok(bits),
            Ok(bits @ 0..3072) => Err(SshKeyError::RsaTooSmall(bits)),
            _ => Err(SshKeyError::RsaTooLarge),
        }
    }

    /// An `mpint` above zero in its one spelling: no zero byte in front but the one that keeps it
    /// positive. Without that byte.
    fn positive(&mut self) -> Result<&'a [u8], SshKeyError> {
        match self.next()? {
            [0, rest @ ..] if rest.first().is_some_and(|b| b & 0x80 != 0) => Ok(rest),
            number @ [first, ..] if (1..0x80).contains(first) => Ok(number),
            _ => Err(SshKeyError::Malformed),
        }
    }
}
