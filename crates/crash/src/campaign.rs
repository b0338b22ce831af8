//! Many runs on all processors, and how each can be had again.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    str::FromStr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use crate::{
    Finding, Kind, Scene,
    figures::Tally,
    placements::{cut, scenes},
    play, seeds,
};

/// One run, by name: `17`, `plain/40`, `two/40/12`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// A seed's.
    Seed(u64),
    /// A scene of [`scenes`], cut at these points.
    Cut(&'static str, Vec<u64>),
}

/// What many runs came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// All of them together.
    pub tally: Tally,
    /// Those that went wrong.
    pub findings: Vec<(Run, Finding)>,
}

impl Run {
    /// What it plays; the control records after it has called.
    pub fn scene(&self, control: bool) -> Scene {
        let scene = match self {
            Self::Seed(seed) => seeds::scene(*seed),
            Self::Cut(name, points) => {
                let known = scenes();
                let found = known.iter().find(|(n, _)| n == name);
                cut(&found.expect("a name from `scenes`").1, points)
            }
        };
        Scene {
            call_first: control,
            ..scene
        }
    }

    /// Plays it.
    pub fn play(&self, control: bool) -> (Tally, Result<(), Finding>) {
        play_safely(&self.scene(control))
    }
}

/// Every seed of a range.
pub fn seeds(from: u64, count: u64, control: bool) -> Outcome {
    let next = AtomicU64::new(from);
    on_all_processors(|outcome| {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= from + count {
                return;
            }
            outcome.add(Run::Seed(seed), control);
        }
    })
}

/// Every single place of every scene.
pub fn singles(control: bool) -> Outcome {
    let scenes = scenes();
    let next = AtomicUsize::new(0);
    on_all_processors(|outcome| {
        while let Some((name, _)) = scenes.get(next.fetch_add(1, Ordering::Relaxed)) {
            outcome.exhaust(name, &[], control);
        }
    })
}

/// Every two places of every scene. The second is counted from the start of the second process.
pub fn doubles(control: bool) -> Outcome {
    let scenes = scenes();
    let firsts = scenes.iter().flat_map(|(name, _)| {
        let last = Outcome::default().exhaust(name, &[], control);
        (1..=last).map(move |first| (*name, first))
    });
    let firsts: Vec<_> = firsts.collect();
    let next = AtomicUsize::new(0);
    on_all_processors(|outcome| {
        while let Some((name, first)) = firsts.get(next.fetch_add(1, Ordering::Relaxed)) {
            outcome.exhaust(name, &[*first], control);
        }
    })
}

impl Outcome {
    fn add(&mut self, run: Run, control: bool) -> u64 {
        let (tally, result) = run.play(control);
        self.tally += tally;
        if let Err(finding) = result {
            self.findings.push((run, finding));
        }
        tally.crashes
    }

    /// Adds a crash after these, one place further each run, until the run ends before it. Gives how
    /// many places there are.
    fn exhaust(&mut self, name: &'static str, before: &[u64], control: bool) -> u64 {
        let mut point = 1;
        loop {
            let places = [before, &[point]].concat();
            let crashes = self.add(Run::Cut(name, places), control);
            if crashes <= before.len() as u64 {
                return point - 1;
            }
            point += 1;
        }
    }
}

/// A panic is a finding, too.
fn play_safely(scene: &Scene) -> (Tally, Result<(), Finding>) {
    catch_unwind(AssertUnwindSafe(|| play(scene))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or(panic.downcast_ref::<&str>().copied());
        let what = text.unwrap_or("no words");
        (Tally::default(), Err(Finding::new(Kind::Panic, what)))
    })
}

fn on_all_processors(work: impl Fn(&mut Outcome) + Sync) -> Outcome {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let all = Mutex::new(Outcome::default());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut own = Outcome::default();
                work(&mut own);
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                all.tally += own.tally;
                all.findings.append(&mut own.findings);
            });
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seed(seed) => write!(f, "{seed}"),
            Self::Cut(name, points) => {
                f.write_str(name)?;
                points.iter().try_for_each(|point| write!(f, "/{point}"))
            }
        }
    }
}

impl FromStr for Run {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(seed) = text.parse() {
            return Ok(Self::Seed(seed));
        }
        let mut parts = text.split('/');
        let name = parts.next().unwrap_or_default();
        let names = || scenes().into_iter().map(|(name, _)| name);
        let Some(name) = names().find(|known| *known == name) else {
            let names: Vec<_> = names().collect();
            return Err(format!("give a seed, or one of {names:?} with /places"));
        };
        let points = parts.map(|p| p.parse::<u64>().map_err(|e| format!("{p}: {e}")));
        Ok(Self::Cut(name, points.collect::<Result<_, _>>()?))
    }
}
