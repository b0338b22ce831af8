//! What can go wrong on a grid, split by what to do about it.

/// An error of the grid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GridError {
    /// Nobody answered, or not in time: nothing is known, ask again.
    #[error("{who} does not answer: {why}")]
    Unreachable {
        /// The chain, node 12, the directory …
        who: String,
        /// For the log.
        why: String,
    },
    /// An answer, and it is no: asking again the same gives the same.
    #[error("{who} refuses: {why}")]
    Rejected {
        /// The chain, node 12 …
        who: String,
        /// For the log.
        why: String,
    },
}

impl GridError {
    /// Nobody answered.
    pub fn unreachable(who: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Unreachable {
            who: who.into(),
            why: why.into(),
        }
    }

    /// A final no.
    pub fn rejected(who: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Rejected {
            who: who.into(),
            why: why.into(),
        }
    }

    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }
}

/// Why a placement will not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PreflightError {
    /// Every node asks for it.
    #[error("the operator's twin is not verified (KYC)")]
    NotVerified,
    /// Less than the hours asked for.
    #[error("the operator's account pays for {hours} hours only")]
    NotEnoughMoney {
        /// How long the balance would last.
        hours: u64,
    },
    /// Another placement may do.
    #[error("node {0} has no room for it")]
    NoRoom(u32),
    /// Another placement may do.
    #[error("node {0} has no public IPv6")]
    NoIpv6(u32),
    /// Another placement may do.
    #[error("node {0} does not answer")]
    NodeSilent(u32),
    /// No other placement will do: the domain has one gateway.
    #[error("gateway {0} does not answer")]
    GatewaySilent(u32),
    /// Somebody has the name.
    #[error("the name is taken")]
    NameTaken,
    /// Not known yet.
    #[error(transparent)]
    Grid(#[from] GridError),
}
