//! The command line.

mod grid;
mod sites;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use order::GridKind;

use crate::{
    access::invite,
    config::{Config, Database, SiteMode},
    engine::Survey,
    entropy::OsEntropy,
    grids, server,
    store::{self, Invite, Record, Store},
    stores,
    time::{now_ms, rfc3339},
};

/// Deploys PeerTube instances on the ThreeFold Grid, for a widget on any website.
#[derive(Debug, Parser)]
#[command(name = "gridtube", version)]
pub struct Cli {
    /// The config file; see gridtube.example.toml.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "gridtube.toml",
        global = true
    )]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API, and the widget unless the config says not to.
    Serve {
        /// Shorten all times of the development grid.
        #[arg(long)]
        fast: bool,
    },
    /// Check the config file and say what is wrong with it.
    CheckConfig,
    /// Look at deployments, and end them.
    Deployments {
        #[command(subcommand)]
        what: Deployments,
    },
    /// What the account pays for on the grid.
    Contracts {
        #[command(subcommand)]
        what: Contracts,
    },
    /// The grid, as this config sees it.
    Grid {
        #[command(subcommand)]
        what: grid::GridCommand,
    },
    /// Where deployments are kept.
    Store {
        #[command(subcommand)]
        what: StoreCommand,
    },
    /// The pages that embed the widget.
    Sites {
        #[command(subcommand)]
        what: sites::SitesCommand,
    },
    /// Invitation codes, for sites of mode "invite".
    Invites {
        #[command(subcommand)]
        what: Invites,
    },
}

#[derive(Debug, Subcommand)]
enum Invites {
    /// Make a code and print it: only its hash is kept.
    Create {
        /// The site it is for.
        #[arg(long)]
        site: String,
        /// How many deployments it is good for.
        #[arg(long, default_value_t = 1)]
        uses: u32,
        /// How many days it is good for.
        #[arg(long, default_value_t = 30)]
        days: u32,
    },
    /// All of them, with what is left.
    List,
}

#[derive(Debug, Subcommand)]
enum StoreCommand {
    /// Move everything from the SQLite file in `data_dir` to the PostgreSQL database that the config
    /// names, which must be empty. Stop the service before.
    Copy,
}

#[derive(Debug, Subcommand)]
enum Contracts {
    /// Say whose every contract is, and what the running service would cancel. It does so by itself.
    Sweep {
        /// Change nothing.
        #[arg(long, required = true)]
        dry_run: bool,
    },
}

#[derive(Debug, Subcommand)]
enum Deployments {
    /// The newest ones.
    List {
        /// How many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// One, with its steps.
    Show {
        /// Its id.
        id: String,
    },
    /// End one: the running service takes it down, or the next one that starts.
    Cancel {
        /// Its id.
        id: String,
    },
}

impl Cli {
    /// Runs the command; errors go to standard error, a sentence each.
    pub async fn run(self) -> ExitCode {
        let config = &self.config;
        let done = match self.command {
            Command::Serve { fast } => server::run(config, fast).await,
            Command::CheckConfig => check_config(config),
            Command::Deployments { what } => deployments(config, what).await,
            Command::Contracts { what } => contracts(config, what).await,
            Command::Grid { what } => grid::run(config, what).await,
            Command::Store { what } => copy(config, what).await,
            Command::Sites { what } => sites::run(config, what),
            Command::Invites { what } => invites(config, what).await,
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("gridtube: {error:#}");
                ExitCode::FAILURE
            }
        }
    }
}

fn check_config(path: &std::path::Path) -> anyhow::Result<()> {
    let config = Config::read(path)?;
    if config.network != GridKind::Devgrid {
        config.grid.identity()?;
    }
    println!(
        "{} is good: {} site(s), {} size(s), {} location(s), {} domain(s)",
        path.display(),
        config.sites.len(),
        config.offers().catalogue.sizes.len(),
        config.offers().catalogue.locations.len(),
        config.offers().catalogue.domains.len(),
    );
    Ok(())
}

async fn deployments(config: &std::path::Path, what: Deployments) -> anyhow::Result<()> {
    let store = stores::look(&Config::read(config)?, &OsEntropy).await?;
    match what {
        Deployments::List { limit } => {
            for record in store.list(limit).await? {
                println!("{}", line(&record));
            }
        }
        Deployments::Show { id } => show(&found(&*store, &id).await?),
        Deployments::Cancel { id } => {
            let record = found(&*store, &id).await?;
            if record.state.is_over() {
                println!("{id} is over already");
            } else {
                store.request_cancel(&id).await?;
                println!("{id} will be taken down by the running service, or the next that starts");
            }
        }
    }
    store.close().await;
    Ok(())
}

