//! `cargo xtask crash --kills N`: the real binary, killed at every named state and at any moment, with
//! its database on disk. After each life: as many contracts as deployments, paid once each; then they
//! are deleted, it is killed while it takes them down, and nothing may be left.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use harness::{
    client::{Access, ApiClient, STATES},
    gridtube::{Gridtube, Home, QUICK, Settings},
};
use reqwest::Method;
use tokio::time::sleep;

/// Deployments that are under way together.
const TOGETHER: usize = 3;
/// Homes that are played side by side.
const LANES: usize = 2;
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_millis(30);
/// Slow enough to be met at each state.
const METERED: &str = "block_ms = 700\nprovision_ms = 1500\nboot_ms = 1500\n";
/// Longer than a deployment takes by `QUICK`.
const LIFE_MS: u64 = 2500;

#[tokio::main]
async fn main() -> ExitCode {
    let wanted: Option<usize> = std::env::args().nth(1).and_then(|n| n.parse().ok());
    let Some(wanted) = wanted else {
        eprintln!("usage: gridtube-kills HOW-MANY");
        return ExitCode::FAILURE;
    };
    let begun = Instant::now();
    let lanes = (0..LANES).map(|lane| tokio::spawn(lane_of(lane, wanted / LANES)));
    let mut kills = 0;
    for lane in lanes.collect::<Vec<_>>() {
        match lane.await.map_err(anyhow::Error::from).flatten() {
            Ok(done) => kills += done,
            Err(error) => {
                eprintln!("gridtube-kills: {error:#}");
                return ExitCode::FAILURE;
            }
        }
    }
    let took = begun.elapsed().as_secs();
    println!("the real binary killed {kills} times in {took} s: nothing lost, doubled or left");
    ExitCode::SUCCESS
}

/// One home, through many lives.
async fn lane_of(lane: usize, wanted: usize) -> anyhow::Result<usize> {
    let mut rng = Rng(0x9e37_79b9 + lane as u64);
    let mut kills = 0;
    for round in 0.. {
        if kills >= wanted {
            break;
        }
        // By turns at a named state, where the clock leaves time to see it, and at any moment.
        let state = (round % 2 == 0).then(|| STATES[(round / 2) % (STATES.len() - 1)]);
        let mut play = Play::start(if state.is_some() { METERED } else { QUICK }).await?;
        let done = play.round(state, &mut rng).await;
        let at = state.unwrap_or("any moment");
        kills += done.with_context(|| {
            format!(
                "lane {lane}, round {round}, killed at {at}; it logged last:\n{}",
                play.home.last_logged()
            )
        })?;
    }
    Ok(kills)
}

struct Play {
    home: Home,
    service: Option<Gridtube>,
    kills: usize,
}

impl Play {
    async fn start(clock: &str) -> anyhow::Result<Self> {
        let mut home = Home::new(Settings {
            devgrid: clock.into(),
            more: "quarantine_days = 0\ndeployments_per_hour = 1000000\n".into(),
            ..Settings::default()
        })?;
        let service = Some(home.start().await?);
        Ok(Self {
            home,
            service,
            kills: 0,
        })
    }

    /// Orders, kills, looks, deletes, kills, looks.
    async fn round(&mut self, state: Option<&str>, rng: &mut Rng) -> anyhow::Result<usize> {
        let client = self.client()?;
        let mut ordered: Vec<Access> = vec![];
        for number in 0..TOGETHER {
            ordered.push(client.deploy(&format!("club{number}")).await?);
        }
        match state {
            Some(state) => drop(client.until(&ordered[0], state).await?),
            None => sleep(Duration::from_millis(rng.below(LIFE_MS))).await,
        }
        self.kill().await?;
        // Once more on the way up, now and then.
        if rng.below(2) == 0 {
            sleep(Duration::from_millis(rng.below(LIFE_MS / 4))).await;
            self.kill().await?;
        }
        let client = self.client()?;
        for access in &ordered {
            let ready = client.until(access, "ready").await?;
            ensure!(ready["failure"].is_null(), "{ready}");
        }
        let contracts = client.contracts().await?;
        ensure!(contracts.len() == 3 * TOGETHER, "{contracts:#?}");
        let paid = client.ledger().await?["nonce"].clone();
        ensure!(paid == TOGETHER as u64, "paid {paid} times for {TOGETHER}");

        for access in &ordered {
            let path = format!("/v1/deployments/{}", access.id);
            let delete = client.to(Method::DELETE, &path);
            delete
                .bearer_auth(&access.capability)
                .send()
                .await?
                .error_for_status()?;
        }
        sleep(Duration::from_millis(rng.below(LIFE_MS / 2))).await;
        self.kill().await?;
        let client = self.client()?;
        let begun = Instant::now();
        while !client.contracts().await?.is_empty() {
            if begun.elapsed() > PATIENCE {
                bail!("left and paid for: {:#?}", client.contracts().await?);
            }
            sleep(LOOK).await;
        }
        self.service.take().context("it runs")?.kill().await?;
        Ok(self.kills)
    }

    fn client(&self) -> anyhow::Result<ApiClient> {
        ApiClient::new(self.service.as_ref().context("it runs")?)
    }

    /// `kill -9`, and the next life.
    async fn kill(&mut self) -> anyhow::Result<()> {
        self.service.take().context("it runs")?.kill().await?;
        self.kills += 1;
        self.service = Some(self.home.start().await?);
        Ok(())
    }
}

/// Xorshift: the same moments at each run, as far as the machine allows.
struct Rng(u64);

impl Rng {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
