//! `/v1/deployments`: one verb a file.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod events;
pub(super) mod password;
pub(super) mod show;

use std::{collections::BTreeMap, sync::Mutex};

use axum::{
    extract::{FromRequestParts, Path},
    http::{header, request::Parts},
};
use order::api::{Deployment, State, Step, StepName};

use super::{App, Kind, Problem};
use crate::{
    store::{Record, StepRecord},
    time::rfc3339,
};

/// A deployment whose capability came with the request. A wrong one, and none, look like a
/// deployment that is not there.
pub(super) struct Owned(pub Record);

impl FromRequestParts<App> for Owned {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let hidden = || Problem::new(Kind::NotFound);
        let Path(id): Path<String> = Path::from_request_parts(parts, app)
            .await
            .map_err(|_| hidden())?;
        let bearer = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok());
        let capability = bearer
            .and_then(|v| v.strip_prefix("Bearer "))
            .ok_or_else(hidden)?;
        if !app.engine.secrets.allows(&id, capability) {
            return Err(hidden());
        }
        app.engine
            .store
            .get(&id)
            .await?
            .map(Self)
            .ok_or_else(hidden)
    }
}

/// The usual durations of the steps, read from the store at most once a minute.
#[derive(Debug, Default)]
pub struct Usual(Mutex<(u64, BTreeMap<StepName, u32>)>);

impl Usual {
    async fn seconds(&self, app: &App) -> Result<BTreeMap<StepName, u32>, Problem> {
        let now = app.engine.clock.now_ms();
        {
            let (at, seconds) = &*self.lock();
            if *at != 0 && now.saturating_sub(*at) < 60_000 {
                return Ok(seconds.clone());
            }
        }
        let seconds: BTreeMap<_, _> = app
            .engine
            .store
            .usual_seconds()
            .await?
            .into_iter()
            .collect();
        *self.lock() = (now, seconds.clone());
        Ok(seconds)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (u64, BTreeMap<StepName, u32>)> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Before there is a history: one block, a node's provisioning, PeerTube's first boot (INSTANCE).
fn default_seconds(name: StepName) -> u32 {
    match name {
        StepName::Contracts => 10,
        StepName::Machine => 30,
        StepName::Peertube => 60,
        StepName::Address => 20,
        StepName::Check => 5,
    }
}

/// The record as the visitor sees it.
pub(super) async fn resource(app: &App, record: &Record) -> Result<Deployment, Problem> {
    let usual = app.usual.seconds(app).await?;
    let step = |step: &StepRecord| Step {
        name: step.name,
        state: step.state,
        started_at: step.started_at.map(rfc3339),
        ended_at: step.ended_at.map(rfc3339),
        detail: step.detail.clone(),
        usual_seconds: usual
            .get(&step.name)
            .copied()
            .unwrap_or_else(|| default_seconds(step.name)),
    };
    let wants_ssh = record.order.ssh_key.is_some();
    let ssh = record
        .ipv6
        .as_ref()
        .filter(|_| wants_ssh)
        .map(|ip| format!("ssh root@{ip}"));
    // Its end was asked for: whoever follows it has something to wait for, although the engine may
    // not have seen it yet.
    let ending = record.cancel && !record.state.is_over();
    Ok(Deployment {
        id: record.id.clone(),
        state: if ending {
            State::Unwinding
        } else {
            record.state
        },
        address: record.address.clone(),
        url: app.engine.grid.site(&record.address).url,
        steps: record.steps.iter().map(step).collect(),
        created_at: rfc3339(record.created_at),
        ready_at: record.ready_at.map(rfc3339),
        failure: record.failure.clone(),
        ssh,
        ipv6: record.ipv6.clone(),
        password_available: record.password_available && record.is_settled(),
        last_event: record.last_event,
        capability: None,
    })
}
