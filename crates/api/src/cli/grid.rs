//! `gridtube grid …`: what an operator asks of the grid before visitors do.

use std::path::Path;

use anyhow::bail;
use clap::Subcommand;
use grid::{Grid, Want};
use order::{DomainOffer, LocationOffer, LocationState, SizeOffer};
use tfgrid::{
    chain::Chain,
    port::{Done, Finding, Settings, Terms, checkup, set_up_twin},
};

use crate::{
    config::{Config, threefold},
    grids::{self, Opened},
    offers::Offers,
};

#[derive(Debug, Subcommand)]
pub(super) enum GridCommand {
    /// Whether everything stands that a deployment needs; nothing is paid. Ends with 1 if not.
    Check,
    /// The account's identity on the grid.
    Twin {
        #[command(subcommand)]
        what: TwinCommand,
    },
    /// The nodes for a place, in the order in which they are tried.
    Nodes {
        /// A location of the config.
        #[arg(long)]
        location: String,
        /// A size of the config; the first when left out.
        #[arg(long)]
        size: Option<String>,
    },
    /// What each size costs a month, by the chain's price list and without discount.
    Price,
}

#[derive(Debug, Subcommand)]
pub(super) enum TwinCommand {
    /// Make it, or give it its relay and key. Repeating it does no harm.
    Create {
        /// You have read ThreeFold's terms, https://library.threefold.me/info/legal/#/, and accept
        /// them for this account.
        #[arg(long)]
        accept_terms: bool,
    },
}

pub(super) async fn run(config: &Path, what: GridCommand) -> anyhow::Result<()> {
    let config = Config::read(config)?;
    match what {
        GridCommand::Check => check(&config).await,
        GridCommand::Twin {
            what: TwinCommand::Create { accept_terms },
        } => create_twin(&config, accept_terms).await,
        GridCommand::Nodes { location, size } => nodes(&config, &location, size.as_deref()).await,
        GridCommand::Price => price(&config).await,
    }
}

async fn check(config: &Config) -> anyhow::Result<()> {
    let Some(settings) = config.grid.settings(config.network) else {
        println!("{DEVGRID}, and it always stands");
        return Ok(());
    };
    let wants = on_offer(&config.offers())?;
    let findings = checkup(&settings, &config.grid.identity()?, &wants).await;
    let wide = findings.iter().map(|f| f.what.chars().count()).max();
    let wide = wide.unwrap_or_default();
    for Finding { what, result } in &findings {
        match result {
            Ok(seen) => println!("✓ {what:<wide$}  {seen}"),
            Err(wrong) => println!("✗ {what:<wide$}  {wrong}{}", advice(what)),
        }
    }
    match findings.iter().filter(|f| f.result.is_err()).count() {
        0 => Ok(()),
        wrong => bail!("{wrong} of {} are not as they should be", findings.len()),
    }
}

fn advice(what: &str) -> &'static str {
    match what {
        "twin" => ": run `gridtube grid twin create`",
        _ => "",
    }
}

async fn create_twin(config: &Config, accept_terms: bool) -> anyhow::Result<()> {
    let settings = real(config)?;
    let identity = config.grid.identity()?;
    let chain = Chain::with_patience(&settings.chain, settings.chain_patience);
    let relay = match (config.grid.relays.first(), threefold(config.network)) {
        (Some(relay), _) => host(relay).to_owned(),
        (None, Some(network)) => network.relay(),
        (None, None) => bail!(DEVGRID),
    };
    let terms = match accept_terms {
        true => Some(Terms::fetch(&config.grid.terms).await?),
        false => None,
    };
    for done in set_up_twin(&chain, &identity, &relay, terms.as_ref()).await? {
        match done {
            Done::AcceptedTerms => println!("accepted ThreeFold's terms"),
            Done::Created(twin) => println!("made twin {twin}, reached by {relay}"),
            Done::Updated(twin) => {
                println!("gave twin {twin} its key and {relay}; nodes may take an hour to notice")
            }
            Done::WasGood(twin) => println!("twin {twin} is as it should be"),
        }
    }
    Ok(())
}

