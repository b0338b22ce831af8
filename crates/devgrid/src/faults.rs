//! What goes wrong, on purpose and repeatably.

use grid::NodeId;
use serde::Deserialize;

use crate::{DevGridError, hash};

/// What goes wrong. By default nothing does. Chances are from 0 to 1 and drawn from the seed.
///
/// What a fault does to a deployment is decided when its node gets it, and stays: a machine that
/// failed does not come to life when the fault is taken away.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// Where chance comes from.
    pub seed: u64,
    /// Nodes (or gateways) whose last workload fails while it is being made.
    pub broken_nodes: Vec<NodeId>,
    /// Nodes (or gateways) that answer no message.
    pub deaf_nodes: Vec<NodeId>,
    /// Nodes without room, which the directory does not know yet.
    pub full_nodes: Vec<NodeId>,
    /// Nodes (or gateways) that take ten times as long.
    pub slow_nodes: Vec<NodeId>,
    /// Nodes whose machines run, but PeerTube in them never answers.
    pub silent_nodes: Vec<NodeId>,
    /// Nodes (or gateways) that say at once that all is well, and do nothing.
    pub lying_nodes: Vec<NodeId>,
    /// Every gateway's proxy fails while it is being made.
    pub gateway_broken: bool,
    /// The chance that a submitted batch, or the answer to it, gets lost.
    pub lost_submit: f64,
    /// The chance that an included batch fails as a whole.
    pub dispatch_failure: f64,
    /// The twin is not verified (KYC).
    pub not_verified: bool,
    /// The chain answers nobody; its blocks go on.
    pub chain_down: bool,
    /// The directory answers nobody.
    pub directory_down: bool,
}

/// What got lost of a submitted batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// It never arrived, and the caller knows that nobody answered.
    Request,
    /// It arrived, but the caller only knows that nobody answered.
    Answer,
    /// It was taken and thrown out of the pool again: the caller believes that it is there.
    Pooled,
}

impl Faults {
    /// What gets lost of the nth submission.
    pub(crate) fn loss(&self, nth: u64) -> Option<Loss> {
        let draw = || hash::number(&[b"loss", &self.seed.to_be_bytes(), &nth.to_be_bytes()]);
        let kinds = [Loss::Request, Loss::Answer, Loss::Pooled];
        chance(self.lost_submit, draw()).then(|| kinds[(draw() % 3) as usize])
    }

    /// Whether this batch fails as a whole. Its own bytes decide, so the order of calls does not.
    pub(crate) fn dispatch_fails(&self, batch: &str) -> bool {
        let seed = self.seed.to_be_bytes();
        let draw = hash::number(&[b"dispatch", &seed, batch.as_bytes()]);
        chance(self.dispatch_failure, draw)
    }

    pub(crate) fn check(&self) -> Result<(), DevGridError> {
        let chances = [
            ("faults.lost_submit", self.lost_submit),
            ("faults.dispatch_failure", self.dispatch_failure),
        ];
        match chances.iter().find(|(_, p)| !(0.0..=1.0).contains(p)) {
            Some((key, p)) => Err(DevGridError::Config {
                key,
                remedy: format!("{p} is not a chance; set a number from 0 to 1"),
            }),
            None => Ok(()),
        }
    }
}

/// Whether something of this chance happens, given a draw from all of `u64`.
fn chance(p: f64, draw: u64) -> bool {
    // The upper half of the bits: the lower ones choose among kinds.
    ((draw >> 32) as f64) < p * 2f64.powi(32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_about_what_it_says_and_repeats() {
        let faults = Faults {
            seed: 7,
            lost_submit: 0.25,
            ..Faults::default()
        };
        let losses: Vec<_> = (0..10_000).map(|nth| faults.loss(nth)).collect();
        let lost = losses.iter().flatten().count();
        assert!((2_300..2_700).contains(&lost), "{lost}");
        for kind in [Loss::Request, Loss::Answer, Loss::Pooled] {
            assert!(losses.iter().flatten().filter(|l| **l == kind).count() > 700);
        }
        assert_eq!(
            losses,
            (0..10_000).map(|n| faults.loss(n)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn never_and_always() {
        let never = Faults::default();
        assert!((0..1_000).all(|nth| never.loss(nth).is_none()));
        let always = Faults {
            lost_submit: 1.0,
            dispatch_failure: 1.0,
            ..Faults::default()
        };
        assert!((0..1_000).all(|nth| always.loss(nth).is_some()));
        assert!(always.dispatch_fails("any"));
    }
}
