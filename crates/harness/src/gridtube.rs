//! The real binary, as an operator runs it: a config file, a folder of its own, and signals.

use std::{
    env,
    fs::{self, File},
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use anyhow::{Context, bail};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    net::TcpSocket,
    process::{Child, ChildStdout, Command},
    time::timeout,
};

const CONFIG: &str = "gridtube.toml";
const LOG: &str = "gridtube.log";
const LAST_LINES: usize = 30;
const TO_START: Duration = Duration::from_secs(30);
const TO_STOP: Duration = Duration::from_secs(30);

/// The folder of one service: its config and its state. Several processes may run in it, one after
/// the other; all listen at the same two ports.
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
    settings: Settings,
    api: ReservedPort,
    pages: ReservedPort,
}

/// What differs from test to test.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Serves the built widget, and not the API alone.
    pub widget: bool,
    /// The pages that may embed it.
    pub origins: Vec<String>,
    /// Origins allowed for git.
    pub git_origins: Vec<String>,
    /// More lines of the top of the config file.
    pub more: String,
    /// The lines of `[devgrid]` and of tables below it.
    pub devgrid: String,
    /// What a shell does before it becomes the service.
    pub before: String,
}

/// A running service; killed when dropped.
#[derive(Debug)]
pub struct Gridtube {
    child: Child,
    api: u16,
    pages: u16,
    // Held open: a closed pipe would end the service at its next line.
    _lines: Lines<BufReader<ChildStdout>>,
}

/// A clock for tests that watch a deployment come up: about four seconds in all.
pub const QUICK: &str = "block_ms = 400\nprovision_ms = 500\nboot_ms = 700\n";

/// A clock for tests that do something in the middle: whatever the machine does, the middle is longer.
pub const UNHURRIED: &str = "block_ms = 700\nprovision_ms = 3000\nboot_ms = 9000\n";

impl Home {
    /// A new folder with nothing in it.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(settings: Settings) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("gridtube-").tempdir()?;
        Ok(Self {
            folder,
            settings,
            api: ReservedPort::any()?,
            pages: ReservedPort::any()?,
        })
    }

    /// Where its files are.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The state's folder.
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Other settings from the next start on.
    pub fn settings(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// Everything that was logged here so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path().join(LOG)).unwrap_or_default()
    }

    /// The last lines of that.
    pub fn last_logged(&self) -> String {
        let log = self.log();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
    }

    /// Writes the config file and gives its path.
    ///
    /// # Errors
    /// When it cannot be written, or the widget is wanted and not built.
    pub fn config(&self) -> anyhow::Result<PathBuf> {
        let settings = &self.settings;
        let dist = match settings.widget {
            true => dist()?.display().to_string(),
            false => String::new(),
        };
        let (api, pages) = (self.api.number(), self.pages.number());
        let text = format!(
            "listen = \"127.0.0.1:{api}\"\ndata_dir = {data:?}\ndist = {dist:?}\n\
             network = \"devgrid\"\ngit_origins_allowed = {git:?}\n{more}\n\
             [[sites]]\nid = \"default\"\norigins = {origins:?}\nmode = \"open\"\n\n\
             [devgrid]\npages = \"127.0.0.1:{pages}\"\n{devgrid}",
            data = self.data(),
            git = settings.git_origins,
            more = settings.more,
            origins = settings.origins,
            devgrid = settings.devgrid,
        );
        let path = self.path().join(CONFIG);
        fs::write(&path, text)?;
        Ok(path)
    }

    /// Starts the service and waits until it listens.
    ///
    /// # Errors
    /// When it ends instead; with its log.
    pub async fn start(&mut self) -> anyhow::Result<Gridtube> {
        let config = self.config()?;
        let log = self.path().join(LOG);
        let file = File::options().create(true).append(true).open(log)?;
        let become_it = format!("{}\nexec \"$0\" \"$@\"", self.settings.before);
        let mut child = Command::new("sh")
            .args(["-c", &become_it])
            .arg(binary()?)
            .arg("serve")
            .arg("--config")
            .arg(config)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let ports = timeout(TO_START, announced(&mut lines)).await;
        let Ok(Ok((api, pages))) = ports else {
            bail!("gridtube did not start; it logged:\n{}", self.last_logged());
        };
        Ok(Gridtube {
            child,
            api,
            pages,
            _lines: lines,
        })
    }

    /// Runs a command of the binary, such as `deployments list`, with this home's config, to its end.
    ///
    /// # Errors
    /// When it cannot be started or does not end.
    pub async fn run(&self, what: &str) -> anyhow::Result<Output> {
        let mut command = Command::new(binary()?);
        command
            .args(what.split(' '))
            .arg("--config")
            .arg(self.path().join(CONFIG))
            .current_dir(self.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output = timeout(TO_STOP, command.output()).await;
        output
            .with_context(|| format!("`gridtube {what}` does not end"))?
            .context("gridtube cannot be started")
    }
}

