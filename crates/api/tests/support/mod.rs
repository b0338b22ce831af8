//! The world of `crash`, driven by hand: one step of the engine after the other.

use std::{ops::Deref, sync::Arc, time::Duration};

use api::{
    engine::{Engine, Next},
    store::{MemoryStore, Record, Store},
};
use crash::Fuse;
#[allow(unused_imports)] // by some
pub use crash::world::draft;
use devgrid::{DevGridConfig, Faults};
use grid::Clock;
use order::api::State;

/// Virtual time ends a test that never would.
pub const FOREVER: u64 = 4 * 60 * 60 * 1000;

pub struct World {
    world: crash::World,
    pub engine: Arc<Engine>,
    pub store: Arc<MemoryStore>,
}

impl Deref for World {
    type Target = crash::World;

    fn deref(&self) -> &crash::World {
        &self.world
    }
}

impl World {
    pub fn new(config: DevGridConfig) -> Self {
        let mut world = crash::World::new(config);
        // Driven by hand, one waits for nobody.
        world.places = usize::from(u8::MAX);
        Self {
            engine: world.boot(&Arc::new(Fuse::lasting(0)), 0),
            store: world.disk.store(),
            world,
        }
    }

    pub fn with_faults(faults: Faults) -> Self {
        Self::new(DevGridConfig {
            faults,
            ..DevGridConfig::default()
        })
    }

    /// Starts the service again, its clock ahead by so many milliseconds, or behind.
    pub fn restart(&mut self, ahead: i64) {
        self.engine = self.world.boot(&Arc::new(Fuse::lasting(0)), ahead);
    }

    pub async fn order(&self, id: &str, name: &str) -> Record {
        self.order_on(id, name, "ava.tf").await
    }

    pub async fn order_on(&self, id: &str, name: &str, domain: &str) -> Record {
        let ordered = self.world.order(id, name, domain).await.unwrap();
        ordered.expect("a free address")
    }

    pub async fn get(&self, id: &str) -> Record {
        self.store.get(id).await.unwrap().unwrap()
    }

    /// Does the next thing as the worker would: errors are tried again.
    pub async fn step(&self, id: &str) -> Next {
        match self.engine.reconcile(id).await {
            Ok(Next::In(wait)) => {
                self.clock.sleep(wait).await;
                Next::Now
            }
            Ok(next) => next,
            Err(_) => {
                self.clock.sleep(Duration::from_secs(5)).await;
                Next::Now
            }
        }
    }

    /// Until it is in this state; panics when it ends or takes hours before.
    pub async fn until(&self, id: &str, state: State) -> Record {
        let start = self.clock.now_ms();
        loop {
            let record = self.get(id).await;
            if record.state == state {
                return record;
            }
            assert!(
                self.clock.now_ms() - start < FOREVER,
                "still {:?}",
                record.state
            );
            let next = self.step(id).await;
            let after = self.get(id).await;
            assert!(
                next != Next::Done || after.state == state,
                "ended {after:?}"
            );
        }
    }

    /// Until nothing is left to do.
    pub async fn finish(&self, id: &str) -> Record {
        let start = self.clock.now_ms();
        while self.step(id).await != Next::Done {
            assert!(
                self.clock.now_ms() - start < FOREVER,
                "{:?}",
                self.get(id).await.state
            );
        }
        self.get(id).await
    }
}
