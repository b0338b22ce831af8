//! What the engine counts for `/metrics`, beside what store and grid can be asked for.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use order::api::StepName;

use super::{Owner, Survey};

/// Upper ends of the buckets of a step's duration, seconds: from less than a block to the longest that
/// a step may take.
pub const BUCKETS: [u64; 10] = [1, 2, 5, 10, 20, 30, 60, 120, 300, 900];

/// The counts; all start at nothing with the process.
#[derive(Debug, Default)]
pub struct Meters {
    steps: Mutex<BTreeMap<StepName, Histogram>>,
    look: Mutex<Option<Look>>,
    unwinding: Mutex<BTreeMap<String, u64>>,
    looked_at: AtomicU64,
    payments: AtomicU64,
    swept: AtomicU64,
}

/// Durations of what ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Histogram {
    /// How many took no longer than each of [`BUCKETS`].
    pub buckets: [u64; BUCKETS.len()],
    /// How many there were.
    pub count: u64,
    /// How long all took together, seconds.
    pub sum: f64,
}

/// The sweeper's last look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// When, milliseconds since 1970.
    pub at: u64,
    /// How many contracts were whose.
    pub contracts: [(Owner, usize); Owner::ALL.len()],
    /// It proved this database outdated.
    pub outdated: bool,
}

impl Meters {
    /// A step was done after so many milliseconds.
    pub(super) fn step(&self, name: StepName, ms: u64) {
        let mut steps = lock(&self.steps);
        let steps = steps.entry(name).or_default();
        for (count, upto) in steps.buckets.iter_mut().zip(BUCKETS) {
            *count += u64::from(ms <= upto * 1000);
        }
        steps.count += 1;
        steps.sum += ms as f64 / 1000.0;
    }

    /// This deployment is being taken down since then, milliseconds since 1970; or no longer.
    pub(super) fn unwinding(&self, id: &str, since: Option<u64>) {
        let mut unwinding = lock(&self.unwinding);
        match since {
            Some(since) => drop(unwinding.entry(id.to_owned()).or_insert(since)),
            None => drop(unwinding.remove(id)),
        }
    }

    /// A worker began to work on a deployment, and has looked at it once.
    pub(super) fn looked_at(&self) {
        self.looked_at.fetch_add(1, Ordering::Relaxed);
    }

    /// A paying batch was signed.
    pub(super) fn payment(&self) {
        self.payments.fetch_add(1, Ordering::Relaxed);
    }

    /// The sweeper looked.
    pub(super) fn surveyed(&self, survey: &Survey, at: u64) {
        *lock(&self.look) = Some(Look {
            at,
            contracts: Owner::ALL.map(|owner| (owner, survey.count(owner))),
            outdated: survey.is_outdated(),
        });
    }

    /// The sweeper signed cancels of so many contracts.
    pub(super) fn swept(&self, contracts: usize) {
        self.swept.fetch_add(contracts as u64, Ordering::Relaxed);
    }

    /// How long the steps took that were done.
    pub fn steps(&self) -> BTreeMap<StepName, Histogram> {
        lock(&self.steps).clone()
    }

    /// Since when the one is being taken down that it takes longest, milliseconds since 1970.
    pub fn oldest_unwinding(&self) -> Option<u64> {
        lock(&self.unwinding).values().min().copied()
    }

    /// What the sweeper saw last.
    pub fn last_look(&self) -> Option<Look> {
        lock(&self.look).clone()
    }

    /// Deployments that a worker has begun to work on.
    pub fn deployments_looked_at(&self) -> u64 {
        self.looked_at.load(Ordering::Relaxed)
    }

    /// Paying batches signed.
    pub fn payments(&self) -> u64 {
        self.payments.load(Ordering::Relaxed)
    }

    /// Contracts that the sweeper set out to cancel.
    pub fn contracts_swept(&self) -> u64 {
        self.swept.load(Ordering::Relaxed)
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
