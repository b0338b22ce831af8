//! Runs a scene: the service, stopped and started; around it what happens; at the end the verdict.

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use api::{
    engine::{Hints, Worker},
    store::Store,
};
use grid::Clock;
use tokio::sync::watch;

use crate::{
    Act, Crash, Finding, Fuse, Kind, Scene, When, World,
    cut::Disk,
    figures::Tally,
    verdict::{judge, judge_emptiness},
};

/// Virtual time ends a run that never would: longer than all patience of the engine together.
const FOREVER: Duration = Duration::from_secs(4 * 60 * 60);
const LOOK: Duration = Duration::from_secs(15);

/// Runs a scene in a runtime of its own. The same scene gives the same run.
///
/// # Errors
/// What should not be, with what the run had come to.
pub fn play(scene: &Scene) -> (Tally, Result<(), Finding>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let show = Show::new(scene);
        let result = tokio::select! {
            biased;
            verdict = show.story(scene) => verdict,
            never = show.service(scene) => match never {},
        };
        (show.tally().await, result)
    })
}

struct Show {
    world: World,
    hints: Mutex<Hints>,
    /// When something last happened that the engine has to get over, the true time.
    disturbed: AtomicU64,
    crashes: AtomicU64,
    points: AtomicU64,
    /// No process is ever told to stop: none is so lucky. So this must not be dropped before them.
    stop: watch::Sender<bool>,
    begun: u64,
}

impl Show {
    fn new(scene: &Scene) -> Self {
        let disk = match scene.call_first {
            true => Disk::that_records_after_the_call(),
            false => Disk::default(),
        };
        let world = World::with(scene.grid.clone(), scene.seed, scene.chances, disk);
        let begun = world.clock.now_ms();
        Self {
            world,
            hints: Mutex::default(),
            disturbed: AtomicU64::new(begun),
            crashes: AtomicU64::new(0),
            points: AtomicU64::new(0),
            stop: watch::Sender::new(false),
            begun,
        }
    }

    /// What happens around the service; then everything must come to rest, and be right.
    async fn story(&self, scene: &Scene) -> Result<(), Finding> {
        let mut then = Duration::ZERO;
        for (at, act) in &scene.acts {
            self.world.clock.sleep(*at - then).await;
            then = *at;
            self.act(act).await;
        }
        self.rest().await?;
        judge(&self.world).await?;

        tracing::info!("everything is as it should be; now all is ended");
        for record in self.world.disk.store().list(100).await.unwrap_or_default() {
            self.act(&Act::Cancel(record.id)).await;
        }
        self.rest().await?;
        judge(&self.world).await?;
        judge_emptiness(&self.world)
    }

    async fn act(&self, act: &Act) {
        tracing::info!(at = self.now() - self.begun, ?act);
        self.disturb();
        let hints = self.hints().clone();
        match act {
            Act::Order { id, name, domain } => {
                let _ = self.world.order(id, name, domain).await;
                hints.wanted(id);
            }
            Act::Cancel(id) => {
                let _ = self.world.disk.request_cancel(id).await;
                hints.wanted(id);
            }
            Act::Weather(faults) => self.world.grid.set_faults(faults.clone()),
            // Somebody may have it.
            Act::Stranger(name) => drop(self.world.grid.take_name(name)),
        }
    }

    /// Returns once nothing is left to do, and nothing that is still on its way can arrive.
    async fn rest(&self) -> Result<(), Finding> {
        let config = self.world.config();
        let blocks = 2 * config.era + config.finality_lag + 4;
        loop {
            let open = self.world.disk.store().open().await.unwrap_or_default();
            if open.is_empty() {
                break;
            }
            let disturbed = self.disturbed.load(Ordering::Relaxed);
            if self.now().saturating_sub(disturbed) > millis(FOREVER) {
                let why = format!("after {FOREVER:?} there is still something to do: {open:?}");
                return Err(Finding::new(Kind::Stuck, why));
            }
            self.world.clock.sleep(LOOK).await;
        }
        self.world.nerves.set_idle(true);
        let blocks = u32::try_from(blocks).unwrap_or(u32::MAX);
        self.world.clock.sleep(config.block * blocks).await;
        self.world.nerves.set_idle(false);
        Ok(())
    }

