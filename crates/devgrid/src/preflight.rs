//! What can be known before paying: asked of the chain, the gateway and the node themselves.

use grid::{DomainKind, GridError, NodeId, PreflightError, Want};

use crate::{DevGrid, devgrid::Inner};

impl DevGrid {
    /// Whether the twin may deploy and can pay, and whether the name is free.
    pub(crate) fn check_account(&self, want: &Want) -> Result<(), PreflightError> {
        let inner = self.chain()?;
        if inner.faults.not_verified {
            return Err(PreflightError::NotVerified);
        }
        let hours = self.hours(&inner, want);
        if hours < u64::from(want.hours) {
            return Err(PreflightError::NotEnoughMoney { hours });
        }
        let free = match want.domain_kind {
            DomainKind::GatewayName => inner.name_is_free(&want.name),
            DomainKind::GatewayFqdn => {
                let address = format!("{}.{}", want.name, want.domain);
                inner.state.proxy(&address).is_none()
            }
        };
        match free {
            true => Ok(()),
            false => Err(PreflightError::NameTaken),
        }
    }

    /// Whether the gateway answers.
    pub(crate) fn check_gateway(&self, id: NodeId) -> Result<(), PreflightError> {
        match self.node(id) {
            Ok(_) => Ok(()),
            Err(error) => Err(or_silent(error, PreflightError::GatewaySilent(id))),
        }
    }

    /// Whether the node answers, and will do.
    pub(crate) fn check_node(&self, id: NodeId, want: &Want) -> Result<(), PreflightError> {
        let inner = self
            .node(id)
            .map_err(|error| or_silent(error, PreflightError::NodeSilent(id)))?;
        let node = self.config.node(id).ok_or_else(|| {
            GridError::rejected("the directory", format!("node {id} is a gateway"))
        })?;
        if !node.ipv6 {
            return Err(PreflightError::NoIpv6(id));
        }
        let full = inner.faults.full_nodes.contains(&id);
        if full || !inner.state.has_room(node, want, inner.state.ledger.block) {
            return Err(PreflightError::NoRoom(id));
        }
        Ok(())
    }

    /// How long the account would pay for what it has and this.
    fn hours(&self, inner: &Inner, want: &Want) -> u64 {
        let name = match want.domain_kind {
            DomainKind::GatewayName => self.config.name_hour,
            DomainKind::GatewayFqdn => 0,
        };
        let ledger = &inner.state.ledger;
        let hourly = ledger.hourly(&self.config) + 2 * self.config.node_hour + name;
        let money = ledger.balance.saturating_sub(self.config.fee);
        money.checked_div(hourly).unwrap_or(u64::MAX)
    }
}

fn or_silent(error: GridError, silent: PreflightError) -> PreflightError {
    match error.is_transient() {
        true => silent,
        false => error.into(),
    }
}
