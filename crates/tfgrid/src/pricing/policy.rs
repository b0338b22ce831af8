//! The chain's price list.

use super::{Resources, Usd};

/// What the chain takes for a month: 30 days.
pub const HOURS_A_MONTH: u64 = 720;

/// The price list, `TfgridModule.PricingPolicies(1)`: each price is in 10⁻⁷ USD for an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Of a compute unit: processors and memory together.
    pub cu: u32,
    /// Of a storage unit: 200 GiB of SSD, or 1200 GiB of hard disk.
    pub su: u32,
    /// Of a public IPv4 address.
    pub ipu: u32,
    /// Of a name contract.
    pub unique_name: u32,
    /// How many bytes the units of `cu` and `su` count in, from their `unit`: `Gigabytes` are 2³⁰.
    pub unit_bytes: u64,
    /// How much less a whole node costs, in percent (`discount_for_dedication_nodes`).
    pub dedicated_discount: u8,
}

impl Policy {
    /// The values that the chain began with (tfchain:substrate-node/node/src/chain_spec.rs): for
    /// tests, and to show what prices are like. What is paid is what stands on the chain.
    pub const REFERENCE: Policy = Policy {
        cu: 100_000,
        su: 50_000,
        ipu: 40_000,
        unique_name: 2_500,
        unit_bytes: 1 << 30,
        dedicated_discount: 50,
    };

    /// What these cost in an hour, which is about how often the chain bills.
    #[must_use]
    pub fn hour(&self, resources: &Resources) -> Usd {
        self.hours(resources, 1)
    }

    /// What these cost in a month.
    #[must_use]
    pub fn month(&self, resources: &Resources) -> Usd {
        self.hours(resources, HOURS_A_MONTH)
    }

    /// What a name contract costs in a month.
    #[must_use]
    pub fn name_month(&self) -> Usd {
        Usd(u64::from(self.unique_name) * HOURS_A_MONTH)
    }

    /// What a whole node of these resources costs its only tenant in a month: less the discount,
    /// plus the farmer's extra fee, which is in thousandths of a USD for a month (`extraFee` of the
    /// grid proxy, `DedicatedNodesExtraFee` on the chain). The tenant's own contracts on it are then
    /// free, but for public addresses.
    #[must_use]
    pub fn dedicated_month(&self, node: &Resources, extra_fee: u64) -> Usd {
        let without = Resources {
            public_ips: 0,
            ..*node
        };
        let left = 100 - self.dedicated_discount.min(100);
        let rent = self.month(&without).part(left.into(), 100);
        Usd(rent.0.saturating_add(extra_fee.saturating_mul(10_000)))
    }

    fn hours(&self, resources: &Resources, hours: u64) -> Usd {
        let wide = u128::from;
        let unit = wide(self.unit_bytes.max(1));
        // Eighths of a compute unit, and 1200ths of a storage unit, both counted in bytes.
        let (cru, mru) = (
            wide(resources.cru).saturating_mul(unit),
            wide(resources.mru),
        );
        let times = |count: u128, n: u128| count.saturating_mul(n);
        let compute = (times(mru, 2).max(times(cru, 4)))
            .min(mru.max(times(cru, 8)))
            .min(times(mru, 4).max(times(cru, 2)));
        let storage = wide(resources.hru) + 6 * wide(resources.sru);
        let addresses = wide(resources.public_ips.into()) * wide(self.ipu.into());

        // Over the common denominator of 2400 units of bytes.
        let total = times(compute, 300 * wide(self.cu.into()))
            .saturating_add(times(storage, 2 * wide(self.su.into())))
            .saturating_add(times(addresses, times(unit, 2400)));
        Usd::rounded_up(times(total, wide(hours)), times(unit, 2400))
    }
}
