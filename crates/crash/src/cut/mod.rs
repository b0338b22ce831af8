//! Everything that the engine calls, with a place to be stopped at before and after.

mod grid;
mod store;

use std::{sync::Arc, time::Duration};

use ::grid::{Clock, Site};
use api::engine::{Health, Probe};
use async_trait::async_trait;
use devgrid::DevGrid;

use crate::link::Link;

pub use grid::CutGrid;
pub use store::{CutStore, Disk};

/// A process's clock. It stands where it stood, however wrong, when the process began.
pub struct CutClock<C> {
    /// The clock.
    pub inner: C,
    /// The way there.
    pub link: Link,
}

#[async_trait]
impl<C: Clock> Clock for CutClock<C> {
    fn now_ms(&self) -> u64 {
        self.inner.now_ms()
    }

    async fn sleep(&self, duration: Duration) {
        self.link.point().await;
        self.inner.sleep(duration).await;
        self.link.point().await;
    }
}

/// Asks the grid in place of a socket: in virtual time nobody waits for sockets.
pub struct CutProbe {
    /// Whose instances.
    pub grid: Arc<DevGrid>,
    /// The way there.
    pub link: Link,
}

#[async_trait]
impl Probe for CutProbe {
    async fn ask(&self, address: &str, name: &str, _: &Site) -> Health {
        if self.link.call_grid().await.is_err() {
            return Health::default();
        }
        let instance = self.grid.answers(address);
        let health = Health {
            ping: instance.is_some(),
            name: instance.as_ref().is_some_and(|i| i.name == name),
            host: instance.is_some(),
        };
        match self.link.grid_answers().await {
            Ok(()) => health,
            Err(_) => Health::default(),
        }
    }
}
