//! A run before it is run: all that visitors, weather and crashes will do.

use std::time::Duration;

use devgrid::{DevGridConfig, Faults};

use crate::link::Chances;

/// A run.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    /// Where chance comes from while it runs.
    pub seed: u64,
    /// The grid.
    pub grid: DevGridConfig,
    /// What goes wrong on the way to it.
    pub chances: Chances,
    /// What happens around the service, and when; in order.
    pub acts: Vec<(Duration, Act)>,
    /// How the service is stopped; in order.
    pub crashes: Vec<Crash>,
    /// The negative control: the journal is written after the call.
    pub call_first: bool,
}

/// Something that happens around the service.
#[derive(Debug, Clone)]
pub enum Act {
    /// A visitor orders.
    Order {
        /// The deployment's id.
        id: String,
        /// The instance's name.
        name: String,
        /// The domain.
        domain: String,
    },
    /// A visitor, or the operator, ends a deployment.
    Cancel(String),
    /// What goes wrong on the grid from here on.
    Weather(Faults),
    /// Somebody else reserves a name.
    Stranger(String),
}

/// One end of the process, and what follows.
#[derive(Debug, Clone, Copy)]
pub struct Crash {
    /// When.
    pub when: When,
    /// Until the next process starts.
    pub down: Duration,
    /// How far the next process's clock is ahead of the true time, milliseconds.
    pub ahead: i64,
    /// The process was only stopped: after this long it goes on beside the next one, for the second
    /// time given.
    pub ghost: Option<(Duration, Duration)>,
}

/// When a process ends.
#[derive(Debug, Clone, Copy)]
pub enum When {
    /// At its nth await.
    Point(u64),
    /// After this long.
    After(Duration),
}

impl Crash {
    /// At the nth await, and up again a second later.
    pub fn at(point: u64) -> Self {
        Self {
            when: When::Point(point),
            down: Duration::from_secs(1),
            ahead: 0,
            ghost: None,
        }
    }
}
