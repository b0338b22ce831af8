//! The sweeper: what no living deployment accounts for is ended, although it should not be there.
//!
//! It is a net under the engine, so it believes little. A contract is cancelled only if its marker
//! names this database, its deployment is over here, this database itself saw that the deployment had
//! it, every look for longer than a batch can be on its way said the same, and no contract proves that
//! this database is outdated. One deployment a round, through the journal and the signer's lease like
//! every other batch.

use std::{collections::BTreeMap, sync::Arc};

use grid::{Call, ContractId};
use tokio::sync::watch;

use super::{Engine, EngineError, Next, Survey};
use crate::store::{Intent, IntentChange, IntentKind, IntentState, Record, StoreError};

/// Looks now and then.
pub struct Sweeper {
    engine: Arc<Engine>,
    /// Since which finalized block each leftover was there at every look.
    since: BTreeMap<ContractId, u64>,
}

impl Sweeper {
    /// One that has seen nothing yet.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self {
            engine,
            since: BTreeMap::new(),
        }
    }

    /// Looks until it is told to stop.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(error) = self.round().await {
                tracing::warn!(%error, "could not look for contracts that nobody has");
            }
            tokio::select! {
                _ = stop.changed() => {}
                () = self.engine.clock.sleep(self.engine.patience.sweep) => {}
            }
        }
    }

    /// Looks once, and begins to cancel what is due.
    ///
    /// # Errors
    /// When grid or store do not answer: what was seen before still counts.
    pub async fn round(&mut self) -> Result<Survey, EngineError> {
        let engine = &self.engine;
        let survey = Survey::take(&*engine.grid, &*engine.store).await?;
        engine.meters.surveyed(&survey, engine.now());
        if survey.is_outdated() {
            tracing::error!(
                "contracts carry this database's id that it does not know: it was restored from a \
                 backup or copied. Nothing is swept; see `gridtube contracts sweep --dry-run`"
            );
            self.since.clear();
            return Ok(survey);
        }
        let leftovers = survey.leftovers();
        self.since.retain(|id, _| leftovers.contains_key(id));
        let mut due: BTreeMap<&str, Vec<ContractId>> = BTreeMap::new();
        for (&id, &deployment) in &leftovers {
            let since = *self.since.entry(id).or_insert(survey.block);
            if survey.block >= since + engine.patience.sweep_era {
                due.entry(deployment).or_default().push(id);
            }
        }
        if let Some((deployment, contracts)) = due.first_key_value() {
            engine.cancel_leftovers(deployment, contracts).await?;
        }
        Ok(survey)
    }
}

impl Engine {
    /// Signs the cancels and writes them down; [`Engine::settle_leftovers`] sends them.
    async fn cancel_leftovers(
        &self,
        id: &str,
        contracts: &[ContractId],
    ) -> Result<(), EngineError> {
        let Some(mut record) = self.store.get(id).await? else {
            return Ok(());
        };
        if !record.intents.is_empty() {
            return Ok(());
        }
        tracing::error!(
            deployment = id,
            ?contracts,
            "it is over and still paid for: cancelling"
        );
        let cancel = |&contract: &ContractId| Call::Cancel { contract };
        let calls: Vec<Call> = contracts.iter().rev().map(cancel).collect();
        let batch = self.grid.sign(&calls).await?;
        let intent = IntentChange::Open(IntentKind::Cancel, batch);
        match self.save(&mut record, [], Some(intent)).await {
            Ok(()) => {
                self.meters.swept(contracts.len());
                self.hints.wanted(id);
                Ok(())
            }
            // At the next look.
            Err(EngineError::Store(StoreError::SignerBusy)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// For a deployment that is over: sees a batch of the sweeper's through, so that the signer is free
    /// again. Whether it did what it should, the sweeper's next look tells.
    pub(super) async fn settle_leftovers(&self, mut record: Record) -> Result<Next, EngineError> {
        let open = |i: &&Intent| i.state == IntentState::Open;
        let Some(cancel) = record.intents.iter().find(open).cloned() else {
            return Ok(Next::Done);
        };
        let head = self.grid.head().await?;
        let included = self.grid.inclusion(&cancel.batch).await?.is_some();
        if included || head.finalized >= cancel.batch.era_end {
            self.save(&mut record, [], Some(IntentChange::Closed(cancel.id)))
                .await?;
            return Ok(Next::Done);
        }
        if let Err(error) = self.grid.submit(&cancel.batch).await {
            tracing::warn!(deployment = record.id, %error, "the chain did not take the cancels");
        }
        self.grid.next_block(head.best).await?;
        Ok(Next::Now)
    }
}
