//! What a deployment costs, and how long the account can pay it.

use grid::{DomainKind, GridError, Price, Want};

use super::ThreefoldGrid;
use super::candidates::storage;
use crate::chain::{Balance, Block, ChainError};
use crate::pricing::{HOURS_A_MONTH, Policy, Resources, Tft, TftPrice, Usd};

/// The chain's price list and what a TFT is worth there, at one block.
pub(super) struct PriceList {
    policy: Policy,
    tft: TftPrice,
}

impl PriceList {
    pub(super) async fn at(block: &Block) -> Result<Self, ChainError> {
        let (policy, tft) = tokio::try_join!(block.policy(), block.tft_price())?;
        Ok(Self { policy, tft })
    }

    /// A month, without any discount.
    pub(super) fn month(&self, want: &Want) -> Result<(Usd, Tft), ChainError> {
        let name = match want.domain_kind {
            DomainKind::GatewayName => self.policy.name_month().0,
            DomainKind::GatewayFqdn => 0,
        };
        let usd = Usd(self.policy.month(&resources(want)).0.saturating_add(name));
        Ok((usd, self.tft.tft(usd)?))
    }

    /// How many hours this balance pays for, without any discount.
    pub(super) fn hours(&self, want: &Want, balance: &Balance) -> Result<u64, ChainError> {
        let (_, month) = self.month(want)?;
        let hours = u128::from(balance.usable.0) * u128::from(HOURS_A_MONTH);
        let hours = hours.checked_div(month.0.into());
        Ok(hours.map_or(u64::MAX, |hours| u64::try_from(hours).unwrap_or(u64::MAX)))
    }
}

impl ThreefoldGrid {
    pub(super) async fn price_now(&self, want: &Want) -> Result<Price, GridError> {
        let list = PriceList::at(&self.payer.chain().best().await?).await?;
        let (usd, tft) = list.month(want)?;
        // From 10⁻⁷ to 10⁻².
        let cents = |parts: u64| parts.div_ceil(100_000);
        Ok(Price {
            usd_cents: cents(usd.0),
            tft_cents: cents(tft.0),
        })
    }

    /// How long the account could pay for this, without any discount.
    pub(super) async fn hours(&self, want: &Want) -> Result<u64, GridError> {
        let account = self.payer.identity().account();
        let block = self.payer.chain().best().await?;
        let (balance, list) = tokio::try_join!(block.balance(&account), PriceList::at(&block))?;
        Ok(list.hours(want, &balance)?)
    }
}

fn resources(want: &Want) -> Resources {
    Resources {
        cru: want.vcpu.into(),
        mru: want.memory,
        sru: storage(want),
        ..Resources::default()
    }
}
