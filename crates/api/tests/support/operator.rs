//! The real binary on a whole grid of ours, over sockets, as its operator runs it.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    process::{Output, Stdio},
    time::Duration,
};

use gridpeers::WholeGrid;
use order::api::{Deployment, State};
use serde_json::json;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// `//Alice`, with the phrase that everybody knows written out.
const MNEMONIC: &str =
    "bottom drive obey lake curtain smoke basket hold race lonely fit walk//Alice";

/// The seed that this leads to.
pub const SEED: &str = "e5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a";

pub struct Operator {
    pub peers: WholeGrid,
    home: TempDir,
}

/// A running service; killed when dropped.
pub struct Service {
    child: Child,
    pub url: String,
}

/// A deployment that was ordered.
pub struct Placed {
    pub at: String,
    pub capability: String,
    pub client: reqwest::Client,
}

impl Service {
    pub async fn order(&self, code: &str) -> Placed {
        self.order_named("myclub", code).await
    }

    pub async fn order_named(&self, name: &str, code: &str) -> Placed {
        let client = reqwest::Client::new();
        let order = json!({
            "site": "club", "grant": { "invite": code },
            "order": { "size": "small", "location": "ghent", "name": name, "domain": "ava.tf",
                       "git_url": null, "ssh_key": null, "private": false, "p2p": true,
                       "admin_email": null },
        });
        let post = client.post(format!("{}/v1/deployments", self.url));
        let post = post.header("Idempotency-Key", format!("a-key-of-our-own-{name}"));
        let made = post.json(&order).send().await.unwrap();
        let made: Deployment = made.error_for_status().unwrap().json().await.unwrap();
        Placed {
            at: format!("{}/v1/deployments/{}", self.url, made.id),
            capability: made.capability.unwrap(),
            client,
        }
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.id().unwrap().to_string();
        let kill = std::process::Command::new("kill")
            .args([name, &pid])
            .status();
        assert!(kill.unwrap().success());
    }
}

impl Placed {
    /// Waits until it is in this state or past it: some do not last. Meanwhile the service may have no
    /// database.
    pub async fn until(&self, wanted: State) {
        let waits = |state: Option<State>| state.is_none_or(|state| !is_reached(state, wanted));
        while waits(self.state().await) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Nothing when the service cannot say it now.
    async fn state(&self) -> Option<State> {
        let get = self.client.get(&self.at).bearer_auth(&self.capability);
        let answer = get.send().await.unwrap();
        if answer.status() == 503 {
            return None;
        }
        let shown: Deployment = answer.error_for_status().unwrap().json().await.unwrap();
        assert_ne!(shown.state, State::Failed, "{:?}", shown.failure);
        Some(shown.state)
    }
}

fn is_reached(state: State, wanted: State) -> bool {
    let taken_back = state == State::Unwinding && wanted != State::Deleted;
    assert!(!taken_back, "it is taken back instead of {wanted:?}");
    state as u8 >= wanted as u8
}

impl Operator {
    pub async fn new() -> Self {
        let operator = Self {
            peers: WholeGrid::start("ava.tf").await,
            home: tempfile::tempdir().unwrap(),
        };
        operator.mnemonic(0o600);
        operator.config("");
        operator
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn mnemonic(&self, mode: u32) {
        let path = self.path("mnemonic");
        let _ = fs::remove_file(&path);
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(mode).open(path);
        writeln!(file.unwrap(), "{MNEMONIC}").unwrap();
    }

    /// With more lines of `[grid]`.
    pub fn config(&self, more: &str) {
        self.config_with("", more);
    }

    /// With more lines at the top of the config, and of `[grid]`.
    pub fn config_with(&self, top: &str, more: &str) {
        let settings = self.peers.settings();
        let text = format!(
            "listen = \"127.0.0.1:0\"\ndata_dir = {data:?}\ndist = \"\"\n{top}network = \"dev\"\n\
             [grid]\nmnemonic_file = {mnemonic:?}\nchain = {chain:?}\nrelays = {relays:?}\n\
             directory = {directory:?}\nkyc = {kyc:?}\n{more}\n\
             [image]\nflist = \"https://hub.grid.tf/gridtube/peertube.flist\"\n\
             entrypoint = \"/sbin/gridtube-instance\"\n\
             [[sites]]\nid = \"club\"\nmode = \"invite\"\norigins = []\n\
             [[locations]]\nid = \"ghent\"\nname = \"Ghent\"\ncountry = \"BE\"\n\
             filter = {{ country = \"BE\", city = \"Ghent\" }}\n\
             [[sizes]]\nid = \"small\"\nvcpu = 2\nmemory_gib = 4\ndisk_gib = 50\n\
             video_hours = 20\nusd_month = \"1.00\"\n\
             [[domains]]\nid = \"ava.tf\"\nkind = \"gateway-name\"\n\
             [limits]\nreads_by_network = 1000000\n",
            data = self.path("data"),
            mnemonic = self.path("mnemonic"),
            chain = settings.chain,
            relays = settings.relays,
            directory = settings.directory,
            kyc = settings.kyc,
        );
        fs::write(self.path("gridtube.toml"), text).unwrap();
    }

    pub fn command(&self, what: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gridtube"));
        command.args(what.split(' ')).current_dir(self.home.path());
        command.kill_on_drop(true).stdin(Stdio::null());
        command
    }

    pub async fn run(&self, what: &str) -> Output {
        self.command(what).output().await.unwrap()
    }

    /// What a command that goes well prints.
    pub async fn says(&self, what: &str) -> String {
        let output = self.run(what).await;
        assert!(output.status.success(), "{what}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command that goes wrong prints, on both.
    pub async fn complains(&self, what: &str) -> (String, String) {
        let output = self.run(what).await;
        assert_eq!(output.status.code(), Some(1), "{what}: {output:?}");
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr))
    }

    /// The service, logging all there is to `log`.
    pub async fn serve(&self) -> Service {
        self.serve_logging_to("log").await
    }

    /// One of several processes.
    pub async fn serve_logging_to(&self, name: &str) -> Service {
        let log = fs::File::create(self.path(name)).unwrap();
        let mut command = self.command("serve");
        command.env("RUST_LOG", "trace").stderr(log);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap();
        let line =
            line.unwrap_or_else(|| panic!("{}", fs::read_to_string(self.path(name)).unwrap()));
        let url = line.strip_prefix("listening ").unwrap().to_owned();
        Service { child, url }
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap()
    }
}
