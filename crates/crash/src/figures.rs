//! What runs came to, added up.

use std::{
    fmt::Debug,
    hash::{DefaultHasher, Hash, Hasher},
    ops::AddAssign,
};

/// Of one run, or of many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Runs.
    pub runs: u64,
    /// Crashes.
    pub crashes: u64,
    /// Places that were passed where a crash could have been.
    pub points: u64,
    /// Virtual time.
    pub virtual_ms: u64,
    /// Orders accepted.
    pub orders: u64,
    /// Those that were ready once.
    pub ready: u64,
    /// Those that failed.
    pub failed: u64,
    /// Batches in blocks.
    pub batches: u64,
    /// Contracts made.
    pub contracts: u64,
    /// The same runs leave the same mark.
    pub mark: u64,
}

impl Tally {
    /// Adds something that happened to the mark.
    pub fn mark(&mut self, what: &impl Debug) {
        let mut hasher = DefaultHasher::new();
        format!("{what:?}").hash(&mut hasher);
        self.mark = self.mark.rotate_left(1) ^ hasher.finish();
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.runs += other.runs;
        self.crashes += other.crashes;
        self.points += other.points;
        self.virtual_ms += other.virtual_ms;
        self.orders += other.orders;
        self.ready += other.ready;
        self.failed += other.failed;
        self.batches += other.batches;
        self.contracts += other.contracts;
        // Whichever thread was first.
        self.mark ^= other.mark;
    }
}
