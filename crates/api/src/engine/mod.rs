//! The deployment engine.
//!
//! One promise: whatever crashes, whenever, a deployment ends either ready or gone, is made once,
//! and leaves no contract behind. It is level-triggered: [`Engine::reconcile`] looks at the record
//! and at the grid, does one thing, writes it down, and says when to look again. Nothing is
//! remembered between two calls, so a crash between any two awaits changes nothing.
//!
//! Clock, randomness, grid, store and probe come in from outside.

mod blueprint;
mod hints;
mod line;
mod meters;
mod nodes;
mod payment;
mod preflight;
mod probe;
mod survey;
mod sweep;
mod unwind;
mod worker;

use std::{sync::Arc, time::Duration};

use base64ct::{Base64, Encoding};
use grid::{At, Clock, Found, Grid, GridError, Plan};
use order::api::{Event, Failure, FailureCode, State, StepName, StepState};

use crate::{
    entropy::Entropy,
    offers::Offers,
    secrets::{SecretError, Secrets},
    store::{Changes, IntentChange, Record, Store, StoreError},
};

pub use blueprint::BlueprintError;
pub use hints::{Hints, Watching};
pub use line::Line;
pub use meters::{BUCKETS, Histogram, Look, Meters};
pub use probe::{Health, HttpProbe, Probe};
pub use survey::{Claim, Owner, Survey};
pub use sweep::Sweeper;
pub use worker::Worker;

/// The engine and all that it needs.
pub struct Engine {
    /// The grid that is deployed on.
    pub grid: Arc<dyn Grid>,
    /// Where deployments live.
    pub store: Arc<dyn Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// How it is seen that an instance answers.
    pub probe: Arc<dyn Probe>,
    /// What is stored sealed.
    pub secrets: Arc<Secrets>,
    /// What is on offer, in the grid's terms.
    pub offers: Arc<Offers>,
    /// Who is told that something changed.
    pub hints: Hints,
    /// Who is prepared now.
    pub line: Line,
    /// What it counts.
    pub meters: Arc<Meters>,
    /// How patient it is.
    pub patience: Patience,
}

/// How long things may take before they are given up, and how often the engine looks.
#[derive(Debug, Clone)]
pub struct Patience {
    /// Between two looks at nodes and instance.
    pub poll: Duration,
    /// The first wait after an error; doubles up to a minute.
    pub backoff: Duration,
    /// For a grid that does not answer the preflight, and for the payment.
    pub payment: Duration,
    /// For the nodes to have everything running.
    pub machine: Duration,
    /// For the instance to answer over its public address.
    pub answering: Duration,
    /// Paying batches signed for one deployment at most.
    pub paid_calls: u32,
    /// Between two looks of the sweeper.
    pub sweep: Duration,
    /// Finalized blocks for which something must look left behind before it is swept: longer than a
    /// signed batch may wait (32), so that nothing is on its way any more.
    pub sweep_era: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(2),
            backoff: Duration::from_secs(1),
            payment: Duration::from_secs(300),
            machine: Duration::from_secs(900),
            answering: Duration::from_secs(600),
            paid_calls: 3,
            sweep: Duration::from_secs(600),
            sweep_era: 64,
        }
    }
}

impl Patience {
    /// How long a deployment may stay in this state; zero where it may stay for ever.
    fn of(&self, state: State) -> Duration {
        match state {
            State::Preflight | State::Planned | State::Paying => self.payment,
            State::Sent | State::Starting => self.machine,
            State::Verifying => self.answering,
            // Nothing ends it; it is only said aloud.
            State::Unwinding => Duration::from_secs(15 * 60),
            State::Requested | State::Ready | State::Failed | State::Deleted => Duration::ZERO,
        }
    }
}

/// When to look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// At once.
    Now,
    /// After this long, or when something changes.
    In(Duration),
    /// When it has a place in the line, or something changes.
    Line,
    /// Nothing is left to do.
    Done,
}

