//! A PostgreSQL server of our own, in a temporary folder, reached over a socket in it.

use std::{
    env, fs,
    os::unix::{fs::MetadataExt, fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

const TO_START: Duration = Duration::from_secs(60);
const TO_STOP: Duration = Duration::from_secs(5);

/// A running server; ended when dropped.
#[derive(Debug)]
pub struct Postgres {
    server: Child,
    programs: Programs,
    folder: TempDir,
}

/// Where its programs are, and as whom they run: never as root.
#[derive(Debug, Clone)]
struct Programs {
    folder: PathBuf,
    user: Option<(u32, u32)>,
}

impl Postgres {
    /// Makes and starts one. Nothing, and a line that says so, where PostgreSQL is not installed.
    ///
    /// # Errors
    /// When it is installed and cannot be started.
    pub async fn start() -> anyhow::Result<Option<Self>> {
        let Some(programs) = Programs::find()? else {
            eprintln!("skipped: PostgreSQL is not installed (Debian: apt-get install postgresql)");
            return Ok(None);
        };
        let folder = tempfile::Builder::new().prefix("gridtube-pg-").tempdir()?;
        if let Some((user, group)) = programs.user {
            chown(folder.path(), Some(user), Some(group))?;
        }
        let data = folder.path().join("data");
        let mut make = programs.command("initdb");
        make.args(["--auth=trust", "--username=gridtube", "--encoding=UTF8"])
            .args(["--no-sync", "--no-locale", "--pgdata"])
            .arg(&data);
        let made = make.output().await?;
        let said = String::from_utf8_lossy(&made.stderr);
        ensure!(made.status.success(), "initdb: {said}");
        let server = programs.serve(folder.path()).await?;
        Ok(Some(Self {
            server,
            programs,
            folder,
        }))
    }

    /// A new database; its URL.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn database(&self, name: &str) -> anyhow::Result<String> {
        let mut create = self.programs.command("createdb");
        create.args(["--username=gridtube", "--host"]);
        let made = create.arg(self.folder.path()).arg(name).output().await?;
        let said = String::from_utf8_lossy(&made.stderr);
        ensure!(made.status.success(), "createdb: {said}");
        let socket = self.folder.path().display();
        Ok(format!(
            "postgres://gridtube@localhost/{name}?host={socket}"
        ))
    }

    /// A new database that asks for this password.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn guarded_database(&self, name: &str, password: &str) -> anyhow::Result<String> {
        let url = self.database(name).await?;
        // The first rule that fits counts.
        let rules = self.folder.path().join("data/pg_hba.conf");
        let others = fs::read_to_string(&rules)?;
        fs::write(&rules, format!("local {name} all scram-sha-256\n{others}"))?;
        let set = format!("ALTER ROLE gridtube PASSWORD '{password}'");
        let mut tell = self.programs.command("psql");
        tell.args([
            "--username=gridtube",
            "--dbname=postgres",
            "--command",
            &set,
        ])
        .args(["--command", "SELECT pg_reload_conf()", "--host"]);
        let told = tell.arg(self.folder.path()).output().await?;
        let said = String::from_utf8_lossy(&told.stderr);
        ensure!(told.status.success(), "psql: {said}");
        Ok(url)
    }

    /// Stops all of its processes, as a machine without power, or lets them go on.
    ///
    /// # Errors
    /// When they cannot be told.
    pub async fn stand_still(&self, still: bool) -> anyhow::Result<()> {
        let server = self.server.id().context("it has ended")?.to_string();
        let signal = if still { "-STOP" } else { "-CONT" };
        for who in [&["kill", signal][..], &["pkill", signal, "--parent"]] {
            let mut tell = Command::new(who[0]);
            let told = tell.args(&who[1..]).arg(&server).status().await?;
            ensure!(told.success(), "{who:?} could not be told");
        }
        Ok(())
    }

    /// Kills it and starts it again: all connections are lost, nothing that was committed is.
    ///
    /// # Errors
    /// When it does not come back.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        self.server.kill().await?;
        // Its processes end when they see that it is gone; then the next one may begin.
        let socket = self.folder.path().join(".s.PGSQL.5432");
        let _ = fs::remove_file(&socket);
        let _ = fs::remove_file(socket.with_extension("5432.lock"));
        let mut tries = 0;
        self.server = loop {
            match self.programs.serve(self.folder.path()).await {
                Ok(server) => break server,
                // The last of its processes have not seen yet that it is gone.
                Err(error) if tries < 100 && error.to_string().contains("in use") => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(error) => return Err(error),
            }
        };
        Ok(())
    }
}

/// A server that is killed leaves memory of the system behind: it is told to end at once, by itself.
impl Drop for Postgres {
    fn drop(&mut self) {
        let Some(server) = self.server.id() else {
            return;
        };
        let _ = std::process::Command::new("kill")
            .args(["-QUIT", &server.to_string()])
            .status();
        let begun = Instant::now();
        while begun.elapsed() < TO_STOP && matches!(self.server.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Programs {
    fn find() -> anyhow::Result<Option<Self>> {
        let mut folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH").unwrap_or_default())
            .chain(versions("/usr/lib/postgresql"))
            .collect();
        folders.retain(|folder| folder.join("initdb").exists());
        let Some(folder) = folders.pop() else {
            return Ok(None);
        };
        let root = fs::metadata("/proc/self")?.uid() == 0;
        let user = match root {
            true => Some(user("postgres").context("there is no user postgres to run it as")?),
            false => None,
        };
        Ok(Some(Self { folder, user }))
    }

    fn command(&self, name: &str) -> Command {
        let mut command = std::process::Command::new(self.folder.join(name));
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        let mut command = Command::from(command);
        command
            .current_dir("/")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    async fn serve(&self, folder: &Path) -> anyhow::Result<Child> {
        let mut server = self.command("postgres");
        server
            .arg("-D")
            .arg(folder.join("data"))
            .args(["-c", "listen_addresses="])
            .args([
                "-c",
                &format!("unix_socket_directories={}", folder.display()),
            ])
            // A process that is killed loses nothing by it; a machine might, and with it only a test.
            .args(["-c", "fsync=off"])
            // In its folder, which goes with it: what lies in /dev/shm would stay.
            .args(["-c", "dynamic_shared_memory_type=mmap"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut server = server.spawn()?;
        let log = server.stderr.take().context("no standard error")?;
        let mut lines = BufReader::new(log).lines();
        let mut said = Vec::new();
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                if line.contains("ready to accept connections") {
                    return Ok(());
                }
                said.push(line);
            }
            bail!("PostgreSQL ended: {}", said.join("\n"))
        };
        timeout(TO_START, ready)
            .await
            .context("PostgreSQL does not start")??;
        // A full pipe would hold it up.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(server)
    }
}

/// Debian's folders, oldest version first.
fn versions(parent: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|e| Some((e.file_name().to_str()?.parse().ok()?, e.path().join("bin"))))
        .collect();
    versions.sort();
    versions.into_iter().map(|(_, path)| path).collect()
}

/// The numbers of a user and his group.
fn user(name: &str) -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|l| l.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}