async fn contracts(config: &std::path::Path, what: Contracts) -> anyhow::Result<()> {
    let Contracts::Sweep { dry_run: _ } = what;
    let config = Config::read(config)?;
    let store = stores::look(&config, &OsEntropy).await?;
    let survey = Survey::take(&*grids::look(&config).await?.port(), &*store).await?;
    for claim in &survey.claims {
        let of = claim.deployment.as_deref().unwrap_or("-");
        let (id, owner) = (claim.contract.id, claim.owner.as_str());
        let what = claim.contract.name.as_ref().unwrap_or(&claim.contract.data);
        println!("{id}  {owner:<14}  {of}  {}", what.escape_debug());
    }
    store.close().await;
    anyhow::ensure!(
        !survey.is_outdated(),
        "contracts carry this database's id that it does not know: it was restored from a backup or \
         copied. Nothing is swept until those that are `unknown` or `unrecorded` are ended by hand, or \
         the newest database is back"
    );
    let (all, left) = (survey.claims.len(), survey.leftovers().len());
    println!("{all} contract(s), {left} to be cancelled");
    Ok(())
}

async fn copy(config: &std::path::Path, what: StoreCommand) -> anyhow::Result<()> {
    let StoreCommand::Copy = what;
    let config = Config::read(config)?;
    let Database::Postgres(to) = config.database()? else {
        anyhow::bail!(
            "say in the config where to copy to: database = \"postgres://user@host/database\""
        );
    };
    let from = config.sqlite_file();
    anyhow::ensure!(
        from.exists(),
        "there is no database at {}: check data_dir",
        from.display()
    );
    let copied = store::copy(&from, &to, &OsEntropy).await?;
    println!(
        "{} deployment(s), {} event(s) and {} invitation(s) were moved; {} is not written any more",
        copied.deployments,
        copied.events,
        copied.invites,
        from.display()
    );
    Ok(())
}

async fn invites(config: &std::path::Path, what: Invites) -> anyhow::Result<()> {
    let config = Config::read(config)?;
    let store = stores::look(&config, &OsEntropy).await?;
    match what {
        Invites::Create { site, uses, days } => {
            let invited = config
                .site(&site)
                .is_some_and(|s| s.mode == SiteMode::Invite);
            anyhow::ensure!(
                invited,
                "the config has no site “{site}” of mode \"invite\""
            );
            let code = invite::new(&OsEntropy);
            let invite = Invite {
                hash: invite::hash(&code),
                site,
                uses_left: uses,
                expires: now_ms() + u64::from(days) * 24 * 60 * 60 * 1000,
            };
            store.add_invite(invite).await?;
            println!("{code}");
        }
        Invites::List => {
            for invite in store.invites().await? {
                let (short, until) = (&invite.hash[..8], rfc3339(invite.expires));
                println!(
                    "{short}  {}  {} left, until {until}",
                    invite.site, invite.uses_left
                );
            }
        }
    }
    store.close().await;
    Ok(())
}

async fn found(store: &dyn Store, id: &str) -> anyhow::Result<Record> {
    let record = store.get(id).await?;
    record.ok_or_else(|| anyhow::anyhow!("there is no deployment {id}: see `deployments list`"))
}

fn line(record: &Record) -> String {
    let state = serde_json::to_value(record.state).unwrap_or_default();
    let state = state.as_str().unwrap_or_default().to_owned();
    let at = rfc3339(record.created_at);
    format!("{}  {at}  {state:<10} {}", record.id, record.address)
}

fn show(record: &Record) {
    println!("{}", line(record));
    println!(
        "site {}, size {}, at {}",
        record.site, record.order.size, record.order.location
    );
    let contracts = record.contracts;
    let ids = [
        ("name", contracts.name),
        ("machine", contracts.machine),
        ("gateway", contracts.gateway),
    ];
    for (what, id) in ids {
        println!(
            "contract {what}: {}",
            id.map_or("none".into(), |id| id.to_string())
        );
    }
    for step in &record.steps {
        println!(
            "{:?}: {:?} {}",
            step.name,
            step.state,
            step.detail.as_deref().unwrap_or_default()
        );
    }
    if let Some(failure) = &record.failure {
        println!("failed at {:?}: {}", failure.step, failure.message);
    }
}
