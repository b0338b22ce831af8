//! The ledger's side of the port, for one account and its twin.

use std::sync::Arc;

use grid::{At, Found, GridError, Head, Inclusion, NodeDeployment, Plan, SignedBatch};

use super::{Block, Call, Chain, ChainError, Contract, ContractKind, ContractState, Key};
use crate::Identity;
use crate::deployment::GatewayName;

/// Who pays: an account with its twin, on a chain. Its methods are those of [`grid::Grid`] with the
/// same names, and keep their promises.
pub struct Payer {
    chain: Chain,
    identity: Arc<Identity>,
    twin: u32,
}

#[allow(clippy::missing_errors_doc, reason = "as the port says")]
impl Payer {
    /// The account's twin is looked up.
    ///
    /// # Errors
    /// [`ChainError::NotFound`] when it has none: accept the terms and create one first.
    pub async fn new(chain: Chain, identity: impl Into<Arc<Identity>>) -> Result<Self, ChainError> {
        let identity = identity.into();
        let finalized = chain.finalized().await?;
        match finalized.twin_of(&identity.account()).await? {
            Some(twin) => Ok(Self {
                chain,
                identity,
                twin: twin.id,
            }),
            None => Err(ChainError::NotFound(
                "twin of this account; create it first".into(),
            )),
        }
    }

    /// The twin that pays.
    #[must_use]
    pub fn twin(&self) -> u32 {
        self.twin
    }

    /// The account that pays.
    #[must_use]
    pub fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }

    /// The chain, for what else is to be looked up.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Whether nobody has reserved the name in the newest block.
    pub async fn name_is_free(&self, name: &str) -> Result<bool, GridError> {
        let name: GatewayName = name.parse().map_err(ChainError::from)?;
        let best = self.chain.best().await?;
        Ok(best.name_contract(&name).await?.is_none())
    }

    /// The newest blocks.
    pub async fn head(&self) -> Result<Head, GridError> {
        Ok(self.chain.head().await?)
    }

    /// Waits until the best block is newer.
    pub async fn next_block(&self, after: u64) -> Result<Head, GridError> {
        Ok(self.chain.next_block(after).await?)
    }

    /// Signs one atomic batch with the account's next nonce and a mortal era.
    pub async fn sign(&self, calls: &[grid::Call]) -> Result<SignedBatch, GridError> {
        let calls: Result<Vec<Call>, _> = calls.iter().map(Call::try_from).collect();
        let batch = Call::batch(&calls.map_err(ChainError::from)?);
        let nonce = self.chain.next_nonce(&self.identity).await?;
        Ok(self.chain.sign(&batch, &self.identity, nonce).await?)
    }

    /// Hands the bytes over.
    pub async fn submit(&self, batch: &SignedBatch) -> Result<(), GridError> {
        Ok(self.chain.submit(&batch.bytes).await?)
    }

    /// How the batch went.
    pub async fn inclusion(&self, batch: &SignedBatch) -> Result<Option<Inclusion>, GridError> {
        let account = self.identity.account();
        let included = self.chain.included(batch, &account).await?;
        Ok(included.map(Inclusion::from))
    }

    /// Which of the plan's contracts exist at one block, with the account's nonce there.
    pub async fn find(&self, plan: &Plan, at: At) -> Result<Found, GridError> {
        let block = match at {
            At::Best => self.chain.best().await?,
            At::Finalized => self.chain.finalized().await?,
        };
        Ok(self.find_in(&block, plan).await?)
    }

    /// Every live contract of the twin whose data starts with this. Name contracts carry no data, so
    /// they are among them only when this is empty.
    pub async fn contracts(&self, marker_prefix: &str) -> Result<Vec<grid::Contract>, GridError> {
        let all = self.chain.finalized().await?.contracts().await?;
        let ours = all.into_iter().filter(|contract| self.is_ours(contract));
        let listed = ours.map(|contract| {
            let (data, name) = match contract.kind {
                ContractKind::Node { data, .. } => (data, None),
                ContractKind::Name(name) => (String::new(), Some(name)),
                ContractKind::Rent { .. } => (String::new(), None),
            };
            grid::Contract {
                id: contract.id,
                twin: contract.twin,
                data,
                name,
            }
        });
        Ok(listed
            .filter(|contract| contract.data.starts_with(marker_prefix))
            .collect())
    }

    async fn find_in(&self, block: &Block, plan: &Plan) -> Result<Found, ChainError> {
        let name = async {
            match &plan.name {
                Some(name) => self.ours(block, Key::NameContract(name.parse()?)).await,
                None => Ok(None),
            }
        };
        let node = |of: &NodeDeployment| {
            let (node, hash) = (of.node, of.hash.parse());
            async move { self.ours(block, Key::NodeContract(node, hash?)).await }
        };
        let account = self.identity.account();
        let (balance, name, machine, gateway) = tokio::try_join!(
            block.balance(&account),
            name,
            node(&plan.machine),
            node(&plan.gateway)
        )?;
        Ok(Found {
            block: block.number(),
            nonce: balance.nonce,
            name,
            machine,
            gateway,
        })
    }

    /// The contract that this key leads to, if it is ours.
    async fn ours(&self, block: &Block, key: Key) -> Result<Option<u64>, ChainError> {
        let Some(id) = block.id(key).await? else {
            return Ok(None);
        };
        let contract = block.contract(id).await?;
        Ok(contract
            .filter(|contract| self.is_ours(contract))
            .map(|contract| contract.id))
    }

    fn is_ours(&self, contract: &Contract) -> bool {
        contract.twin == self.twin && contract.state != ContractState::Deleted
    }
}

impl From<ChainError> for GridError {
    fn from(error: ChainError) -> Self {
        const WHO: &str = "the chain";
        match error {
            ChainError::Unreachable { .. } | ChainError::Unknown { .. } => {
                GridError::unreachable(WHO, error.to_string())
            }
            ChainError::NotTaken { .. }
            | ChainError::NotUnderstood(_)
            | ChainError::NotFound(_)
            | ChainError::Rule(_) => GridError::rejected(WHO, error.to_string()),
        }
    }
}
