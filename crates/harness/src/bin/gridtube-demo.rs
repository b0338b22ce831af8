//! What `cargo xtask serve` shows beside the service: a host page that embeds the widget, and a
//! sample repository. Prints a line for each when it listens; ends on Ctrl-C or SIGTERM.

use std::{net::SocketAddr, process::ExitCode};

use anyhow::{Context, bail};
use harness::{
    demo_host::DemoHost,
    git_server::{GitServer, Speaks},
    sample,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

const USAGE: &str = "usage: gridtube-demo --host ADDRESS:PORT --widget URL --git ADDRESS:PORT";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gridtube-demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [host, widget, git] = read(&arguments)?;
    let host = DemoHost::start(bind(&host).await?, &widget)?;
    let folder = tempfile::Builder::new()
        .prefix("gridtube-sample-")
        .tempdir()?;
    sample::make(folder.path()).context("git cannot make the sample repository")?;
    let git = GitServer::start_on(bind(&git).await?, folder.path(), Speaks::V2)?;
    println!("host {}", host.origin());
    println!("git {}/{}", git.origin(), sample::NAME);
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        done = tokio::signal::ctrl_c() => done?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

fn read(arguments: &[String]) -> anyhow::Result<[String; 3]> {
    let value = |key: &str| {
        let mut pairs = arguments.chunks_exact(2);
        pairs
            .find(|pair| pair[0] == key)
            .map(|pair| pair[1].clone())
    };
    match (value("--host"), value("--widget"), value("--git")) {
        (Some(host), Some(widget), Some(git)) if arguments.len() == 6 => Ok([host, widget, git]),
        _ => bail!(USAGE),
    }
}

async fn bind(address: &str) -> anyhow::Result<TcpListener> {
    let parsed: SocketAddr = address
        .parse()
        .with_context(|| format!("{address}: {USAGE}"))?;
    TcpListener::bind(parsed)
        .await
        .with_context(|| format!("cannot listen on {address}: is it in use?"))
}
