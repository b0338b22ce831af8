//! What is on offer.

use grid::{DomainKind, LocationFilter};
use order::{
    Catalogue, Domain, DomainOffer, LocationId, LocationOffer, LocationState, Price, SizeId,
    SizeOffer,
};
use serde::Deserialize;

use super::Config;
use crate::offers::Offers;

/// A size on offer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeConfig {
    id: String,
    vcpu: u16,
    memory_gib: u32,
    disk_gib: u32,
    video_hours: u32,
    usd_month: String,
}

/// A location on offer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocationConfig {
    id: String,
    name: String,
    country: String,
    #[serde(default = "open")]
    state: LocationState,
    #[serde(default)]
    filter: LocationFilter,
}

/// A domain on offer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomainConfig {
    id: String,
    kind: DomainKind,
}

impl Config {
    /// The catalogue and what it means on the grid.
    pub fn offers(&self) -> Offers {
        let mut catalogue = Catalogue {
            git_url_required: self.git_url_required,
            git_origins_allowed: self.git_origins_allowed.clone(),
            grid: self.network,
            ..Catalogue::default()
        };
        if !self.sizes.is_empty() {
            catalogue.sizes = self.sizes.iter().map(SizeConfig::offer).collect();
        }
        if !self.locations.is_empty() {
            catalogue.locations = self.locations.iter().map(LocationConfig::offer).collect();
        }
        if !self.domains.is_empty() {
            let offer = |d: &DomainConfig| DomainOffer {
                id: Domain::offered(&d.id),
            };
            catalogue.domains = self.domains.iter().map(offer).collect();
        }
        let filter = |offer: &LocationOffer| {
            let written = self.locations.iter().find(|l| l.id == offer.id.as_str());
            let by_name = LocationFilter {
                country: offer.country.clone(),
                city: offer.name.clone(),
                farms: vec![],
            };
            (
                offer.id.clone(),
                written.map_or(by_name, |l| l.filter.clone()),
            )
        };
        let kind = |offer: &DomainOffer| {
            let written = self.domains.iter().find(|d| d.id == offer.id.as_str());
            (
                offer.id.clone(),
                written.map_or(DomainKind::GatewayName, |d| d.kind),
            )
        };
        Offers {
            locations: catalogue.locations.iter().map(filter).collect(),
            domains: catalogue.domains.iter().map(kind).collect(),
            catalogue,
            image: self.image.clone(),
            paid_hours: self.paid_hours,
            prices: self.grid.prices,
        }
    }
}

impl SizeConfig {
    fn offer(&self) -> SizeOffer {
        SizeOffer {
            id: SizeId::offered(&self.id),
            vcpu: self.vcpu,
            memory_gib: self.memory_gib,
            disk_gib: self.disk_gib,
            video_hours: self.video_hours,
            price: Price {
                usd_month: self.usd_month.clone(),
                tft_month: None,
            },
        }
    }
}

impl LocationConfig {
    fn offer(&self) -> LocationOffer {
        LocationOffer {
            id: LocationId::offered(&self.id),
            name: self.name.clone(),
            country: self.country.clone(),
            state: self.state,
        }
    }
}

fn open() -> LocationState {
    LocationState::Open
}
