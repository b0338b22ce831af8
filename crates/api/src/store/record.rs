//! One deployment as the store keeps it.

use grid::{ContractId, Found, SignedBatch};
use order::api::{Event, Failure, State, StepName, StepState};
use order::{Order, OrderDraft};
use serde::{Deserialize, Serialize};

use crate::time::rfc3339;

/// A deployment, whole. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// Counts the writes; a write with an older one is refused.
    pub version: i64,
    /// The site it was asked for on.
    pub site: String,
    /// What was ordered, in canonical spelling.
    pub order: OrderDraft,
    /// The commit of the settings repository that was checked.
    pub git_commit: Option<String>,
    /// `name.domain`
    pub address: String,
    /// Where it stands.
    pub state: State,
    /// Somebody asked for its end.
    #[serde(skip)]
    pub cancel: bool,
    /// The admin password can still be revealed.
    #[serde(skip)]
    pub password_available: bool,
    /// The steps the visitor sees.
    pub steps: Vec<StepRecord>,
    /// The plan, sealed. Without the nodes' texts once it is ready: hashes are enough to end it.
    pub plan: Option<String>,
    /// The contracts seen in a block.
    pub contracts: Contracts,
    /// Nodes that were tried and would not do.
    pub refused_nodes: Vec<u32>,
    /// How often a paying batch was signed.
    pub paid_calls: u32,
    /// What went wrong.
    pub failure: Option<Failure>,
    /// The machine's public address.
    pub ipv6: Option<String>,
    /// When it was asked for.
    pub created_at: u64,
    /// When it was ready.
    pub ready_at: Option<u64>,
    /// When nothing was left of it.
    pub ended_at: Option<u64>,
    /// Until when the present state may last.
    pub deadline: u64,
    /// Tries of what is being tried now; for the back-off.
    pub tries: u32,
    /// Batches whose outcome is not final, oldest first.
    #[serde(skip)]
    pub intents: Vec<Intent>,
    /// The number of its last event.
    #[serde(skip)]
    pub last_event: u64,
}

/// A step as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// Which.
    pub name: StepName,
    /// Where it stands.
    pub state: StepState,
    /// When it began.
    pub started_at: Option<u64>,
    /// When it ended.
    pub ended_at: Option<u64>,
    /// What is happening, in words.
    pub detail: Option<String>,
}

/// The contracts of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contracts {
    /// The name's.
    pub name: Option<ContractId>,
    /// The machine's node's.
    pub machine: Option<ContractId>,
    /// The gateway's node's.
    pub gateway: Option<ContractId>,
}

/// A signed batch in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Its number.
    pub id: i64,
    /// What for.
    pub kind: IntentKind,
    /// How far it is known to have come.
    pub state: IntentState,
    /// What was signed.
    pub batch: SignedBatch,
}

/// What a batch is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntentKind {
    /// It creates the contracts.
    Pay,
    /// It cancels them.
    Cancel,
}

/// How far a batch is known to have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntentState {
    /// It may have been sent.
    Open,
    /// Seen in a block.
    Included,
    /// Final.
    Closed,
}

impl Record {
    /// A deployment that was just asked for.
    pub fn new(
        id: String,
        site: String,
        order: &Order,
        git_commit: Option<String>,
        now: u64,
    ) -> Self {
        let steps = StepName::ALL.map(|name| StepRecord {
            name,
            state: StepState::Pending,
            started_at: None,
            ended_at: None,
            detail: None,
        });
        Self {
            id,
            version: 0,
            site,
            order: order.to_draft(),
            git_commit,
            address: order.address(),
            state: State::Requested,
            cancel: false,
            password_available: false,
            steps: steps.into(),
            plan: None,
            contracts: Contracts::default(),
            refused_nodes: Vec::new(),
            paid_calls: 0,
            failure: None,
            ipv6: None,
            created_at: now,
            ready_at: None,
            ended_at: None,
            deadline: 0,
            tries: 0,
            intents: Vec::new(),
            last_event: 0,
        }
    }

    /// Nothing more happens by itself: it is over, or ready and nobody asked for its end.
    pub fn is_settled(&self) -> bool {
        self.state.is_over() || (self.state == State::Ready && !self.cancel)
    }

    /// The batch of this kind whose outcome is not final.
    pub fn intent(&self, kind: IntentKind) -> Option<&Intent> {
        self.intents.iter().rev().find(|i| i.kind == kind)
    }

    /// Moves to another state, until this time at most.
    pub fn enter(&mut self, state: State, deadline: u64) {
        self.state = state;
        self.deadline = deadline;
        self.tries = 0;
    }

    /// Changes a step; gives the event to append, or `None` when nothing changed.
    pub fn step(
        &mut self,
        name: StepName,
        state: StepState,
        detail: Option<&str>,
        now: u64,
    ) -> Option<Event> {
        let step = self.steps.iter_mut().find(|s| s.name == name)?;
        let detail = detail.map(str::to_owned);
        if step.state == state && (detail.is_none() || step.detail == detail) {
            return None;
        }
        if state != StepState::Pending && step.started_at.is_none() {
            step.started_at = Some(now);
        }
        if matches!(state, StepState::Done | StepState::Failed) {
            step.ended_at = Some(now);
        }
        step.state = state;
        step.detail = detail.clone();
        Some(Event {
            state: self.state,
            step: Some(name),
            step_state: Some(state),
            detail,
            at: rfc3339(now),
        })
    }

    /// How long a step took that has ended, milliseconds; nothing where it has not.
    pub fn took(&self, name: StepName) -> u64 {
        let step = self.steps.iter().find(|s| s.name == name);
        let times = step.and_then(|s| Some((s.started_at?, s.ended_at?)));
        times.map_or(0, |(from, to)| to.saturating_sub(from))
    }

    /// The event that tells of a new state alone.
    pub fn state_event(&self, detail: Option<&str>, now: u64) -> Event {
        Event {
            state: self.state,
            step: None,
            step_state: None,
            detail: detail.map(str::to_owned),
            at: rfc3339(now),
        }
    }

    /// The step that is going on, the last one begun.
    pub fn current_step(&self) -> StepName {
        let running = |s: &&StepRecord| s.state == StepState::Running;
        self.steps
            .iter()
            .rev()
            .find(running)
            .map_or(StepName::Contracts, |s| s.name)
    }
}

impl From<&Found> for Contracts {
    fn from(found: &Found) -> Self {
        Self {
            name: found.name,
            machine: found.machine,
            gateway: found.gateway,
        }
    }
}

impl Contracts {
    /// The contracts' numbers.
    pub fn ids(&self) -> Vec<ContractId> {
        let all = [self.name, self.machine, self.gateway];
        all.into_iter().flatten().collect()
    }

    /// Takes in what was found; what is gone is not forgotten.
    pub fn saw(&mut self, found: &Found) {
        self.name = found.name.or(self.name);
        self.machine = found.machine.or(self.machine);
        self.gateway = found.gateway.or(self.gateway);
    }
}

impl IntentKind {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Cancel => "cancel",
        }
    }
}
