//! What a node has stored, and each workload's way through its states
//! (zosbase:pkg/provision/storage).

use std::collections::BTreeMap;

use serde_json::Value;
use tfgrid::deployment::{Deployment, State, Workload, WorkloadData, WorkloadResult};

use crate::unix_now;

/// An error in the node's words.
pub(super) type Words = String;

#[derive(Default)]
pub(super) struct Store {
    pub(super) deployments: BTreeMap<u64, Stored>,
    pub(super) stalled: bool,
    /// Said of the next workloads of a kind, in place of what would come of them.
    pub(super) spoiled: BTreeMap<String, String>,
}

pub(super) struct Stored {
    pub(super) deployment: Deployment,
    pub(super) history: Vec<Workload>,
    /// Still to be worked on.
    pub(super) pending: bool,
}

pub(super) fn create(store: &mut Store, mut deployment: Deployment) -> Result<(), Words> {
    if deployment.version != 0 {
        return Err("expected version to be 0 on deployment creation: invalid version".into());
    }
    if store.deployments.contains_key(&deployment.contract_id) {
        return Err("exists".into());
    }
    for workload in deployment.workloads.iter().filter(|w| is_network(w)) {
        let taken = store.deployments.values().any(|other| {
            other.deployment.twin_id == deployment.twin_id
                && is_active(other)
                && other
                    .deployment
                    .workloads
                    .iter()
                    .any(|w| is_network(w) && w.name == workload.name)
        });
        if taken {
            let name = &workload.name;
            return Err(format!(
                "global workload with the same name '{name}' exists: conflict"
            ));
        }
    }
    let history = begin(&mut deployment, |_| true);
    let contract = deployment.contract_id;
    let stored = Stored {
        deployment,
        history,
        pending: true,
    };
    store.deployments.insert(contract, stored);
    Ok(())
}

pub(super) fn replace(store: &mut Store, mut next: Deployment) -> Result<(), Words> {
    let stored = store.deployments.get_mut(&next.contract_id);
    let stored = stored.ok_or("deployment does not exist")?;
    let expected = stored.deployment.version + 1;
    if next.version != expected {
        return Err(format!(
            "expecting deployment version {expected}, got {}: upgrade validation error",
            next.version
        ));
    }
    let before = std::mem::take(&mut stored.deployment.workloads);
    for workload in &mut next.workloads {
        let old = before.iter().find(|old| old.name == workload.name);
        workload.result = old.and_then(|old| old.result.clone());
    }
    let version = next.version;
    let started = begin(&mut next, |workload| workload.version == version);
    stored.history.extend(started);
    stored.deployment = next;
    stored.pending = true;
    Ok(())
}

/// Marks workloads as queued; returns what the history gets.
fn begin(deployment: &mut Deployment, which: impl Fn(&Workload) -> bool) -> Vec<Workload> {
    let mut history = Vec::new();
    for workload in deployment.workloads.iter_mut().filter(|w| which(w)) {
        workload.result = Some(WorkloadResult {
            created: i64::try_from(unix_now()).expect("a time"),
            ..WorkloadResult::default()
        });
        history.push(workload.clone());
    }
    history
}

/// Gives a result to each workload that has none yet, or to all that are to be deleted.
pub(super) fn finish(stored: &mut Stored, outcome: impl Fn(&Workload) -> (State, String, Value)) {
    for workload in &mut stored.deployment.workloads {
        let (state, message, data) = outcome(workload);
        let queued = workload
            .result
            .as_ref()
            .is_none_or(|r| r.state == State::Init);
        if queued || state == State::Deleted {
            workload.result = Some(WorkloadResult {
                created: i64::try_from(unix_now()).expect("a time"),
                state,
                message,
                data,
            });
            stored.history.push(workload.clone());
        }
    }
}

fn is_network(workload: &Workload) -> bool {
    matches!(
        workload.data,
        WorkloadData::Network(_) | WorkloadData::NetworkLight(_)
    )
}

/// Something of it is neither deleted nor failed.
pub(super) fn is_active(stored: &Stored) -> bool {
    stored.deployment.workloads.iter().any(|workload| {
        let state = workload.result.as_ref().map(|result| result.state);
        !matches!(state, Some(State::Deleted | State::Error))
    })
}
