//! Who has to sign a deployment, and the signatures (zosbase:pkg/gridtypes/deployment.go).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Deployment, DeploymentHash};
use crate::Error;
use crate::identity::{AccountId, Identity, Scheme};

/// Who has to sign. All but the signatures is hashed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SignatureRequirement {
    /// The twins that sign; the owner must be one of them.
    pub requests: Vec<SignatureRequest>,
    /// How much all signatures together must weigh.
    pub weight_required: u64,
    /// The signatures, one for each request.
    pub signatures: Vec<Signature>,
    /// What exactly is signed.
    pub signature_style: Style,
}

impl SignatureRequirement {
    /// One signature, by this twin, as all clients ask for.
    #[must_use]
    pub fn by(twin_id: u32) -> Self {
        Self {
            requests: vec![SignatureRequest {
                twin_id,
                required: false,
                weight: 1,
            }],
            weight_required: 1,
            ..Self::default()
        }
    }
}

/// One twin's share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SignatureRequest {
    /// Who.
    pub twin_id: u32,
    /// Whether it may be missing. Nodes treat the owner's as required in any case.
    pub required: bool,
    /// How much it weighs.
    pub weight: u64,
}

/// One twin's signature.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Signature {
    /// Whose.
    pub twin_id: u32,
    /// 64 bytes in hex, without a prefix.
    pub signature: String,
    /// `sr25519` or `ed25519`. Nodes take anything else for `ed25519`.
    pub signature_type: String,
}

/// What exactly is signed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Style {
    /// The 16 bytes of the hash.
    #[default]
    Plain,
    /// The text `<Bytes>`, the hash in hex, `</Bytes>`: what a browser's wallet can sign.
    PolkaWallet,
    /// A style that no node knows: kept because it is hashed, refused by [`Deployment::check`].
    Other(String),
}

impl Style {
    fn text(&self) -> &str {
        match self {
            Style::Plain => "",
            Style::PolkaWallet => "polka-wallet",
            Style::Other(text) => text,
        }
    }
}

impl From<String> for Style {
    fn from(text: String) -> Self {
        match text.as_str() {
            "" => Style::Plain,
            "polka-wallet" => Style::PolkaWallet,
            _ => Style::Other(text),
        }
    }
}

impl From<Style> for String {
    fn from(style: Style) -> Self {
        style.text().to_owned()
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Deployment {
    /// The bytes that a twin signs.
    #[must_use]
    pub fn signed_message(&self) -> Vec<u8> {
        message(&self.signature_requirement.signature_style, &self.hash())
    }

    /// Signs for this twin, in place of an earlier signature of it. To be called last: any change of
    /// what is hashed makes it invalid.
    pub fn sign(&mut self, twin_id: u32, identity: &Identity) {
        let signature = Signature {
            twin_id,
            signature: hex::encode(identity.sign(&self.signed_message())),
            signature_type: identity.scheme().name().to_owned(),
        };
        let signatures = &mut self.signature_requirement.signatures;
        match signatures.iter_mut().find(|s| s.twin_id == twin_id) {
            Some(earlier) => *earlier = signature,
            None => signatures.push(signature),
        }
    }

    /// Checks the signatures as a node does, which looks up the twins' accounts on the chain: `key`
    /// gives them. A twin that is asked must have signed, required or not, since nodes check its
    /// signature in any case.
    ///
    /// # Errors
    /// [`Error::Signature`].
    pub fn verify(&self, key: impl Fn(u32) -> Option<AccountId>) -> Result<(), Error> {
        let wrong = |text: String| Err(Error::Signature(text));
        let requirement = &self.signature_requirement;
        let message = self.signed_message();
        let mut weight = 0_u64;
        for request in &requirement.requests {
            let twin = request.twin_id;
            let Some(signature) = requirement.signatures.iter().find(|s| s.twin_id == twin) else {
                return wrong(format!("twin {twin} has not signed; sign with its account"));
            };
            let Some(key) = key(twin) else {
                return wrong(format!("twin {twin} is not on the chain; check its number"));
            };
            let Ok(bytes) = hex::decode(&signature.signature) else {
                return wrong(format!("the one of twin {twin} is not hex; sign again"));
            };
            let scheme = match signature.signature_type.as_str() {
                "sr25519" => Scheme::Sr25519,
                _ => Scheme::Ed25519,
            };
            scheme.verify(&key, &message, &bytes)?;
            weight = weight.saturating_add(request.weight);
        }
        if !requirement
            .requests
            .iter()
            .any(|r| r.twin_id == self.twin_id)
        {
            return wrong(format!(
                "the owner, twin {}, must be asked to sign",
                self.twin_id
            ));
        }
        if weight < requirement.weight_required {
            let wanted = requirement.weight_required;
            return wrong(format!(
                "they weigh {weight}, but {wanted} is required; ask more twins"
            ));
        }
        Ok(())
    }
}

fn message(style: &Style, hash: &DeploymentHash) -> Vec<u8> {
    match style {
        Style::PolkaWallet => format!("<Bytes>{hash}</Bytes>").into_bytes(),
        Style::Plain | Style::Other(_) => hash.as_bytes().to_vec(),
    }
}
