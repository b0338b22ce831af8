//! From a seed to a run.

use std::time::Duration;

use devgrid::{DevGridConfig, Faults};

use crate::{
    link::Chances,
    rng::Rng,
    scene::{Act, Crash, Scene, When},
    world::BY_FULL_NAME,
};

const NODES: [u32; 5] = [11, 12, 101, 102, 103];
const HOUR: i64 = 3_600_000;

/// The run of a seed.
pub fn scene(seed: u64) -> Scene {
    let mut rng = Rng::new(seed);
    let rng = &mut rng;
    let faults = faults(rng);
    let mut acts = visitors(rng);
    acts.extend(weather(rng, &faults));
    acts.sort_by_key(|(at, _)| *at);
    Scene {
        seed,
        grid: DevGridConfig {
            finality_lag: rng.below(7),
            era: rng.pick(&[4, 8, 16, 32, 64]),
            directory_lag: rng.below(11),
            // One in twenty operators has run out of money.
            balance: if rng.chance(0.05) {
                20_000_000
            } else {
                100_000_000_000
            },
            faults,
            ..DevGridConfig::default()
        },
        chances: chances(rng),
        crashes: (0..rng.pick(&[0, 1, 1, 2, 2, 3, 5, 8]))
            .map(|_| crash(rng))
            .collect(),
        acts,
        call_first: false,
    }
}

fn seconds(rng: &mut Rng, below: u64) -> Duration {
    Duration::from_millis(rng.below(below * 1_000))
}

/// Few names on few domains: they meet.
fn visitors(rng: &mut Rng) -> Vec<(Duration, Act)> {
    let mut acts = Vec::new();
    for n in 0..rng.pick(&[1, 1, 2, 2, 3, 4]) {
        let at = seconds(rng, 150);
        let id = format!("id{n}");
        acts.push((
            at,
            Act::Order {
                id: id.clone(),
                name: rng.pick(&["myclub", "ourclub", "theclub"]).into(),
                domain: rng.pick(&["ava.tf", "3x0.me", BY_FULL_NAME]).into(),
            },
        ));
        if rng.chance(0.4) {
            acts.push((at + seconds(rng, 300), Act::Cancel(id)));
        }
    }
    if rng.chance(0.1) {
        acts.push((seconds(rng, 60), Act::Stranger("myclub".into())));
    }
    acts
}

/// What is wrong with the grid all the time.
fn faults(rng: &mut Rng) -> Faults {
    let mut sick = |p| NODES.into_iter().filter(|_| rng.chance(p)).collect();
    Faults {
        broken_nodes: sick(0.06),
        deaf_nodes: sick(0.06),
        full_nodes: sick(0.06),
        slow_nodes: sick(0.1),
        silent_nodes: sick(0.06),
        lying_nodes: sick(0.06),
        seed: rng.draw(),
        gateway_broken: rng.chance(0.03),
        not_verified: rng.chance(0.02),
        lost_submit: rng.pick(&[0.0, 0.0, 0.3, 0.7, 0.95]),
        dispatch_failure: rng.pick(&[0.0, 0.0, 0.1, 0.4]),
        ..Faults::default()
    }
}

/// What goes wrong for a while.
fn weather(rng: &mut Rng, always: &Faults) -> Vec<(Duration, Act)> {
    let mut acts = Vec::new();
    let mut at = Duration::ZERO;
    for _ in 0..rng.pick(&[0, 0, 1, 1, 2, 3]) {
        let mut now = always.clone();
        match rng.below(6) {
            0..3 => now.chain_down = true,
            3 => now.directory_down = true,
            4 => now.deaf_nodes = NODES.into(),
            _ => now.not_verified = true,
        }
        at += seconds(rng, 200);
        acts.push((at, Act::Weather(now)));
        let long = rng.pick(&[10, 60, 300, 5_400]);
        at += seconds(rng, long);
        acts.push((at, Act::Weather(always.clone())));
    }
    acts
}

fn chances(rng: &mut Rng) -> Chances {
    Chances {
        pause: rng.pick(&[0.0, 0.3]),
        slow: rng.pick(&[0.0, 0.0, 0.02, 0.1]),
        call_lost: rng.pick(&[0.0, 0.0, 0.01, 0.05]),
        answer_lost: rng.pick(&[0.0, 0.0, 0.01, 0.05]),
        late: rng.pick(&[0.0, 0.0, 0.2, 0.6]),
        unwritten: rng.pick(&[0.0, 0.0, 0.01, 0.05]),
        unanswered: rng.pick(&[0.0, 0.0, 0.01, 0.05]),
    }
}

fn crash(rng: &mut Rng) -> Crash {
    let when = match rng.chance(0.7) {
        // As many early as late ones.
        true => {
            let magnitude = rng.below(10);
            When::Point((1 << magnitude) + rng.below(1 << magnitude))
        }
        false => When::After(seconds(rng, 300)),
    };
    let down = rng.pick(&[0, 1, 10, 60, 600, 10_800]);
    // Longer than the grid remembers what became of a batch.
    let down = if rng.chance(0.02) { 40 * 3_600 } else { down };
    Crash {
        when,
        down: Duration::from_secs(down),
        ahead: rng.pick(&[
            0,
            0,
            0,
            0,
            -10_000,
            -HOUR,
            -24 * HOUR,
            -8_760 * HOUR,
            24 * HOUR,
        ]),
        ghost: rng
            .chance(0.15)
            .then(|| (seconds(rng, 120), seconds(rng, 300))),
    }
}
