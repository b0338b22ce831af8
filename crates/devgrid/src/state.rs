//! Everything that a restart must find again, and the file it is kept in.

use std::{collections::BTreeMap, fs, io::ErrorKind, path::Path};

use grid::ContractId;
use serde::{Deserialize, Serialize};

use crate::{
    DevGridConfig, DevGridError,
    ledger::{Ledger, Rules},
    nodes::Deployed,
};

const VERSION: u32 = 1;

/// The whole grid at one moment.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    version: u32,
    twin: u32,
    /// The clock's newest reading, milliseconds since 1970.
    clock: u64,
    /// The grid's own time, milliseconds: it follows the clock forward and never goes back.
    pub(crate) time: u64,
    /// How many batches were submitted while some got lost.
    pub(crate) submissions: u64,
    pub(crate) ledger: Ledger,
    /// What nodes were sent, by contract.
    pub(crate) deployments: BTreeMap<ContractId, Deployed>,
}

impl State {
    /// A grid that starts now.
    pub(crate) fn genesis(config: &DevGridConfig, clock: u64) -> Self {
        Self {
            version: VERSION,
            twin: config.twin,
            clock,
            time: 0,
            submissions: 0,
            ledger: Ledger::genesis(config),
            deployments: BTreeMap::new(),
        }
    }

    /// Brings everything up to the clock's time. True when that must be kept.
    pub(crate) fn advance(&mut self, clock: u64, rules: Rules<'_>) -> bool {
        self.time += clock.saturating_sub(self.clock);
        self.clock = clock;
        let changed = self.ledger.advance(self.time, rules);
        if changed {
            let ledger = &self.ledger;
            self.deployments.retain(|id, _| ledger.remembers(*id));
        }
        changed
    }

    /// The state in a file; `None` when there is no such file.
    ///
    /// # Errors
    /// When there is a file and it is not this grid's state.
    pub(crate) fn load(path: &Path, config: &DevGridConfig) -> Result<Option<Self>, DevGridError> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(DevGridError::Read {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        let broken = |why: String| DevGridError::Broken {
            path: path.to_owned(),
            why,
        };
        let state: Self =
            serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
        if state.version != VERSION {
            let why = format!("its version is {}, not {VERSION}", state.version);
            return Err(broken(why));
        }
        if state.twin != config.twin {
            let why = format!("it is twin {}'s, not twin {}'s", state.twin, config.twin);
            return Err(broken(why));
        }
        Ok(Some(state))
    }

    /// Puts the state into a file, whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn store(&self, path: &Path) -> Result<(), DevGridError> {
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".new");
        serde_json::to_vec(self)
            .map_err(std::io::Error::from)
            .and_then(|text| fs::write(&temporary, text))
            .and_then(|()| fs::rename(&temporary, path))
            .map_err(|source| DevGridError::Write {
                path: path.to_owned(),
                source,
            })
    }
}
