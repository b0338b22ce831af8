//! What is on offer: sizes, locations, domains. The operator's config file sets it, the API serves
//! it at `/v1/catalog`, and an order is parsed against it.

use serde::{Deserialize, Serialize};

/// Everything a visitor can choose from, as `/v1/catalog` serves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Catalogue {
    /// The sizes, smallest first.
    pub sizes: Vec<SizeOffer>,
    /// Locations in the order shown; announced ones are shown disabled.
    pub locations: Vec<LocationOffer>,
    /// The domains an instance's name is prefixed to.
    pub domains: Vec<DomainOffer>,
    /// Whether an order without a settings repository is refused.
    pub git_url_required: bool,
    /// Origins (`scheme://host:port`) that the operator allows for git besides public https hosts.
    pub git_origins_allowed: Vec<String>,
    /// Which grid deploys.
    pub grid: GridKind,
    /// When the grid said the prices, RFC 3339; absent where they are the operator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices_at: Option<String>,
}

/// One size of machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SizeOffer {
    /// `small`, `mid`, `large` by default.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: SizeId,
    /// Virtual processors.
    pub vcpu: u16,
    /// Memory, GiB.
    pub memory_gib: u32,
    /// Disk at `/data`, GiB.
    pub disk_gib: u32,
    /// About how many hours of video the disk holds, all resolutions of the size together.
    pub video_hours: u32,
    /// What it costs.
    pub price: Price,
}

/// A price per month, as decimal text (`"9.18"`): money is never a float.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Price {
    /// US dollars a month.
    pub usd_month: String,
    /// TFT a month, when the grid tells its rate.
    pub tft_month: Option<String>,
}

/// One location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocationOffer {
    /// `ghent`, `vienna` by default.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: LocationId,
    /// The name shown.
    pub name: String,
    /// ISO 3166 alpha-2.
    pub country: String,
    /// Whether it can be chosen now.
    pub state: LocationState,
}

/// Whether a location can be chosen now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LocationState {
    /// There is room.
    Open,
    /// No room now.
    Full,
    /// Coming soon.
    Announced,
}

/// One domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DomainOffer {
    /// `ava.tf`
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: Domain,
}

/// Which grid deploys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum GridKind {
    /// The development grid inside the service: nothing is paid, pages are stand-ins.
    Devgrid,
    /// ThreeFold main network.
    Main,
    /// ThreeFold test network.
    Test,
    /// ThreeFold QA network.
    Qa,
    /// ThreeFold development network.
    Dev,
}

macro_rules! offered_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// For the catalogue's maker: the operator's config. Orders get theirs from a [`Catalogue`].
            pub fn offered(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

offered_id!(
    /// The id of a size on offer.
    SizeId
);
offered_id!(
    /// The id of a location on offer.
    LocationId
);
offered_id!(
    /// A domain on offer, such as `ava.tf`.
    Domain
);

impl Catalogue {
    /// The size with this id.
    pub fn size(&self, id: &str) -> Option<&SizeOffer> {
        self.sizes.iter().find(|s| s.id.as_str() == id)
    }

    /// The location with this id, whatever its state.
    pub fn location(&self, id: &str) -> Option<&LocationOffer> {
        self.locations.iter().find(|l| l.id.as_str() == id)
    }

    /// The domain with this id.
    pub fn domain(&self, id: &str) -> Option<&Domain> {
        self.domains
            .iter()
            .map(|d| &d.id)
            .find(|d| d.as_str() == id)
    }

    /// The allowed git origins, parsed; unusable ones are left out (config refuses them at start).
    pub fn git_origins(&self) -> Vec<crate::GitOrigin> {
        self.git_origins_allowed
            .iter()
            .filter_map(|o| crate::GitOrigin::parse(o).ok())
            .collect()
    }
}

impl Default for Catalogue {
    /// PRODUCT's defaults: three sizes, Ghent and Vienna, seven domains. Prices are the operator's;
    /// these are for the development grid.
    fn default() -> Self {
        let size = |id: &str, vcpu, memory_gib, disk_gib, video_hours, usd: &str| SizeOffer {
            id: SizeId::offered(id),
            vcpu,
            memory_gib,
            disk_gib,
            video_hours,
            price: Price {
                usd_month: usd.into(),
                tft_month: None,
            },
        };
        let location = |id: &str, name: &str, country: &str| LocationOffer {
            id: LocationId::offered(id),
            name: name.into(),
            country: country.into(),
            state: LocationState::Open,
        };
        let domains = [
            "ava.tf",
            "3x0.me",
            "refit.earth",
            "co30.org",
            "ninja.tf",
            "base.tf",
            "tf9.io",
        ];
        Self {
            sizes: vec![
                size("small", 2, 4, 50, 20, "9.18"),
                size("mid", 4, 8, 250, 50, "21.40"),
                size("large", 8, 16, 1000, 200, "58.60"),
            ],
            locations: vec![
                location("ghent", "Ghent", "BE"),
                location("vienna", "Vienna", "AT"),
            ],
            domains: domains
                .map(|d| DomainOffer {
                    id: Domain::offered(d),
                })
                .into(),
            git_url_required: false,
            git_origins_allowed: vec![],
            grid: GridKind::Devgrid,
            prices_at: None,
        }
    }
}