    /// The service: one process after the other.
    async fn service(&self, scene: &Scene) -> Infallible {
        let mut ahead = 0;
        for crash in &scene.crashes {
            let points = match crash.when {
                When::Point(point) => point,
                When::After(_) => 0,
            };
            let process = Process::start(self, points, ahead);
            match crash.when {
                When::Point(_) => process.fuse.stopped().await,
                When::After(long) => self.world.clock.sleep(long).await,
            }
            ahead = crash.ahead;
            self.crash(process, crash).await;
        }
        let _last = Process::start(self, 0, ahead);
        std::future::pending().await
    }

    async fn crash(&self, process: Process<'_>, crash: &Crash) {
        tracing::info!(at = self.now() - self.begun, ?crash);
        self.crashes.fetch_add(1, Ordering::Relaxed);
        process.fuse.stop();
        match crash.ghost {
            None => drop(process),
            Some((asleep, awake)) => process.haunt(asleep, awake),
        }
        self.world.disk.crash();
        let up = self.now() + millis(crash.down);
        self.disturbed.store(up, Ordering::Relaxed);
        self.world.clock.sleep(crash.down).await;
    }

    async fn tally(&self) -> Tally {
        let (store, ledger) = (self.world.disk.store(), self.world.grid.ledger());
        let mut tally = Tally {
            runs: 1,
            crashes: self.crashes.load(Ordering::Relaxed),
            points: self.points.load(Ordering::Relaxed),
            virtual_ms: self.now() - self.begun,
            batches: ledger.nonce,
            contracts: self.world.ever() as u64,
            ..Tally::default()
        };
        for record in store.list(100).await.unwrap_or_default() {
            tally.orders += 1;
            tally.ready += u64::from(record.ready_at.is_some());
            tally.failed += u64::from(record.failure.is_some());
            tally.mark(&record.failure);
            tally.mark(&store.events(&record.id, 0).await.unwrap_or_default());
        }
        tally.mark(&ledger);
        tally.mark(&tally.points.clone());
        tally
    }

    fn hints(&self) -> std::sync::MutexGuard<'_, Hints> {
        self.hints.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn disturb(&self) {
        self.disturbed.fetch_max(self.now(), Ordering::Relaxed);
    }

    fn now(&self) -> u64 {
        self.world.clock.now_ms()
    }
}

/// A process; dropped, it is gone in the middle of whatever it did.
struct Process<'a> {
    show: &'a Show,
    fuse: Arc<Fuse>,
    task: Option<tokio::task::JoinHandle<()>>,
}

impl<'a> Process<'a> {
    fn start(show: &'a Show, points: u64, ahead: i64) -> Self {
        let fuse = Arc::new(Fuse::lasting(points));
        let engine = show.world.boot(&fuse, ahead);
        *show.hints() = engine.hints.clone();
        show.disturb();
        let task = tokio::spawn(Worker::new(engine, show.stop.subscribe()).run());
        Self {
            show,
            fuse,
            task: Some(task),
        }
    }

    /// Goes on later, beside its successor, and does not know.
    fn haunt(mut self, asleep: Duration, awake: Duration) {
        let task = self.task.take();
        let fuse = Arc::clone(&self.fuse);
        tokio::spawn(async move {
            tokio::time::sleep(asleep).await;
            fuse.thaw();
            tokio::time::sleep(awake).await;
            task.inspect(tokio::task::JoinHandle::abort);
        });
    }
}

impl Drop for Process<'_> {
    fn drop(&mut self) {
        self.show
            .points
            .fetch_add(self.fuse.passed(), Ordering::Relaxed);
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
