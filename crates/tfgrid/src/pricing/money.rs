//! Amounts, and from one currency to the other.

use std::fmt;

use crate::Error;

/// How many parts both currencies have.
const PARTS: u64 = 10_000_000;

/// An amount in 10⁻⁷ USD, the chain's own unit. `Display` is `9.18 USD`, at least two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Usd(pub u64);

/// An amount in 10⁻⁷ TFT, as balances are on the chain. `Display` is `214.2 TFT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tft(pub u64);

impl Usd {
    /// 1 USD.
    pub const ONE: Usd = Usd(PARTS);

    /// What the published clients add for certified nodes: a quarter. The chain bills every node
    /// alike (its code of 2024-03), so this is how much it may become, not what is due.
    #[must_use]
    pub fn certified(self) -> Usd {
        self.part(5, 4)
    }

    /// `over`/`under` of it.
    pub(super) fn part(self, over: u64, under: u64) -> Usd {
        Self::rounded_up(u128::from(self.0) * u128::from(over), under.into())
    }

    pub(super) fn rounded_up(over: u128, under: u128) -> Usd {
        Usd(divided(over, under))
    }
}

impl Tft {
    /// 1 TFT.
    pub const ONE: Tft = Tft(PARTS);
}

/// The quotient, rounded up; as much as there can be when it is too large.
fn divided(over: u128, under: u128) -> u64 {
    u64::try_from(over.div_ceil(under.max(1))).unwrap_or(u64::MAX)
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal(f, self.0, 2)?;
        f.write_str(" USD")
    }
}

impl fmt::Display for Tft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal(f, self.0, 0)?;
        f.write_str(" TFT")
    }
}

/// The amount without needless zeros, but with at least so many decimals.
fn decimal(f: &mut fmt::Formatter<'_>, amount: u64, least: usize) -> fmt::Result {
    write!(f, "{}", amount / PARTS)?;
    let digits = format!("{:07}", amount % PARTS);
    let needed = digits.trim_end_matches('0').len().max(least);
    match digits.get(..needed) {
        Some(digits) if needed > 0 => write!(f, ".{digits}"),
        _ => Ok(()),
    }
}

/// The price of a TFT as the chain reckons, in thousandths of a USD (`TFTPriceModule`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TftPrice {
    /// `AverageTftPrice`.
    pub average: u32,
    /// `MinTftPrice`: it is never less.
    pub min: u32,
    /// `MaxTftPrice`: it is never more.
    pub max: u32,
}

impl TftPrice {
    /// The one that is billed, in thousandths of a USD.
    #[must_use]
    pub fn billed(&self) -> u32 {
        self.average.max(self.min).min(self.max)
    }

    /// How many TFT this is.
    ///
    /// # Errors
    /// [`Error::Price`] when the price is 0: it has not been read.
    pub fn tft(&self, usd: Usd) -> Result<Tft, Error> {
        match self.billed() {
            0 => Err(Error::Price(
                "a TFT is worth nothing; read the price from the chain again",
            )),
            price => Ok(Tft(divided(u128::from(usd.0) * 1000, price.into()))),
        }
    }
}

/// How much less is billed to who holds TFT for months in advance. The chain decides anew at each
/// bill, from the balance and what the contract costs at that time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Discount {
    /// Less than one and a half months: nothing.
    #[default]
    None,
    /// One and a half months: 20 %.
    Default,
    /// 3 months: 30 %.
    Bronze,
    /// 6 months: 40 %.
    Silver,
    /// 18 months: 60 %.
    Gold,
}

impl Discount {
    /// The one for this balance and what a month costs without any.
    #[must_use]
    pub fn of(balance: Tft, month: Tft) -> Self {
        // Halves, so that one and a half months is a whole number.
        let balance = 2 * u128::from(balance.0);
        let months = |halves: u128| balance >= halves * u128::from(month.0);
        match () {
            () if month.0 == 0 => Discount::None,
            () if months(36) => Discount::Gold,
            () if months(12) => Discount::Silver,
            () if months(6) => Discount::Bronze,
            () if months(3) => Discount::Default,
            () => Discount::None,
        }
    }

    /// How much less, in percent.
    #[must_use]
    pub fn percent(self) -> u8 {
        match self {
            Discount::None => 0,
            Discount::Default => 20,
            Discount::Bronze => 30,
            Discount::Silver => 40,
            Discount::Gold => 60,
        }
    }

    /// What is left to pay.
    #[must_use]
    pub fn apply(self, due: Tft) -> Tft {
        let left = 100 - u128::from(self.percent());
        Tft(divided(u128::from(due.0) * left, 100))
    }
}
