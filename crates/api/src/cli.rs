//! The command line.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    config::Config,
    entropy::OsEntropy,
    server,
    store::{Record, SqliteStore, Store},
};

/// Deploys PeerTube instances on the ThreeFold Grid, for a widget on any website.
#[derive(Debug, Parser)]
#[command(name = "gridtube", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API, and the widget unless the config says not to.
    Serve {
        /// The config file; see gridtube.example.toml.
        #[arg(long, value_name = "FILE", default_value = "gridtube.toml")]
        config: PathBuf,
        /// Shorten all times of the development grid.
        #[arg(long)]
        fast: bool,
    },
    /// Check the config file and say what is wrong with it.
    CheckConfig {
        /// The config file.
        #[arg(long, value_name = "FILE", default_value = "gridtube.toml")]
        config: PathBuf,
    },
    /// Look at deployments, and end them.
    Deployments {
        /// The config file.
        #[arg(
            long,
            value_name = "FILE",
            default_value = "gridtube.toml",
            global = true
        )]
        config: PathBuf,
        #[command(subcommand)]
        what: Deployments,
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
        let done = match self.command {
            Command::Serve { config, fast } => server::run(&config, fast).await,
            Command::CheckConfig { config } => check_config(&config),
            Command::Deployments { config, what } => deployments(&config, what).await,
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
    let config = Config::read(config)?;
    let path = config.data_dir.join(server::DATABASE);
    anyhow::ensure!(
        path.exists(),
        "there is no database at {}: check data_dir",
        path.display()
    );
    let store = SqliteStore::open(&path, &OsEntropy).await?;
    match what {
        Deployments::List { limit } => {
            for record in store.list(limit).await? {
                println!("{}", line(&record));
            }
        }
        Deployments::Show { id } => show(&found(&store, &id).await?),
        Deployments::Cancel { id } => {
            let record = found(&store, &id).await?;
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

async fn found(store: &SqliteStore, id: &str) -> anyhow::Result<Record> {
    let record = store.get(id).await?;
    record.ok_or_else(|| anyhow::anyhow!("there is no deployment {id}: see `deployments list`"))
}

fn line(record: &Record) -> String {
    let state = serde_json::to_value(record.state).unwrap_or_default();
    let state = state.as_str().unwrap_or_default().to_owned();
    let at = crate::time::rfc3339(record.created_at);
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