/// A port of this machine that nobody else is given, also while nobody listens there: a socket that
/// is bound to it and never listens. Whoever may use the address again, as servers do, can listen.
#[derive(Debug)]
pub struct ReservedPort {
    number: u16,
    _bound: TcpSocket,
}

impl ReservedPort {
    /// One of the system's choice.
    ///
    /// # Errors
    /// When there is none.
    pub fn any() -> std::io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self {
            number: socket.local_addr()?.port(),
            _bound: socket,
        })
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.number
    }
}

impl Gridtube {
    /// `http://localhost:port` of the API and the widget.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.api)
    }

    /// The port of the API and the widget.
    pub fn port(&self) -> u16 {
        self.api
    }

    /// The port of the stand-in pages.
    pub fn pages_port(&self) -> u16 {
        self.pages
    }

    /// The process.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// `kill -9`: nothing can be put in order.
    ///
    /// # Errors
    /// When it had ended before.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("gridtube had ended before, with {status}");
        }
        Ok(self.child.kill().await?)
    }

    /// SIGTERM, and waits for the end.
    ///
    /// # Errors
    /// When it does not end, or not with success.
    pub async fn terminate(mut self) -> anyhow::Result<()> {
        let id = self.child.id().context("gridtube had ended before")?;
        let sent = Command::new("kill")
            .args(["-TERM", &id.to_string()])
            .status()
            .await?;
        anyhow::ensure!(sent.success(), "no SIGTERM could be sent");
        let status = timeout(TO_STOP, self.child.wait()).await;
        let status = status.context("gridtube goes on after SIGTERM")??;
        anyhow::ensure!(status.success(), "gridtube ended with {status}");
        Ok(())
    }
}

/// The binary that is tested.
///
/// # Errors
/// When nobody has said where it is.
pub fn binary() -> anyhow::Result<PathBuf> {
    named("GRIDTUBE_BIN")
}

/// The built widget that is tested.
///
/// # Errors
/// When nobody has said where it is.
pub fn dist() -> anyhow::Result<PathBuf> {
    named("GRIDTUBE_DIST")
}

fn named(variable: &str) -> anyhow::Result<PathBuf> {
    let path = env::var_os(variable).map(PathBuf::from);
    path.filter(|p| p.exists()).with_context(|| {
        format!(
            "{variable} names nothing: these tests need the built service and widget; run \
             `cargo xtask test`"
        )
    })
}

/// The ports of both listeners.
async fn announced(lines: &mut Lines<BufReader<ChildStdout>>) -> anyhow::Result<(u16, u16)> {
    let (mut api, mut pages) = (None, None);
    while let Some(line) = lines.next_line().await? {
        let port = line.rsplit(':').next().and_then(|p| p.parse().ok());
        match line.split(' ').next() {
            Some("listening") => api = port,
            Some("pages") => pages = port,
            _ => {}
        }
        if let (Some(api), Some(pages)) = (api, pages) {
            return Ok((api, pages));
        }
    }
    bail!("it ended before it listened")
}
