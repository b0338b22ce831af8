//! What is on offer, in the grid's terms.

use std::collections::BTreeMap;

use grid::{DomainKind, LocationFilter, Want};
use order::{Catalogue, Domain, LocationId, OrderDraft};
use serde::Deserialize;

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
        let missing = |kind: &str, id: &str| format!("the {kind} “{id}”");
        let size = self
            .catalogue
            .size(&order.size)
            .ok_or_else(|| missing("size", &order.size))?;
        let location = self.catalogue.location(&order.location);
        let location = location.and_then(|l| self.locations.get(&l.id));
        let domain = self.catalogue.domain(&order.domain);
        let domain_kind = domain.and_then(|d| self.domains.get(d));
        Ok(Want {
            vcpu: size.vcpu,
            memory: u64::from(size.memory_gib) << 30,
            disk: u64::from(size.disk_gib) << 30,
            location: location
                .ok_or_else(|| missing("location", &order.location))?
                .clone(),
            name: order.name.clone(),
            domain: order.domain.clone(),
            domain_kind: *domain_kind.ok_or_else(|| missing("domain", &order.domain))?,
            hours: self.paid_hours,
        })
    }
}
