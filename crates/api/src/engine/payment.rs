//! The one paid call: signed, written down, sent, and settled by looking at blocks.

use grid::{At, Found, Plan};
use order::api::{Failure, FailureCode, State, StepName, StepState};
use words::Reply;

use super::{Engine, EngineError, Next};
use crate::store::{Contracts, IntentChange, IntentKind, Record, StoreError};

impl Engine {
    /// Signs the batch and writes its bytes down. Nothing is sent yet.
    pub(super) async fn sign_payment(&self, mut record: Record) -> Result<Next, EngineError> {
        let Some(plan) = self.open_plan(&record)? else {
            return self.begin_unwinding(record, None, None).await;
        };
        if self.store.signer_is_busy().await? {
            return self.wait_for_signer().await;
        }
        let signed = self.grid.sign(&plan.calls()).await;
        if record.paid_calls >= self.patience.paid_calls
            || (signed.is_err() && self.is_late(&record))
        {
            return self.not_in_time(record).await;
        }
        let batch = signed?;
        record.paid_calls += 1;
        let step = (
            StepName::Contracts,
            StepState::Running,
            Reply::Paying.english(),
        );
        let intent = IntentChange::Open(IntentKind::Pay, batch);
        match self
            .enter(&mut record, State::Paying, [step], Some(intent))
            .await
        {
            Ok(()) => {
                self.meters.payment();
                Ok(Next::Now)
            }
            Err(EngineError::Store(StoreError::SignerBusy)) => self.wait_for_signer().await,
            Err(e) => Err(e),
        }
    }

    /// Sends the bytes, again if need be, until a block tells what became of them.
    pub(super) async fn settle_payment(&self, mut record: Record) -> Result<Next, EngineError> {
        let (Some(plan), Some(intent)) = (self.open_plan(&record)?, record.intent(IntentKind::Pay))
        else {
            return self.begin_unwinding(record, None, None).await;
        };
        let (intent, batch) = (intent.id, intent.batch.clone());
        let best = self.find(&record, &plan, At::Best).await?;
        if is_complete(&plan, &best) {
            record.contracts = Contracts::from(&best);
            let step = (
                StepName::Contracts,
                StepState::Done,
                Reply::ReservedAndPaid.english(),
            );
            let node = (
                StepName::Machine,
                StepState::Running,
                Reply::SendingPlan.english(),
            );
            let seen = Some(IntentChange::Included(intent));
            self.enter(&mut record, State::Sent, [step, node], seen)
                .await?;
            return Ok(Next::Now);
        }
        if let Some(inclusion) = self.grid.inclusion(&batch).await?
            && let Err(reason) = inclusion.result
        {
            tracing::info!(
                deployment = record.id,
                reason,
                "the chain refused the payment"
            );
            let (code, why) = refusal(&reason);
            let (step, message) = (StepName::Contracts, why.to_owned());
            let failure = Failure {
                step,
                code,
                message,
                paid: false,
            };
            let seen = IntentChange::Included(intent);
            return self
                .begin_unwinding(record, Some(failure), Some(seen))
                .await;
        }
        let finalized = self.find(&record, &plan, At::Finalized).await?;
        if finalized.is_empty() && finalized.rules_out(&batch) {
            // Proven: it never happened, and never will.
            let again = Some(IntentChange::Closed(intent));
            self.enter(&mut record, State::Planned, [], again).await?;
            return Ok(Next::Now);
        }
        if self.is_late(&record) {
            return self.not_in_time(record).await;
        }
        let head = self.grid.head().await?;
        if let Err(error) = self.grid.submit(&batch).await {
            // Even a refusal proves nothing about bytes sent before: only blocks do.
            tracing::warn!(deployment = record.id, %error, "the chain did not take the payment");
        }
        self.grid.next_block(head.best).await?;
        Ok(Next::Now)
    }

    async fn not_in_time(&self, record: Record) -> Result<Next, EngineError> {
        let why = Reply::PaymentLate.english();
        self.fail(
            record,
            StepName::Contracts,
            FailureCode::GridUnreachable,
            why,
        )
        .await
    }

    /// Until it is this one's turn; a block later somebody else may have done without telling.
    pub(super) async fn wait_for_signer(&self) -> Result<Next, EngineError> {
        let head = self.grid.head().await?;
        tokio::select! {
            biased;
            () = self.hints.turn_to_sign() => {}
            next = self.grid.next_block(head.best) => drop(next?),
        }
        Ok(Next::Now)
    }

    pub(super) async fn wait_for_block(&self) -> Result<Next, EngineError> {
        let head = self.grid.head().await?;
        self.grid.next_block(head.best).await?;
        Ok(Next::Now)
    }
}

/// Whether every contract of the plan is there.
pub(super) fn is_complete(plan: &Plan, found: &Found) -> bool {
    found.machine.is_some()
        && found.gateway.is_some()
        && (plan.name.is_none() || found.name.is_some())
}

fn refusal(reason: &str) -> (FailureCode, &'static str) {
    match reason {
        "NameExists" => (FailureCode::NameTaken, Reply::NameLost.english()),
        _ => (FailureCode::PaymentRefused, Reply::PaymentRefused.english()),
    }
}
