//! A crash at every await, and two crashes at every two.

use std::time::Duration;

use devgrid::{DevGridConfig, Faults};

use crate::{Act, Crash, Scene, link::Chances, world::BY_FULL_NAME};

/// The scenes that are cut everywhere, by name.
pub fn scenes() -> Vec<(&'static str, Scene)> {
    let faults = Faults::default;
    let late = Chances {
        late: 0.5,
        ..Chances::default()
    };
    let with = |faults| Scene {
        grid: DevGridConfig {
            faults,
            era: 8,
            // Two looks at each thing that is waited for: more of them are all alike.
            provision: Duration::from_secs(4),
            boot: Duration::from_secs(3),
            ..DevGridConfig::default()
        },
        acts: vec![order(0, "a", "myclub", "ava.tf")],
        ..Scene::default()
    };
    let mut cancelled = with(faults());
    cancelled
        .acts
        .push((Duration::from_secs(8), Act::Cancel("a".into())));
    let mut hasty = with(faults());
    hasty
        .acts
        .push((Duration::from_secs(5), Act::Cancel("a".into())));
    let mut two = with(faults());
    two.acts.push(order(1, "b", "myclub", "3x0.me"));
    let broken = Faults {
        broken_nodes: vec![11, 12],
        ..faults()
    };
    let lossy = Faults {
        seed: 3,
        lost_submit: 0.5,
        ..faults()
    };
    let refusing = Faults {
        seed: 5,
        dispatch_failure: 0.5,
        ..faults()
    };
    let mut by_full_name = with(faults());
    by_full_name.acts = vec![order(0, "a", "myclub", BY_FULL_NAME)];
    let tardy = Scene {
        chances: late,
        seed: 7,
        ..with(faults())
    };
    vec![
        ("plain", with(faults())),
        ("cancelled", cancelled),
        ("hasty", hasty),
        ("broken", with(broken)),
        ("lossy", with(lossy)),
        ("refusing", with(refusing)),
        ("tardy", tardy),
        ("full-name", by_full_name),
        ("two", two),
    ]
}

/// The scene with these crashes, each counted from the start of its process.
pub fn cut(scene: &Scene, at: &[u64]) -> Scene {
    Scene {
        crashes: at.iter().copied().map(Crash::at).collect(),
        ..scene.clone()
    }
}

fn order(at: u64, id: &str, name: &str, domain: &str) -> (Duration, Act) {
    let act = Act::Order {
        id: id.into(),
        name: name.into(),
        domain: domain.into(),
    };
    (Duration::from_secs(at), act)
}