/// Why a step of the engine did not end; it is tried again.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The grid.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// A sealed plan.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A plan or order that cannot be read back.
    #[error("a stored plan cannot be read: {0}")]
    Plan(#[from] serde_json::Error),
    /// An order that the config no longer offers.
    #[error(transparent)]
    Blueprint(#[from] BlueprintError),
}

impl Engine {
    /// Does the next thing for one deployment.
    ///
    /// # Errors
    /// When it could not: nothing is lost, call it again after a while.
    pub async fn reconcile(&self, id: &str) -> Result<Next, EngineError> {
        match self.store.get(id).await? {
            Some(record) => self.act_on(record).await,
            None => Ok(Next::Done),
        }
    }

    async fn act_on(&self, mut record: Record) -> Result<Next, EngineError> {
        let stop = record.cancel && !record.state.is_over() && record.state != State::Unwinding;
        if stop {
            return self.begin_unwinding(record, None, None).await;
        }
        if self.clock_went_back(&record) {
            record.deadline = self.deadline(record.state);
            self.save(&mut record, [], None).await?;
        }
        match record.state {
            State::Requested => self.begin_preflight(record).await,
            State::Preflight => self.preflight(record).await,
            State::Planned => self.sign_payment(record).await,
            State::Paying => self.settle_payment(record).await,
            State::Sent => self.send_to_nodes(record).await,
            State::Starting => self.watch_nodes(record).await,
            State::Verifying => self.verify(record).await,
            State::Unwinding => self.unwind(record).await,
            State::Ready => Ok(Next::Done),
            State::Failed | State::Deleted => self.settle_leftovers(record).await,
        }
    }

    fn now(&self) -> u64 {
        self.clock.now_ms()
    }

    /// Whether the present state has lasted too long.
    fn is_late(&self, record: &Record) -> bool {
        self.now() >= record.deadline
    }

    fn deadline(&self, state: State) -> u64 {
        self.now() + millis(self.patience.of(state))
    }

    /// Whether the deadline was set by a clock that was ahead of this one: kept, a state that may
    /// last minutes could last a year.
    fn clock_went_back(&self, record: &Record) -> bool {
        !self.patience.of(record.state).is_zero()
            && record.deadline > self.deadline(record.state) + millis(CLOCKS_DIFFER)
    }

    /// What of the plan exists at one block and is this deployment's. A name contract does not say
    /// whose it is, and two orders may want one name on two domains: it is this one's if its nodes'
    /// contracts are there, for the batch that made them is all or nothing, or if it was seen with
    /// them before.
    async fn find(&self, record: &Record, plan: &Plan, at: At) -> Result<Found, GridError> {
        let mut found = self.grid.find(plan, at).await?;
        let seen_before = found.name == record.contracts.name;
        if found.machine.is_none() && found.gateway.is_none() && !seen_before {
            found.name = None;
        }
        Ok(found)
    }

    async fn save(
        &self,
        record: &mut Record,
        events: impl IntoIterator<Item = Option<Event>>,
        intent: Option<IntentChange>,
    ) -> Result<(), EngineError> {
        let events: Vec<Event> = events.into_iter().flatten().collect();
        let done = |event: &Event| {
            event
                .step
                .filter(|_| event.step_state == Some(StepState::Done))
        };
        let done: Vec<StepName> = events.iter().filter_map(done).collect();
        let frees = matches!(
            intent,
            Some(IntentChange::Included(_) | IntentChange::Closed(_))
        );
        let changes = Changes {
            events,
            intent,
            password: None,
        };
        self.store.save(record, changes).await?;
        if !matches!(record.state, State::Preflight | State::Planned) {
            self.line.leave(&record.id);
        }
        if frees {
            self.hints.signer_is_free();
        }
        for name in done {
            self.meters.step(name, record.took(name));
        }
        self.hints.changed(&record.id);
        Ok(())
    }

    /// Enters a state and writes that down with what happened to steps.
    async fn enter<const N: usize>(
        &self,
        record: &mut Record,
        state: State,
        steps: [(StepName, StepState, &str); N],
        intent: Option<IntentChange>,
    ) -> Result<(), EngineError> {
        let now = self.now();
        record.enter(state, self.deadline(state));
        let events = steps.map(|(name, state, detail)| {
            record.step(name, state, (!detail.is_empty()).then_some(detail), now)
        });
        let state_alone = events
            .iter()
            .all(Option::is_none)
            .then(|| record.state_event(None, now));
        self.save(record, events.into_iter().chain([state_alone]), intent)
            .await
    }

    /// Fails the deployment: from here on it is only taken down.
    async fn fail(
        &self,
        record: Record,
        step: StepName,
        code: FailureCode,
        message: impl Into<String>,
    ) -> Result<Next, EngineError> {
        let paid = record.contracts != crate::store::Contracts::default();
        let failure = Failure {
            step,
            code,
            message: message.into(),
            paid,
        };
        self.begin_unwinding(record, Some(failure), None).await
    }

    fn open_plan(&self, record: &Record) -> Result<Option<Plan>, EngineError> {
        let Some(sealed) = &record.plan else {
            return Ok(None);
        };
        let sealed = Base64::decode_vec(sealed).map_err(|_| SecretError::Unseal)?;
        let text = self.secrets.unseal(&record.id, &sealed)?;
        Ok(Some(serde_json::from_slice(&text)?))
    }

    fn seal_plan(&self, record: &mut Record, plan: &Plan) -> Result<(), EngineError> {
        let text = zeroize::Zeroizing::new(serde_json::to_vec(plan)?);
        let sealed = self.secrets.seal(&record.id, &text, &*self.entropy)?;
        record.plan = Some(Base64::encode_string(&sealed));
        Ok(())
    }

    /// The wait before the n-th try: doubles, a minute at most.
    fn backoff(&self, tries: u32) -> Duration {
        (self.patience.backoff * 2_u32.saturating_pow(tries.min(10))).min(Duration::from_secs(60))
    }
}

/// Clocks of several machines do.
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
