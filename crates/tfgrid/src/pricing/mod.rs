//! What it costs, in USD and TFT.
//!
//! The chain's [`Policy`] prices what a contract holds, in USD; TFT are paid for it, at the
//! [`TftPrice`] of the hour, less a [`Discount`] for who holds enough of them. Read all three from
//! the chain: the values change. IPv6, Mycelium and network contracts are free; traffic is billed
//! by the node's reports and not known beforehand.
//!
//! ```
//! # use tfgrid::pricing::{Discount, Policy, Resources, Tft, TftPrice};
//! const GIB: u64 = 1 << 30;
//! let machine = Resources { cru: 2, mru: 4 * GIB, sru: 110 * GIB, ..Resources::default() };
//! let month = Policy::REFERENCE.month(&machine);
//! assert_eq!(month.to_string(), "9.18 USD");
//!
//! let price = TftPrice { average: 30, min: 10, max: 1000 };
//! let month = price.tft(month)?;
//! assert_eq!(month.to_string(), "306 TFT");
//! let discount = Discount::of(Tft(1000 * Tft::ONE.0), month);
//! assert_eq!((discount.percent(), discount.apply(month).to_string()), (30, "214.2 TFT".into()));
//! # Ok::<(), tfgrid::Error>(())
//! ```
//!
//! All amounts are rounded up where they do not come out even, so that what is quoted suffices.
//! Source: tfchain:substrate-node/pallets/pallet-smart-contract/src/cost.rs.

mod money;
mod policy;

pub use money::{Discount, Tft, TftPrice, Usd};
pub use policy::{HOURS_A_MONTH, Policy};

/// What is paid for on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resources {
    /// Virtual processors.
    pub cru: u64,
    /// Memory in bytes.
    pub mru: u64,
    /// SSD in bytes: root disks, disks and directories.
    pub sru: u64,
    /// Hard disk in bytes.
    pub hru: u64,
    /// Public IPv4 addresses.
    pub public_ips: u32,
}
