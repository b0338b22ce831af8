//! Before anything is paid: find a place that will do, and fix the plan.

use base64ct::{Base64UrlUnpadded, Encoding};
use grid::{Placement, PreflightError, Want};
use order::api::{FailureCode, State, StepName, StepState};
use words::Reply;

use super::{Engine, EngineError, Next};
use crate::{
    entropy::random,
    store::{Changes, Record},
};

/// How a placement did.
enum Verdict {
    Good,
    /// Another one may do.
    Elsewhere,
    Failed(FailureCode, &'static str),
    AskAgain,
}

impl Engine {
    pub(super) async fn begin_preflight(&self, mut record: Record) -> Result<Next, EngineError> {
        if !self.line.takes(&record.id) {
            return Ok(Next::Line);
        }
        let step = (
            StepName::Contracts,
            StepState::Running,
            Reply::AskingGrid.english(),
        );
        self.enter(&mut record, State::Preflight, [step], None)
            .await?;
        Ok(Next::Now)
    }

    pub(super) async fn preflight(&self, mut record: Record) -> Result<Next, EngineError> {
        let step = StepName::Contracts;
        if self.is_late(&record) {
            let why = Reply::NobodyAnswers.english();
            return self
                .fail(record, step, FailureCode::GridUnreachable, why)
                .await;
        }
        let want = self.want(&record)?;
        let candidates = match self.grid.candidates(&want).await {
            Ok(candidates) => candidates,
            Err(e) => return self.ask_again(&mut record, &e.to_string()).await,
        };
        let tried = |p: &Placement| record.refused_nodes.contains(&p.node);
        let Some(placement) = candidates.into_iter().find(|p| !tried(p)) else {
            let why = Reply::NoMachine.english();
            return self.fail(record, step, FailureCode::NoRoom, why).await;
        };
        match self.judge(&want, &placement).await {
            Verdict::Good => self.make_plan(record, want, &placement).await,
            Verdict::Failed(code, why) => self.fail(record, step, code, why).await,
            Verdict::AskAgain => self.ask_again(&mut record, "preflight").await,
            Verdict::Elsewhere => {
                record.refused_nodes.push(placement.node);
                self.save(&mut record, [], None).await?;
                Ok(Next::Now)
            }
        }
    }

    async fn judge(&self, want: &Want, placement: &Placement) -> Verdict {
        let Err(error) = self.grid.preflight(want, placement).await else {
            return Verdict::Good;
        };
        tracing::info!(node = placement.node, %error, "placement refused");
        match error {
            PreflightError::NoRoom(_)
            | PreflightError::NoIpv6(_)
            | PreflightError::NodeSilent(_) => Verdict::Elsewhere,
            PreflightError::NameTaken => {
                Verdict::Failed(FailureCode::NameTaken, Reply::NameLost.english())
            }
            PreflightError::NotVerified | PreflightError::NotEnoughMoney { .. } => {
                Verdict::Failed(FailureCode::Operator, Reply::OperatorCannot.english())
            }
            PreflightError::GatewaySilent(_) => {
                Verdict::Failed(FailureCode::Gateway, Reply::GatewaySilent.english())
            }
            PreflightError::Grid(e) if e.is_transient() => Verdict::AskAgain,
            PreflightError::Grid(_) => {
                Verdict::Failed(FailureCode::PaymentRefused, Reply::GridRefused.english())
            }
        }
    }

    async fn ask_again(&self, record: &mut Record, why: &str) -> Result<Next, EngineError> {
        tracing::warn!(
            deployment = record.id,
            why,
            "the grid does not answer; asking again"
        );
        record.tries += 1;
        self.save(record, [], None).await?;
        // Nobody behind it need wait for a grid that may answer him.
        self.line.leave(&record.id);
        Ok(Next::In(self.backoff(record.tries)))
    }

    /// Made once: a resume that made new keys would have a new hash, and pay twice.
    async fn make_plan(
        &self,
        mut record: Record,
        want: Want,
        placement: &Placement,
    ) -> Result<Next, EngineError> {
        // 15 bytes are 20 characters: PeerTube takes 8 to 50.
        let password = Base64UrlUnpadded::encode_string(&random::<15>(&*self.entropy));
        let blueprint = self.blueprint(&record, want, &password)?;
        let plan = self
            .grid
            .plan(&blueprint, placement, &random::<32>(&*self.entropy))?;
        self.seal_plan(&mut record, &plan)?;
        let now = self.now();
        record.enter(State::Planned, self.deadline(State::Planned));
        let password = self
            .secrets
            .seal(&record.id, password.as_bytes(), &*self.entropy)?;
        let changes = Changes {
            events: vec![record.state_event(None, now)],
            password: Some(password),
            intent: None,
        };
        self.store.save(&mut record, changes).await?;
        self.hints.changed(&record.id);
        Ok(Next::Now)
    }
}
