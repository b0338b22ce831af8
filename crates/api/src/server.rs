//! Start-up and shut-down.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::Context;
use devgrid::TokioClock;
use grid::Clock;
use order::GridKind;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{
    config::Config,
    engine::{Engine, Hints, HttpProbe, Line, Patience, Sweeper, Worker},
    entropy::{Entropy, OsEntropy},
    git_check::{GitCheckConfig, GitChecker, SystemResolver, outbound_addresses},
    grids::{self, Opened},
    http::{self, App, Brakes, Dist},
    secrets::Secrets,
    stores,
};

/// Serves until SIGTERM or Ctrl-C. Then: no new requests, streams end, every deployment stops after
/// the step it is at and goes on at the next start.
///
/// # Errors
/// When it cannot start; says what to do.
pub async fn run(config: &Path, fast: bool) -> anyhow::Result<()> {
    log_to_stderr();
    let mut signal = Box::pin(signal()?);
    let mut config = Config::read(config)?;
    if fast {
        config.devgrid = config.devgrid.hurried();
    }
    let dist = match config.dist.as_str() {
        "" => None,
        folder => Some(Arc::new(Dist::open(Path::new(folder))?)),
    };
    let listener = bind(config.listen, "listen").await?;
    let pages = match config.network {
        GridKind::Devgrid => Some(bind(config.devgrid.pages, "devgrid.pages").await?),
        _ => None,
    };
    std::fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("data_dir {} cannot be made", config.data_dir.display()))?;
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
    let secrets = Arc::new(Secrets::open(
        &config.data_dir.join("server.key"),
        &*entropy,
    )?);
    let store = stores::open(&config, &secrets, &*entropy).await?;
    let clock: Arc<dyn Clock> = Arc::new(TokioClock::new());
    let grid = tokio::select! {
        grid = grids::open(&config, pages.as_ref(), Arc::clone(&clock)) => grid?,
        () = &mut signal => return Ok(()),
    };

    let (stop, stopping) = watch::channel(false);
    let hints = Hints::default();
    let engine = Arc::new(Engine {
        grid: grid.port(),
        store: Arc::clone(&store),
        clock,
        entropy,
        probe: Arc::new(HttpProbe),
        secrets,
        offers: Arc::new(config.offers()),
        hints: hints.clone(),
        meters: Arc::default(),
        line: Line::default(),
        patience: patience(&config),
    });
    let worker = tokio::spawn(Worker::new(Arc::clone(&engine), stopping.clone()).run());
    announce("listening", listener.local_addr()?);
    let mut beside = JoinSet::new();
    if let (Opened::Dev(grid), Some(pages)) = (grid, pages) {
        announce("pages", pages.local_addr()?);
        beside.spawn(async { drop(grid.serve_pages(pages).await) });
    }
    let listening = Arc::clone(&store);
    beside.spawn(async move { listening.listen(&|news| hints.hear(news)).await });
    beside.spawn(Sweeper::new(Arc::clone(&engine)).run(stopping.clone()));
    let git = Arc::new(git_checker(&config)?);
    let brakes = Arc::new(Brakes::new(&config.limits));
    let app = http::router(App {
        brakes,
        config: Arc::new(config),
        engine,
        git,
        dist,
        catalog: Arc::default(),
        usual: Arc::default(),
        counters: Arc::default(),
        stop: stopping.clone(),
    });
    tokio::spawn(async move {
        signal.await;
        tracing::info!("stopping; what is not done goes on at the next start");
        stop.send_replace(true);
    });
    http::serve(listener, app, stopping).await;
    // A step that takes longer than this is repeated at the next start.
    let _ = tokio::time::timeout(Duration::from_secs(10), worker).await;
    beside.abort_all();
    store.close().await;
    Ok(())
}

/// On the development grid the engine looks as often as blocks come, at most every two seconds.
fn patience(config: &Config) -> Patience {
    let mut patience = Patience::default();
    if config.network == GridKind::Devgrid {
        patience.poll = patience.poll.min(config.devgrid.block);
    }
    patience
}

fn git_checker(config: &Config) -> anyhow::Result<GitChecker> {
    let origins = config.offers().catalogue.git_origins();
    let refused = config.git_networks_refused.iter().map(|n| n.parse());
    let config = GitCheckConfig {
        allowed_origins: origins,
        refused: refused
            .collect::<Result<_, _>>()
            .context("git_networks_refused")?,
        own_addresses: [config.own_addresses.clone(), outbound_addresses()].concat(),
        ..GitCheckConfig::default()
    };
    Ok(GitChecker::new(config, Arc::new(SystemResolver))?)
}

async fn bind(address: SocketAddr, key: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: is it in use? Stop what uses it, or change `{key}`")
    })
}

/// One line a listener on standard output, for people and for programs that start this one. By name
/// for loopback: the widget's frame is another origin than a page on 127.0.0.1.
fn announce(what: &str, address: SocketAddr) {
    if address.ip().is_loopback() {
        println!("{what} http://localhost:{}", address.port());
    } else {
        println!("{what} http://{address}");
    }
}

fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // JSON escapes whatever a visitor sent: a log line stays one line.
    let log = tracing_subscriber::fmt().json().with_env_filter(filter);
    // A second start in one process keeps the first log.
    let _ = log.with_writer(std::io::stderr).try_init();
}

/// The signal to stop; listened for from now on, not from the first poll on: whoever started this
/// program may stop it as soon as it has announced itself.
fn signal() -> anyhow::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
