//! The ThreeFold Grid: who pays, and where it is.

use std::{path::PathBuf, sync::Arc};

use order::GridKind;
use serde::Deserialize;
use tfgrid::{
    Identity,
    identity::Scheme,
    port::{Network, Settings, TERMS},
};

use crate::secrets::{SecretError, read_secret};

/// `[grid]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GridConfig {
    /// The file with the mnemonic of the account that pays, readable by its owner alone.
    pub mnemonic_file: PathBuf,
    /// What kind of keys the account has.
    pub key_type: KeyType,
    /// Sites of mode "open" are meant: anybody may spend what is in the account.
    pub i_pay_for_everyone: bool,
    /// Whose prices the form shows.
    pub prices: Prices,
    /// The chain's endpoints; ThreeFold's own when left out, as all that follow.
    pub chain: Vec<String>,
    /// Relays; those that stand with the twin when left out.
    pub relays: Vec<String>,
    /// Grid proxies.
    pub directory: Vec<String>,
    /// Verification services.
    pub kyc: Vec<String>,
    /// The terms that `grid twin create --accept-terms` accepts.
    pub terms: String,
}

impl Default for GridConfig {
    fn default() -> Self {
        Self {
            mnemonic_file: PathBuf::new(),
            key_type: KeyType::default(),
            i_pay_for_everyone: false,
            prices: Prices::default(),
            chain: vec![],
            relays: vec![],
            directory: vec![],
            kyc: vec![],
            terms: TERMS.into(),
        }
    }
}

/// A kind of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyType {
    /// What ThreeFold's apps make.
    #[default]
    Sr25519,
    /// The other one.
    Ed25519,
}

/// Whose prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Prices {
    /// What the chain takes now; the config's until it has said so.
    #[default]
    Chain,
    /// The operator's: `usd_month` of each size.
    Config,
}

impl GridConfig {
    /// Reads the account's secret.
    ///
    /// # Errors
    /// When the file cannot be read, others can read it too, or it holds no secret; says nothing of
    /// what stands in it.
    pub fn identity(&self) -> Result<Arc<Identity>, SecretError> {
        let scheme = match self.key_type {
            KeyType::Sr25519 => Scheme::Sr25519,
            KeyType::Ed25519 => Scheme::Ed25519,
        };
        let path = &self.mnemonic_file;
        let identity = Identity::new(&read_secret(path)?, scheme);
        identity.map(Arc::new).map_err(|e| SecretError::KeyFile {
            path: path.display().to_string(),
            why: e.to_string(),
        })
    }

    /// Where this network is; `None` for the development grid, which is here.
    pub fn settings(&self, network: GridKind) -> Option<Settings> {
        let mut settings = Settings::new(threefold(network)?);
        for (ours, theirs) in [
            (&self.chain, &mut settings.chain),
            (&self.relays, &mut settings.relays),
            (&self.directory, &mut settings.directory),
            (&self.kyc, &mut settings.kyc),
        ] {
            if !ours.is_empty() {
                theirs.clone_from(ours);
            }
        }
        Some(settings)
    }
}

/// Which of ThreeFold's networks it is.
pub(crate) fn threefold(network: GridKind) -> Option<Network> {
    match network {
        GridKind::Devgrid => None,
        GridKind::Main => Some(Network::Main),
        GridKind::Test => Some(Network::Test),
        GridKind::Qa => Some(Network::Qa),
        GridKind::Dev => Some(Network::Dev),
    }
}
