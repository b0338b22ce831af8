//! What is on offer, in the grid's terms.

use std::collections::BTreeMap;

use grid::{DomainKind, LocationFilter, Want};
use order::{Catalogue, Domain, LocationId, OrderDraft};
use serde::Deserialize;

use crate::config::Prices;

/// The catalogue, and what its entries mean on the grid.
#[derive(Debug, Clone)]
pub struct Offers {
    /// As `/v1/catalog` serves it, but for what the grid says now.
    pub catalogue: Catalogue,
    /// Where each location is.
    pub locations: BTreeMap<LocationId, LocationFilter>,
    /// How each domain is served.
    pub domains: BTreeMap<Domain, DomainKind>,
    /// What runs in the machine.
    pub image: Image,
    /// How long the account must be able to pay for a deployment before it is made, hours.
    pub paid_hours: u32,
    /// Whose prices are shown: the grid's as soon as it has said them, or the config's.
    pub prices: Prices,
}

/// The machine image.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// Where the nodes fetch it.
    pub flist: String,
    /// Its first program.
    pub entrypoint: String,
}

impl Offers {
    /// What an order needs of a grid.
    ///
    /// # Errors
    /// The part of the order that is not offered any more.
    pub fn want(&self, order: &OrderDraft) -> Result<Want, String> {
        self.want_of(&order.size, &order.location, &order.name, &order.domain)
    }

    /// What this size, there, under this address would need.
    ///
    /// # Errors
    /// The part that is not offered.
    pub fn want_of(
        &self,
        size: &str,
        location: &str,
        name: &str,
        domain: &str,
    ) -> Result<Want, String> {
        let missing = |kind: &str, id: &str| format!("the {kind} “{id}”");
        let offer = self.catalogue.size(size);
        let offer = offer.ok_or_else(|| missing("size", size))?;
        let place = self.catalogue.location(location);
        let place = place.and_then(|l| self.locations.get(&l.id));
        let kind = self.catalogue.domain(domain);
        let kind = kind.and_then(|d| self.domains.get(d));
        Ok(Want {
            vcpu: offer.vcpu,
            memory: u64::from(offer.memory_gib) << 30,
            disk: u64::from(offer.disk_gib) << 30,
            location: place.ok_or_else(|| missing("location", location))?.clone(),
            name: name.to_owned(),
            domain: domain.to_owned(),
            domain_kind: *kind.ok_or_else(|| missing("domain", domain))?,
            hours: self.paid_hours,
        })
    }
}
