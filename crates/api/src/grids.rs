//! Which grid deploys. The only place that names one.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use devgrid::{DevGrid, DevGridConfig, TokioClock};
use grid::{Clock, Grid};
use tfgrid::port::{ConnectError, Settings, ThreefoldGrid};
use tokio::net::TcpListener;

use crate::config::Config;

/// Between two tries to reach the chain at the start.
const AGAIN: Duration = Duration::from_secs(5);

/// The config's grid, running.
pub(crate) enum Opened {
    /// In this process, with the stand-in pages of what is deployed there.
    Dev(Arc<DevGrid>),
    /// ThreeFold's.
    Real(Arc<ThreefoldGrid>),
}

impl Opened {
    /// The port.
    pub(crate) fn port(&self) -> Arc<dyn Grid> {
        match self {
            Self::Dev(grid) => Arc::clone(grid) as _,
            Self::Real(grid) => Arc::clone(grid) as _,
        }
    }
}

/// Starts the grid of a service. Waits for a chain that cannot be reached: deployments in the middle
/// are not helped by giving up.
///
/// # Errors
/// When something is wrong that does not pass by itself.
pub(crate) async fn open(
    config: &Config,
    pages: Option<&TcpListener>,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Opened> {
    let Some(settings) = config.grid.settings(config.network) else {
        let mut devgrid = devgrid(config);
        if let Some(pages) = pages {
            devgrid.pages = pages.local_addr()?;
        }
        return Ok(Opened::Dev(DevGrid::start(devgrid, clock)?));
    };
    let identity = config.grid.identity()?;
    loop {
        match ThreefoldGrid::connect(settings.clone(), Arc::clone(&identity)).await {
            Ok(grid) => return Ok(Opened::Real(Arc::new(grid))),
            Err(ConnectError::Chain(error)) if error.is_transient() => {
                tracing::error!(%error, "waiting for the chain");
                tokio::time::sleep(AGAIN).await;
            }
            Err(error) => return Err(error).context(CHECK),
        }
    }
}

/// The grid as it stands, for a command beside the running service. On the development grid nothing
/// that it does is kept.
///
/// # Errors
/// When it cannot be reached.
pub(crate) async fn look(config: &Config) -> anyhow::Result<Opened> {
    match config.grid.settings(config.network) {
        None => {
            let grid = DevGrid::look(devgrid(config), Arc::new(TokioClock::new()))?;
            Ok(Opened::Dev(grid))
        }
        Some(settings) => Ok(Opened::Real(Arc::new(connect(config, settings).await?))),
    }
}

async fn connect(config: &Config, settings: Settings) -> anyhow::Result<ThreefoldGrid> {
    let connected = ThreefoldGrid::connect(settings, config.grid.identity()?).await;
    connected.context(CHECK)
}

const CHECK: &str = "the grid cannot be used; `gridtube grid check` says what is missing";

fn devgrid(config: &Config) -> DevGridConfig {
    let mut devgrid = config.devgrid.clone();
    devgrid
        .state_file
        .get_or_insert_with(|| config.data_dir.join("devgrid.json"));
    devgrid
}
