//! The port's methods, each a short look at, or change of, the state.

use std::time::Duration;

use async_trait::async_trait;
use grid::{
    At, Blueprint, Call, Contract, ContractId, Found, Grid, GridError, Head, Inclusion,
    NodeDeployment, NodeId, Placement, Plan, PreflightError, Price, SignedBatch, Site, Want,
    Workload,
};

use crate::{
    DevGrid, batch,
    devgrid::Inner,
    faults::Loss,
    ledger::{Rules, Subject},
    plan,
};

#[async_trait]
impl Grid for DevGrid {
    fn twin(&self) -> u32 {
        self.config.twin
    }

    async fn name_is_free(&self, name: &str) -> Result<bool, GridError> {
        let inner = self.chain()?;
        Ok(inner.name_is_free(name))
    }

    async fn price(&self, _: &Want) -> Result<Option<Price>, GridError> {
        Ok(None)
    }

    async fn has_room(&self, want: &Want) -> Result<bool, GridError> {
        Ok(!self.candidates(want).await?.is_empty())
    }

    async fn candidates(&self, want: &Want) -> Result<Vec<Placement>, GridError> {
        self.directory()?.state.candidates(want, &self.config)
    }

    async fn preflight(&self, want: &Want, placement: &Placement) -> Result<(), PreflightError> {
        self.check_account(want)?;
        self.check_gateway(placement.gateway)?;
        self.check_node(placement.node, want)
    }

    fn plan(
        &self,
        blueprint: &Blueprint,
        placement: &Placement,
        seed: &[u8; 32],
    ) -> Result<Plan, GridError> {
        plan::plan(blueprint, placement, seed, &self.config)
    }

    async fn head(&self) -> Result<Head, GridError> {
        let inner = self.chain()?;
        Ok(self.head_of(&inner))
    }

    async fn next_block(&self, after: u64) -> Result<Head, GridError> {
        loop {
            let wait = {
                let inner = self.chain()?;
                let head = self.head_of(&inner);
                if head.best > after {
                    return Ok(head);
                }
                let state = &inner.state;
                state.ledger.until_next(state.time, &self.config)
            };
            self.clock.sleep(Duration::from_millis(wait)).await;
        }
    }

    async fn sign(&self, calls: &[Call]) -> Result<SignedBatch, GridError> {
        let inner = self.chain()?;
        let ledger = &inner.state.ledger;
        let era_end = ledger.block + self.config.era - 1;
        batch::sign(self.config.twin, ledger.next_nonce(), era_end, calls)
    }

    async fn submit(&self, batch: &SignedBatch) -> Result<(), GridError> {
        let mut inner = self.chain()?;
        let hash = batch::hash_of(&batch.bytes);
        if inner.state.ledger.has(&hash) {
            return Ok(());
        }
        let extrinsic = batch::open(&batch.bytes)?;
        let rules = Rules {
            config: &self.config,
            faults: &inner.faults,
        };
        inner.state.ledger.check(&extrinsic, rules)?;

        let loss = inner.faults.loss(inner.state.submissions);
        if inner.faults.lost_submit > 0.0 {
            inner.state.submissions += 1;
            self.keep(&mut inner)?;
        }
        if matches!(loss, None | Some(Loss::Answer)) {
            inner.state.ledger.pool(hash, extrinsic);
        }
        match loss {
            None | Some(Loss::Pooled) => Ok(()),
            Some(Loss::Request | Loss::Answer) => {
                Err(GridError::unreachable("the chain", "connection lost"))
            }
        }
    }

    async fn inclusion(&self, batch: &SignedBatch) -> Result<Option<Inclusion>, GridError> {
        let inner = self.chain()?;
        let hash = batch::hash_of(&batch.bytes);
        Ok(inner.state.ledger.inclusion(&hash).map(|i| Inclusion {
            block: i.block,
            result: i.error.clone().map_or(Ok(()), Err),
        }))
    }

    async fn find(&self, plan: &Plan, at: At) -> Result<Found, GridError> {
        let inner = self.chain()?;
        let ledger = &inner.state.ledger;
        let block = match at {
            At::Best => ledger.block,
            At::Finalized => ledger.finalized(&self.config),
        };
        let ours = |subject: &Subject| {
            let (id, entry) = ledger.about(subject, block)?;
            (entry.twin == self.config.twin).then_some(id)
        };
        let on_node = |deployment: &NodeDeployment| {
            ours(&Subject::Node {
                node: deployment.node,
                hash: deployment.hash.clone(),
                data: String::new(),
            })
        };
        Ok(Found {
            block,
            nonce: ledger.nonce(block),
            name: plan.name.clone().map(Subject::Name).as_ref().and_then(ours),
            machine: on_node(&plan.machine),
            gateway: on_node(&plan.gateway),
        })
    }

    async fn contracts(&self, marker_prefix: &str) -> Result<Vec<Contract>, GridError> {
        let inner = self.chain()?;
        let ledger = &inner.state.ledger;
        let ours = ledger
            .all_live(ledger.finalized(&self.config))
            .filter(|(_, entry)| entry.twin == self.config.twin);
        let contracts = ours.map(|(id, entry)| {
            let (name, data) = match entry.subject.clone() {
                Subject::Name(name) => (Some(name), String::new()),
                Subject::Node { data, .. } => (None, data),
            };
            Contract {
                id,
                twin: entry.twin,
                data,
                name,
            }
        });
        Ok(contracts
            .filter(|contract| contract.data.starts_with(marker_prefix))
            .collect())
    }

    async fn deploy(
        &self,
        deployment: &NodeDeployment,
        contract: ContractId,
    ) -> Result<(), GridError> {
        let mut guard = self.node(deployment.node)?;
        let inner = &mut *guard;
        let rules = Rules {
            config: &self.config,
            faults: &inner.faults,
        };
        inner.state.deploy(deployment, contract, rules)?;
        self.keep(inner)
    }

    async fn workloads(
        &self,
        node: NodeId,
        contract: ContractId,
    ) -> Result<Vec<Workload>, GridError> {
        Ok(self.node(node)?.state.workloads(node, contract))
    }

    fn site(&self, address: &str) -> Site {
        let pages = self.pages_addr();
        Site {
            url: format!("http://{address}.localhost:{}", pages.port()),
            dial: Some(pages),
        }
    }
}

impl DevGrid {
    fn head_of(&self, inner: &Inner) -> Head {
        let ledger = &inner.state.ledger;
        Head {
            best: ledger.block,
            finalized: ledger.finalized(&self.config),
        }
    }
}

impl Inner {
    /// Whether nobody has the name at the newest block.
    pub(crate) fn name_is_free(&self, name: &str) -> bool {
        let ledger = &self.state.ledger;
        let subject = Subject::Name(name.to_owned());
        ledger.about(&subject, ledger.block).is_none()
    }
}
