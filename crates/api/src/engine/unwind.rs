//! The way back: until a finalized block shows that nothing of a deployment exists, nor can.

use grid::{At, Call, Found};
use order::api::{Failure, State, StepName, StepState};

use super::{Engine, EngineError, Next, millis};
use crate::store::{Intent, IntentChange, IntentKind, IntentState, Record, StepRecord, StoreError};

impl Engine {
    /// Turns round. With a failure it will end `failed`, without one `deleted`.
    pub(super) async fn begin_unwinding(
        &self,
        mut record: Record,
        failure: Option<Failure>,
        intent: Option<IntentChange>,
    ) -> Result<Next, EngineError> {
        let now = self.now();
        record.enter(State::Unwinding, self.deadline(State::Unwinding));
        let mut events = Vec::new();
        let running = |s: &&StepRecord| s.state == StepState::Running;
        let stopped: Vec<StepName> = record
            .steps
            .iter()
            .filter(running)
            .map(|s| s.name)
            .collect();
        if let Some(failure) = failure {
            let (step, message) = (failure.step, failure.message.clone());
            record.failure = Some(failure);
            events.push(record.step(step, StepState::Failed, Some(&message), now));
        }
        for name in stopped {
            if record.failure.as_ref().is_none_or(|f| f.step != name) {
                events.push(record.step(name, StepState::Pending, None, now));
            }
        }
        events.push(Some(
            record.state_event(Some("Taking everything down"), now),
        ));
        self.save(&mut record, events, intent).await?;
        Ok(Next::Now)
    }

    /// Never gives up: what it cannot settle it looks at again, block by block.
    pub(super) async fn unwind(&self, mut record: Record) -> Result<Next, EngineError> {
        let since = record
            .deadline
            .saturating_sub(millis(self.patience.of(State::Unwinding)));
        self.meters.unwinding(&record.id, Some(since));
        if self.is_late(&record) {
            tracing::error!(
                deployment = record.id,
                "still not taken down after 15 minutes"
            );
            record.deadline = self.deadline(State::Unwinding);
            self.save(&mut record, [], None).await?;
        }
        // Never signed: nothing can exist, whatever the grid says or does not say.
        if record.paid_calls == 0 {
            return self.end(record).await;
        }
        let Some(plan) = self.open_plan(&record)? else {
            return self.end(record).await;
        };
        let best = self.find(&record, &plan, At::Best).await?;
        let finalized = self.find(&record, &plan, At::Finalized).await?;
        if let Some(next) = self.free_signer(&mut record, &finalized).await? {
            return Ok(next);
        }
        if best.is_empty() && finalized.is_empty() && payment_is_impossible(&record, &finalized) {
            return self.end(record).await;
        }
        if best.is_empty() {
            // Cancelled and not yet final, or a payment that may still happen.
            return self.wait_for_block().await;
        }
        if let Some(failure) = record.failure.as_mut().filter(|f| !f.paid) {
            failure.paid = true;
            self.save(&mut record, [], None).await?;
        }
        match record.intent(IntentKind::Cancel).cloned() {
            Some(cancel) => self.settle_cancel(record, &cancel, &finalized).await,
            None => self.sign_cancel(record, &best).await,
        }
    }

    /// A batch that is in a block, or in none for ever, no longer keeps other batches waiting. The
    /// second is asked of the finalized block: after a long absence the grid may have forgotten what
    /// became of a batch.
    async fn free_signer(
        &self,
        record: &mut Record,
        finalized: &Found,
    ) -> Result<Option<Next>, EngineError> {
        let Some(open) = record.intents.iter().find(|i| i.state == IntentState::Open) else {
            return Ok(None);
        };
        let seen = if finalized.rules_out(&open.batch) {
            IntentChange::Closed(open.id)
        } else if self.grid.inclusion(&open.batch).await?.is_some() {
            IntentChange::Included(open.id)
        } else {
            return Ok(None);
        };
        self.save(record, [], Some(seen)).await?;
        Ok(Some(Next::Now))
    }

    async fn sign_cancel(&self, mut record: Record, best: &Found) -> Result<Next, EngineError> {
        // The sweeper cancels nothing that was not seen to be this deployment's.
        record.contracts.saw(best);
        let calls: Vec<Call> = best
            .ids()
            .into_iter()
            .rev()
            .map(|contract| Call::Cancel { contract })
            .collect();
        let batch = self.grid.sign(&calls).await?;
        let intent = IntentChange::Open(IntentKind::Cancel, batch);
        match self.save(&mut record, [], Some(intent)).await {
            Ok(()) => Ok(Next::Now),
            Err(EngineError::Store(StoreError::SignerBusy)) => self.wait_for_signer().await,
            Err(e) => Err(e),
        }
    }

    /// Some contract still exists in the best block: the batch is on its way, failed, or is dead.
    async fn settle_cancel(
        &self,
        mut record: Record,
        cancel: &Intent,
        finalized: &Found,
    ) -> Result<Next, EngineError> {
        let inclusion = self.grid.inclusion(&cancel.batch).await?;
        let refused = inclusion.as_ref().is_some_and(|i| i.result.is_err());
        if refused || finalized.rules_out(&cancel.batch) {
            // Something else was cancelled, or it came too late: sign another one.
            self.save(&mut record, [], Some(IntentChange::Closed(cancel.id)))
                .await?;
            return Ok(Next::Now);
        }
        if inclusion.is_some() {
            return self.wait_for_block().await;
        }
        let head = self.grid.head().await?;
        if let Err(error) = self.grid.submit(&cancel.batch).await {
            tracing::warn!(deployment = record.id, %error, "the chain did not take the cancels");
        }
        self.grid.next_block(head.best).await?;
        Ok(Next::Now)
    }

    /// Nothing is left, nor can be.
    async fn end(&self, mut record: Record) -> Result<Next, EngineError> {
        let now = self.now();
        record.plan = None;
        record.ipv6 = None;
        record.ended_at = Some(now);
        let state = if record.failure.is_some() {
            State::Failed
        } else {
            State::Deleted
        };
        record.enter(state, now);
        let event = record.state_event(Some("Nothing is left running or paid for"), now);
        self.save(&mut record, [Some(event)], None).await?;
        self.meters.unwinding(&record.id, None);
        Ok(Next::Done)
    }
}

/// Seen from a finalized block: no payment of this deployment can still happen.
fn payment_is_impossible(record: &Record, finalized: &Found) -> bool {
    record
        .intents
        .iter()
        .filter(|i| i.kind == IntentKind::Pay)
        .all(|i| finalized.rules_out(&i.batch))
}
