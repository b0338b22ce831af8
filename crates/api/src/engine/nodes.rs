//! After the payment: tell both nodes, watch them, and see that the instance answers.

use grid::{At, GridError, Workload, WorkloadKind, WorkloadState};
use order::api::{Event, FailureCode, State, StepName, StepState};
use words::Reply;

use super::{Engine, EngineError, Next, payment::is_complete};
use crate::store::{IntentChange, IntentKind, Record};

impl Engine {
    /// Both nodes side by side. Sending twice is harmless.
    pub(super) async fn send_to_nodes(&self, mut record: Record) -> Result<Next, EngineError> {
        let contracts = record.contracts;
        let (Some(plan), Some(machine), Some(gateway)) = (
            self.open_plan(&record)?,
            contracts.machine,
            contracts.gateway,
        ) else {
            return self.begin_unwinding(record, None, None).await;
        };
        let sent = futures_util::future::join(
            self.grid.deploy(&plan.machine, machine),
            self.grid.deploy(&plan.gateway, gateway),
        );
        match sent.await {
            (Ok(()), Ok(())) => {
                let address = (
                    StepName::Address,
                    StepState::Running,
                    Reply::AskingCertificate.english(),
                );
                let machine = (
                    StepName::Machine,
                    StepState::Running,
                    Reply::PreparingMachine.english(),
                );
                let steps = [machine, address];
                self.enter(&mut record, State::Starting, steps, None)
                    .await?;
                Ok(Next::Now)
            }
            (Err(e), _) if !e.is_transient() => self.machine_failed(record, &e.to_string()).await,
            (_, Err(e)) if !e.is_transient() => self.gateway_failed(record, &e.to_string()).await,
            (machine, gateway) => self.nodes_are_silent(record, machine, gateway).await,
        }
    }

    /// Looks at every workload; an error is final, nodes never try again.
    pub(super) async fn watch_nodes(&self, mut record: Record) -> Result<Next, EngineError> {
        let contracts = record.contracts;
        let (Some(plan), Some(machine), Some(gateway)) = (
            self.open_plan(&record)?,
            contracts.machine,
            contracts.gateway,
        ) else {
            return self.begin_unwinding(record, None, None).await;
        };
        let seen = futures_util::future::join(
            self.grid.workloads(plan.machine.node, machine),
            self.grid.workloads(plan.gateway.node, gateway),
        );
        let (machine, gateway) = match seen.await {
            (Ok(machine), Ok(gateway)) => (machine, gateway),
            (machine, gateway) => {
                return self
                    .nodes_are_silent(record, machine.map(drop), gateway.map(drop))
                    .await;
            }
        };
        if let Some(error) = first_error(&machine) {
            return self.machine_failed(record, error).await;
        }
        if let Some(error) = first_error(&gateway) {
            return self.gateway_failed(record, error).await;
        }
        let now = self.now();
        let mut events: Vec<Option<Event>> = Vec::new();
        let (machine_up, gateway_up) = (all_ok(&machine), all_ok(&gateway));
        if machine_up {
            let ip = machine.iter().find(|w| w.kind == WorkloadKind::Ip);
            record.ipv6 = ip.and_then(|w| w.ipv6.clone());
            let (name, detail) = (StepName::Machine, Reply::MachineUp.english());
            events.push(record.step(name, StepState::Done, Some(detail), now));
            let (name, detail) = (StepName::Peertube, Reply::FirstStart.english());
            events.push(record.step(name, StepState::Running, Some(detail), now));
        }
        if gateway_up {
            let detail = Some(Reply::GatewayServes.english());
            events.push(record.step(StepName::Address, StepState::Done, detail, now));
        }
        if machine_up && gateway_up {
            record.enter(State::Verifying, self.deadline(State::Verifying));
            events.push(Some(record.state_event(None, now)));
            self.save(&mut record, events, None).await?;
            return Ok(Next::Now);
        }
        if events.iter().any(Option::is_some) {
            self.save(&mut record, events, None).await?;
        }
        if self.is_late(&record) {
            return self.machine_failed(record, "not ready in time").await;
        }
        Ok(Next::In(self.patience.poll))
    }

