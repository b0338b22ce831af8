//! `cargo xtask serve`: everything on this machine, to be tried in a browser.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::Command,
    sync::mpsc,
    time::Duration,
};

use anyhow::{Context, bail};

use crate::{
    children::Children,
    paths,
    steps::{Steps, cargo, run as run_command},
    tools, widget,
};

/// The first of the ports, unless another is asked for.
pub(crate) const FIRST_PORT: u16 = 8080;

/// Four ports in a row.
#[derive(Clone, Copy)]
struct Ports {
    host: u16,
    api: u16,
    pages: u16,
    git: u16,
}

/// Prepares, builds, starts, and waits for Ctrl-C.
///
/// # Errors
/// What is missing, or which program ended, with its last lines.
pub(crate) fn run(fast: bool, first_port: u16) -> anyhow::Result<()> {
    let (stop, stopped) = mpsc::channel();
    let ports = Ports::from(first_port)?;
    ports.free()?;
    let mut steps = Steps::default();
    steps.step("tools", tools::prepare)?;
    steps.step("widget", widget::build)?;
    steps.step("service and demo page", || {
        run_command(&mut cargo(
            "build -p api -p harness --bin gridtube --bin gridtube-demo",
        ))
    })?;
    // From here on Ctrl-C ends the programs in order instead of this task alone.
    ctrlc::set_handler(move || {
        // Nobody listens any more when a second one comes while the programs end.
        let _ = stop.send(());
    })?;
    let mut children = Children::default();
    steps.step("start", || start(&mut children, fast, ports))?;
    eprintln!("{}", addresses(ports));
    while let Err(mpsc::RecvTimeoutError::Timeout) =
        stopped.recv_timeout(Duration::from_millis(200))
    {
        if let Some(why) = children.ended() {
            bail!(why);
        }
    }
    eprintln!("\nending; a deployment that is not done goes on at the next start");
    Ok(())
}

fn start(children: &mut Children, fast: bool, ports: Ports) -> anyhow::Result<()> {
    let folder = paths::root().join("var/serve");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let config = folder.join("gridtube.toml");
    fs::write(&config, config_text(&folder, &paths::dist(), ports))?;
    let mut service = Command::new(paths::binary("gridtube", "debug"));
    service.arg("serve").arg("--config").arg(config);
    if fast {
        service.arg("--fast");
    }
    let log = folder.join("gridtube.log");
    children.start("gridtube", &mut service, log, &["listening ", "pages "])?;
    let Ports { host, api, git, .. } = ports;
    let mut demo = Command::new(paths::binary("gridtube-demo", "debug"));
    demo.args(["--host", &format!("127.0.0.1:{host}")])
        .args(["--widget", &format!("http://localhost:{api}/embed/default")])
        .args(["--git", &format!("127.0.0.1:{git}")]);
    children.start(
        "gridtube-demo",
        &mut demo,
        folder.join("demo.log"),
        &["host ", "git "],
    )
}

/// What serves here: the development grid, one site whose page is the demo page.
fn config_text(data: &Path, dist: &Path, ports: Ports) -> String {
    let Ports {
        host,
        api,
        pages,
        git,
    } = ports;
    format!(
        "# Written by `cargo xtask serve` at every start.\n\
         listen = \"127.0.0.1:{api}\"\n\
         data_dir = {data:?}\n\
         dist = {dist:?}\n\
         network = \"devgrid\"\n\
         git_origins_allowed = [\"http://localhost:{git}\"]\n\n\
         [[sites]]\n\
         id = \"default\"\n\
         # The second is where a static file server on this machine usually is.\n\
         origins = [\"http://127.0.0.1:{host}\", \"http://127.0.0.1:8000\", \"http://localhost:8000\"]\n\
         mode = \"open\"\n\n\
         [devgrid]\n\
         pages = \"127.0.0.1:{pages}\"\n"
    )
}

fn addresses(ports: Ports) -> String {
    let Ports {
        host,
        api,
        pages,
        git,
    } = ports;
    format!(
        "\n  open this page          http://127.0.0.1:{host}\n  \
           every way of embedding  http://127.0.0.1:{host}/gallery\n  \
           git URL to try in it    http://localhost:{git}/demo.git\n  \
           the widget on its own   http://localhost:{api}\n  \
           what you deploy is at   http://<name>.<domain>.localhost:{pages}\n  \
           logs and database       var/serve/\n\nCtrl-C ends it."
    )
}

impl Ports {
    fn from(first: u16) -> anyhow::Result<Self> {
        let Some(last) = first.checked_add(3).filter(|_| first > 0) else {
            bail!("--port {first}: four ports in a row are needed, so 1 to 65532");
        };
        Ok(Self {
            host: first,
            api: first + 1,
            pages: first + 2,
            git: last,
        })
    }

    /// That all of them are free: said before a build of minutes.
    fn free(self) -> anyhow::Result<()> {
        let uses = [
            (self.host, "the demo page"),
            (self.api, "the widget and its API"),
            (self.pages, "the stand-in pages of what is deployed"),
            (self.git, "the sample repository"),
        ];
        for (port, what) in uses {
            if let Err(why) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                bail!(
                    "port {port} is needed for {what} and cannot be had ({why}): stop what uses it \
                     (`ss -ltnp` or `lsof -i :{port}` names it), or take four other ports in a row \
                     with `cargo xtask serve --port 9080`"
                );
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_named_with_what_needs_it() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let why = Ports::from(port).unwrap().free().unwrap_err().to_string();
        let wanted = format!("port {port} is needed for the demo page");
        assert!(why.starts_with(&wanted), "{why}");
    }

    #[test]
    fn four_ports_must_exist() {
        assert_eq!(Ports::from(65_532).unwrap().git, 65_535);
        assert!(Ports::from(65_533).is_err() && Ports::from(0).is_err());
    }
}
