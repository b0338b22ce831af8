//! How blocks are made: what they include, what they cost, what is forgotten with them.

use super::{Included, Ledger, Pooled, Rules};
use crate::{
    DevGridConfig,
    clock::millis,
    dispatch::{self, Effects},
};

/// How long ended contracts and past batches are remembered, blocks.
const MEMORY: u64 = 20_000;
const HOUR_MS: u128 = 3_600_000;

impl Ledger {
    /// Makes the blocks that are due. True when one of them holds a batch.
    pub(crate) fn advance(&mut self, time: u64, rules: Rules<'_>) -> bool {
        let block_ms = millis(rules.config.block).max(1);
        let mut changed = false;
        loop {
            let due = time.saturating_sub(self.block_time) / block_ms;
            let steps = if self.pool.is_empty() {
                due
            } else {
                due.min(1)
            };
            if steps == 0 {
                return changed;
            }
            self.bill(steps * block_ms, rules.config);
            self.block += steps;
            self.block_time += steps * block_ms;
            changed |= self.fill_block(rules);
        }
    }

    /// How long until the next block, milliseconds.
    pub(crate) fn until_next(&self, time: u64, config: &DevGridConfig) -> u64 {
        (self.block_time + millis(config.block).max(1))
            .saturating_sub(time)
            .max(1)
    }

    fn bill(&mut self, ms: u64, config: &DevGridConfig) {
        let due = u128::from(self.hourly(config)) * u128::from(ms) + u128::from(self.owed);
        let charge = u64::try_from(due / HOUR_MS).unwrap_or(u64::MAX);
        self.balance = self.balance.saturating_sub(charge);
        self.owed = u64::try_from(due % HOUR_MS).unwrap_or_default();
    }

    fn fill_block(&mut self, rules: Rules<'_>) -> bool {
        let block = self.block;
        self.pool.retain(|_, p| p.extrinsic.era_end >= block);
        let mut changed = false;
        while let Some(pooled) = self.pool.remove(&self.nonce(block)) {
            self.include(pooled, rules);
            changed = true;
        }
        if changed {
            self.forget();
        }
        changed
    }

    /// A batch in a block uses up its nonce and its fee, whatever comes of its calls.
    fn include(&mut self, pooled: Pooled, rules: Rules<'_>) {
        self.balance = self.balance.saturating_sub(rules.config.fee);
        let outcome = if rules.faults.dispatch_fails(&pooled.hash) {
            Err("ExhaustsResources")
        } else {
            dispatch::batch_all(self, &pooled.extrinsic.calls, rules.config)
        };
        let error = match outcome {
            Ok(effects) => {
                self.apply(effects, rules.config.twin);
                None
            }
            Err(name) => Some(name.to_owned()),
        };
        self.included.push(Included {
            hash: pooled.hash,
            block: self.block,
            error,
        });
    }

    fn apply(&mut self, effects: Effects, twin: u32) {
        for id in effects.cancelled {
            if let Some(entry) = self.contracts.get_mut(&id) {
                entry.cancelled = Some(self.block);
            }
        }
        for subject in effects.created {
            self.add(twin, subject, self.block);
        }
    }

    fn forget(&mut self) {
        let Some(horizon) = self.block.checked_sub(MEMORY) else {
            return;
        };
        self.contracts
            .retain(|_, c| c.cancelled.is_none_or(|at| at > horizon));
        let before = self.included.len();
        self.included.retain(|i| i.block > horizon);
        self.forgotten += (before - self.included.len()) as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use grid::Call;

    use super::*;
    use crate::{Faults, batch};

    fn include(ledger: &mut Ledger, config: &DevGridConfig, time: u64, calls: &[Call]) -> String {
        let faults = Faults::default();
        let rules = Rules {
            config,
            faults: &faults,
        };
        ledger.advance(time, rules);
        let signed = batch::sign(config.twin, ledger.next_nonce(), u64::MAX, calls).unwrap();
        ledger.pool(signed.hash.clone(), batch::open(&signed.bytes).unwrap());
        ledger.advance(time + millis(config.block), rules);
        signed.hash
    }

    #[test]
    fn the_past_is_forgotten_but_not_the_nonce() {
        let config = DevGridConfig {
            block: Duration::from_millis(1),
            ..DevGridConfig::default()
        };
        let mut ledger = Ledger::genesis(&config);
        let name = Call::CreateName {
            name: "myclub".into(),
        };
        include(&mut ledger, &config, 1, &[name]);
        let first = include(&mut ledger, &config, 3, &[Call::Cancel { contract: 2 }]);
        assert!(ledger.inclusion(&first).is_some());
        assert_eq!(ledger.every().count(), 2);

        include(&mut ledger, &config, MEMORY + 10, &[]);
        assert!(ledger.inclusion(&first).is_none());
        assert_eq!(ledger.every().count(), 1, "the stranger's name stays");
        assert!(!ledger.remembers(2) && ledger.remembers(1) && ledger.remembers(99));
        assert_eq!(ledger.nonce(ledger.block), 3);
    }

    #[test]
    fn billing_in_one_leap_equals_billing_block_by_block() {
        let config = DevGridConfig::default();
        let faults = Faults::default();
        let rules = Rules {
            config: &config,
            faults: &faults,
        };
        let [mut leap, mut steps] = [Ledger::genesis(&config), Ledger::genesis(&config)];
        for ledger in [&mut leap, &mut steps] {
            let name = Call::CreateName { name: "abc".into() };
            include(ledger, &config, 0, &[name]);
        }
        leap.advance(7_200_000, rules);
        (1..=1_200).for_each(|n| {
            steps.advance(n * 6_000, rules);
        });
        assert_eq!(leap.block, steps.block);
        assert_eq!((leap.balance, leap.owed), (steps.balance, steps.owed));
        assert!(leap.balance < config.balance - config.fee);
    }
}
