//! What a deployment costs.

use std::fmt;

/// A price for a month of 30 days. Money is never a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Cents of a US dollar, rounded up.
    pub usd_cents: u64,
    /// Hundredths of a TFT, rounded up.
    pub tft_cents: u64,
}

impl Price {
    /// US dollars, such as `9.18`.
    pub fn usd(&self) -> impl fmt::Display {
        Hundredths(self.usd_cents)
    }

    /// TFT, such as `306.00`.
    pub fn tft(&self) -> impl fmt::Display {
        Hundredths(self.tft_cents)
    }
}

struct Hundredths(u64);

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_two_decimals() {
        let price = Price {
            usd_cents: 918,
            tft_cents: 30_605,
        };
        assert_eq!(price.usd().to_string(), "9.18");
        assert_eq!(price.tft().to_string(), "306.05");
    }
}
