//! What can go wrong between us and the chain, split by what may be concluded from it.

/// Why the chain gave no answer, or none that helps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// No endpoint answered, or not in time. Nothing is known: what was handed over may still
    /// happen. Ask again.
    #[error("the chain does not answer ({why}); nothing is known yet, ask again")]
    Unreachable {
        /// Each endpoint and what it said, for the log.
        why: String,
    },
    /// Endpoints answer, but not this: they do not know the block, or no longer, or lack a method.
    /// Nothing is known; another endpoint may help.
    #[error(
        "the chain's endpoints cannot say ({why}); nothing is known yet, add an endpoint that keeps more"
    )]
    Unknown {
        /// Each endpoint and what it said, for the log.
        why: String,
    },
    /// The pool does not take these bytes now: code 1010 and its like. It may have them already, they
    /// may have been included, their era may be over, or nobody can pay: look at a finalized block,
    /// never at the text.
    #[error(
        "the chain does not take the transaction ({why}); look at a finalized block for the reason"
    )]
    NotTaken {
        /// The endpoint's words, for the log.
        why: String,
    },
    /// The chain's description of itself lacks something that we need, or a value has another shape.
    #[error(
        "this version of the chain is not understood ({0}); a newer release of this program may be needed"
    )]
    NotUnderstood(String),
    /// There is none at the block that was looked at.
    #[error("the chain knows no {0}")]
    NotFound(String),
    /// A rule is broken; nothing was sent.
    #[error(transparent)]
    Rule(#[from] crate::Error),
}

impl ChainError {
    /// Whether the same question may have another answer later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Unknown { .. } | Self::NotTaken { .. }
        )
    }

    pub(super) fn not_understood(error: impl std::fmt::Display) -> Self {
        Self::NotUnderstood(error.to_string())
    }
}
