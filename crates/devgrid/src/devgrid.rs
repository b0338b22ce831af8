//! The grid itself: one lock around the state, and what only the development grid can do.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use grid::{Clock, GridError, NodeId};

use crate::{
    DevGridConfig, DevGridError, Faults, Instance,
    ledger::Rules,
    nodes::node_name,
    sites::Answer,
    state::State,
    view::{ContractView, LedgerView},
};

/// A whole grid in one process. See [`grid::Grid`] for what it offers to the engine.
pub struct DevGrid {
    pub(crate) config: DevGridConfig,
    pub(crate) clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
}

pub(crate) struct Inner {
    pub(crate) state: State,
    pub(crate) faults: Faults,
    pub(crate) pages: SocketAddr,
    unsaved: bool,
}

impl DevGrid {
    /// Starts a grid, or continues the one in the state file: its blocks went on meanwhile.
    ///
    /// # Errors
    /// When a setting makes no sense, or the state file cannot be read or written.
    pub fn start(config: DevGridConfig, clock: Arc<dyn Clock>) -> Result<Arc<Self>, DevGridError> {
        let state = Self::kept(&config, &*clock)?;
        if let Some(path) = config.state_file.as_deref() {
            state.store(path)?;
        }
        Ok(Self::with(state, config, clock))
    }

    /// The grid in the state file as it would be now, to be looked at: nothing is written back, so
    /// another process may run it.
    ///
    /// # Errors
    /// When a setting makes no sense, or the state file cannot be read.
    pub fn look(
        mut config: DevGridConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, DevGridError> {
        let state = Self::kept(&config, &*clock)?;
        config.state_file = None;
        Ok(Self::with(state, config, clock))
    }

    fn kept(config: &DevGridConfig, clock: &dyn Clock) -> Result<State, DevGridError> {
        config.check()?;
        let path = config.state_file.as_deref();
        let kept = path.map_or(Ok(None), |path| State::load(path, config))?;
        Ok(kept.unwrap_or_else(|| State::genesis(config, clock.now_ms())))
    }

    fn with(state: State, config: DevGridConfig, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            inner: Mutex::new(Inner {
                state,
                faults: config.faults.clone(),
                pages: config.pages,
                unsaved: false,
            }),
            config,
            clock,
        })
    }

    /// What goes wrong from now on.
    pub fn set_faults(&self, faults: Faults) {
        // Blocks until now are made under the faults until now.
        self.enter().faults = faults;
    }

    /// What goes wrong now.
    pub fn faults(&self) -> Faults {
        self.enter().faults.clone()
    }

    /// Where the stand-in pages are, once their socket is bound.
    pub fn set_pages_addr(&self, addr: SocketAddr) {
        self.enter().pages = addr;
    }

    /// Another twin reserves a name: in the next block, before any batch of ours.
    ///
    /// # Errors
    /// When somebody has it.
    pub fn take_name(&self, name: &str) -> Result<(), GridError> {
        let mut inner = self.enter();
        inner.state.ledger.strangers_name(name, &self.config)?;
        self.keep(&mut inner)
    }

    /// The ledger at its newest block.
    pub fn ledger(&self) -> LedgerView {
        LedgerView::new(&self.enter().state.ledger, &self.config)
    }

    /// Every contract of the last 20,000 blocks, live or ended, of every twin.
    pub fn history(&self) -> Vec<ContractView> {
        let inner = self.enter();
        let every = inner.state.ledger.every();
        every.map(|(id, c)| ContractView::new(id, c)).collect()
    }

    /// The instance that would answer the health calls at a host name (`myclub.ava.tf`) now: the
    /// same as asking the stand-in pages, without a socket.
    pub fn answers(&self, address: &str) -> Option<Instance> {
        match self.answer(address) {
            Answer::Running(instance) => Some(*instance),
            Answer::Nothing | Answer::Starting => None,
        }
    }

    pub(crate) fn answer(&self, address: &str) -> Answer {
        self.enter().state.answer(address)
    }

    pub(crate) fn pages_addr(&self) -> SocketAddr {
        self.enter().pages
    }

    /// The chain, if it answers.
    pub(crate) fn chain(&self) -> Result<MutexGuard<'_, Inner>, GridError> {
        let mut inner = self.enter();
        self.save(&mut inner)?;
        match inner.faults.chain_down {
            true => Err(GridError::unreachable("the chain", "connection refused")),
            false => Ok(inner),
        }
    }

    /// The directory, if it answers.
    pub(crate) fn directory(&self) -> Result<MutexGuard<'_, Inner>, GridError> {
        let inner = self.enter();
        match inner.faults.directory_down {
            true => Err(GridError::unreachable(
                "the directory",
                "connection refused",
            )),
            false => Ok(inner),
        }
    }

    /// A node or gateway, if it answers.
    pub(crate) fn node(&self, node: NodeId) -> Result<MutexGuard<'_, Inner>, GridError> {
        let mut inner = self.enter();
        self.save(&mut inner)?;
        if !self.config.knows(node) {
            return Err(GridError::rejected(
                "the directory",
                format!("there is no node {node}"),
            ));
        }
        match inner.faults.deaf_nodes.contains(&node) {
            true => Err(GridError::unreachable(
                node_name(node),
                "no answer on the bus",
            )),
            false => Ok(inner),
        }
    }

    /// Keeps a change before it is answered.
    pub(crate) fn keep(&self, inner: &mut Inner) -> Result<(), GridError> {
        inner.unsaved = true;
        self.save(inner)
    }

    /// The state, brought up to the clock's time.
    fn enter(&self) -> MutexGuard<'_, Inner> {
        let mut guard = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let inner = &mut *guard;
        let rules = Rules {
            config: &self.config,
            faults: &inner.faults,
        };
        inner.unsaved |= inner.state.advance(self.clock.now_ms(), rules);
        // A failure stays unsaved: who can be told of it saves again.
        let _ = self.save(inner);
        guard
    }

    fn save(&self, inner: &mut Inner) -> Result<(), GridError> {
        if let Some(path) = self.config.state_file.as_deref().filter(|_| inner.unsaved) {
            inner.state.store(path).map_err(|error| {
                GridError::unreachable("the development grid", error.to_string())
            })?;
        }
        inner.unsaved = false;
        Ok(())
    }
}

impl std::fmt::Debug for DevGrid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DevGrid")
            .field("twin", &self.config.twin)
            .finish_non_exhaustive()
    }
}