/// The name in a relay's address: that is what stands on the chain.
fn host(relay: &str) -> &str {
    let name = relay.split_once("://").map_or(relay, |(_, rest)| rest);
    name.split(['/', ':']).next().unwrap_or(name)
}

async fn nodes(config: &Config, location: &str, size: Option<&str>) -> anyhow::Result<()> {
    let offers = config.offers();
    let first = offers.catalogue.sizes.first().map(|s| s.id.to_string());
    let size = size.map(str::to_owned).or(first).unwrap_or_default();
    let want = want(&offers, &size, location, first_domain(&offers))?;
    match grids::look(config).await? {
        Opened::Dev(grid) => {
            for placement in grid.candidates(&want).await? {
                println!("node {}", placement.node);
            }
        }
        Opened::Real(grid) => {
            let candidates = grid.machines(&want).await?;
            for candidate in &candidates {
                let node = &candidate.node;
                println!(
                    "node {}, {}, {}: {}",
                    node.id, node.city, node.country, candidate.reason
                );
            }
            println!("{} node(s) with room for size {size}", candidates.len());
        }
    }
    Ok(())
}

async fn price(config: &Config) -> anyhow::Result<()> {
    let offers = config.offers();
    let grid = grids::look(config).await?.port();
    for size in &offers.catalogue.sizes {
        let Some(location) = offers.catalogue.locations.first() else {
            bail!("the config offers no location");
        };
        let want = want(
            &offers,
            size.id.as_str(),
            location.id.as_str(),
            first_domain(&offers),
        )?;
        let shown = &size.price.usd_month;
        match grid.price(&want).await? {
            Some(price) => println!(
                "{:<8} {} USD, {} TFT a month; the config says {shown} USD",
                size.id.as_str(),
                price.usd(),
                price.tft()
            ),
            None => println!(
                "{:<8} {shown} USD a month by the config; {DEVGRID}",
                size.id.as_str()
            ),
        }
    }
    Ok(())
}

const DEVGRID: &str = "the config's network is the development grid: nothing is paid";

fn real(config: &Config) -> anyhow::Result<Settings> {
    match config.grid.settings(config.network) {
        Some(settings) => Ok(settings),
        None => bail!(DEVGRID),
    }
}

/// The largest machine at each open place, and the smallest on each domain.
fn on_offer(offers: &Offers) -> anyhow::Result<Vec<(String, Want)>> {
    let catalogue = &offers.catalogue;
    let by_size = |s: &&SizeOffer| (s.memory_gib, s.disk_gib);
    let (largest, smallest) = (
        catalogue.sizes.iter().max_by_key(by_size),
        catalogue.sizes.iter().min_by_key(by_size),
    );
    let (Some(largest), Some(smallest)) = (largest, smallest) else {
        bail!("the config offers no size");
    };
    let open = |l: &&LocationOffer| l.state != LocationState::Announced;
    let places: Vec<_> = catalogue.locations.iter().filter(open).collect();
    let (Some(first), Some(usual)) = (places.first(), catalogue.domains.first()) else {
        bail!("the config offers no location or no domain");
    };
    let mut wants = Vec::new();
    let mut add = |what: &str, size: &SizeOffer, place: &LocationOffer, domain: &DomainOffer| {
        let want = want(
            offers,
            size.id.as_str(),
            place.id.as_str(),
            domain.id.as_str(),
        )?;
        wants.push((format!("{what}, {}", size.id), want));
        anyhow::Ok(())
    };
    for place in &places {
        add(&place.name, largest, place, usual)?;
    }
    for domain in &catalogue.domains {
        add(domain.id.as_str(), smallest, first, domain)?;
    }
    Ok(wants)
}

/// What such an order would need, under a name that nobody has.
fn want(offers: &Offers, size: &str, location: &str, domain: &str) -> anyhow::Result<Want> {
    let want = offers.want_of(size, location, "gridtube-check", domain);
    want.map_err(|missing| anyhow::anyhow!("the config does not offer {missing}"))
}

fn first_domain(offers: &Offers) -> &str {
    offers
        .catalogue
        .domains
        .first()
        .map_or("", |d| d.id.as_str())
}