    /// Ready means: it answers as ordered over its public address, and the payment is final.
    pub(super) async fn verify(&self, mut record: Record) -> Result<Next, EngineError> {
        let Some(mut plan) = self.open_plan(&record)? else {
            return self.begin_unwinding(record, None, None).await;
        };
        let site = self.grid.site(&record.address);
        let health = self
            .probe
            .ask(&record.address, &record.order.name, &site)
            .await;
        let now = self.now();
        let mut events = Vec::new();
        if health.ping {
            events.push(record.step(
                StepName::Peertube,
                StepState::Done,
                Some(Reply::Runs.english()),
                now,
            ));
            let detail = Some(Reply::AskingInstance.english());
            events.push(record.step(StepName::Check, StepState::Running, detail, now));
        }
        if !health.is_good() {
            if events.iter().any(Option::is_some) {
                self.save(&mut record, events, None).await?;
            }
            if self.is_late(&record) {
                let why = Reply::InstanceSilent.english();
                let step = record.current_step();
                return self
                    .fail(record, step, FailureCode::NotAnswering, why)
                    .await;
            }
            return Ok(Next::In(self.patience.poll));
        }
        let finalized = self.find(&record, &plan, At::Finalized).await?;
        if !is_complete(&plan, &finalized) {
            let pay = record.intent(IntentKind::Pay);
            if pay.is_some_and(|i| finalized.rules_out(&i.batch)) {
                let why = Reply::ContractsGone.english();
                let step = StepName::Contracts;
                return self
                    .fail(record, step, FailureCode::PaymentRefused, why)
                    .await;
            }
            return self.wait_for_block().await;
        }
        let settled = record
            .intent(IntentKind::Pay)
            .map(|i| IntentChange::Closed(i.id));
        // Hashes are enough to end it; the texts hold the password.
        plan.machine.body.clear();
        plan.gateway.body.clear();
        self.seal_plan(&mut record, &plan)?;
        record.ready_at = Some(now);
        record.enter(State::Ready, now);
        let detail = Some(Reply::ItAnswers.english());
        events.push(record.step(StepName::Check, StepState::Done, detail, now));
        self.save(&mut record, events, settled).await?;
        Ok(Next::Done)
    }

    async fn nodes_are_silent(
        &self,
        mut record: Record,
        machine: Result<(), GridError>,
        gateway: Result<(), GridError>,
    ) -> Result<Next, EngineError> {
        let machine_answers = machine.is_ok();
        let errors = [machine.err(), gateway.err()];
        for error in errors.iter().flatten() {
            tracing::warn!(deployment = record.id, %error, "asking again");
        }
        if self.is_late(&record) {
            return match machine_answers {
                true => self.gateway_failed(record, "no answer").await,
                false => self.machine_failed(record, "no answer").await,
            };
        }
        record.tries += 1;
        self.save(&mut record, [], None).await?;
        Ok(Next::In(self.backoff(record.tries)))
    }

    async fn machine_failed(&self, record: Record, why: &str) -> Result<Next, EngineError> {
        tracing::warn!(deployment = record.id, why, "the machine failed");
        let text = Reply::MachineFailed.english();
        self.fail(record, StepName::Machine, FailureCode::Machine, text)
            .await
    }

    async fn gateway_failed(&self, record: Record, why: &str) -> Result<Next, EngineError> {
        tracing::warn!(deployment = record.id, why, "the gateway failed");
        let text = Reply::GatewayFailed.english();
        self.fail(record, StepName::Address, FailureCode::Gateway, text)
            .await
    }
}

fn all_ok(workloads: &[Workload]) -> bool {
    !workloads.is_empty() && workloads.iter().all(|w| w.state == WorkloadState::Ok)
}

/// Also a workload that is gone: somebody ended it.
fn first_error(workloads: &[Workload]) -> Option<&str> {
    let gone = |w: &&Workload| matches!(w.state, WorkloadState::Error | WorkloadState::Deleted);
    workloads.iter().find(gone).map(|w| w.message.as_str())
}
