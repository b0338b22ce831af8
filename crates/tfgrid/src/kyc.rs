//! Whether a twin's owner has proven who he is: nodes serve no one else
//! (zosbase:pkg/provision/engine.go, `isTwinVerified`).

use serde::Deserialize;

use crate::identity::AccountId;
use crate::service::Service;
use crate::{Error, ServiceError};

const STATUS: &str = "/api/v1/status";

/// The verification service.
#[derive(Clone)]
pub struct Kyc(Service);

/// How a verification stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verification {
    /// Done: nodes serve this twin.
    Verified,
    /// Begun and not finished.
    Unverified,
    /// Looked at and not accepted.
    Rejected,
    /// Being looked at.
    Pending,
    /// Never begun. The service says so with 404.
    #[serde(skip)]
    Never,
}

impl Verification {
    /// Whether nodes serve the twin.
    #[must_use]
    pub fn is_verified(self) -> bool {
        self == Verification::Verified
    }
}

#[derive(Deserialize)]
struct Answered {
    result: Stands,
}

#[derive(Deserialize)]
struct Stands {
    status: Verification,
}

impl Kyc {
    /// At one or more addresses, like `https://kyc.grid.tf`; they are tried in that order.
    ///
    /// # Errors
    /// [`Error::Rule`] for what is no address, [`Error::Tls`].
    pub fn new(bases: &[&str]) -> Result<Self, Error> {
        Service::new("verification service", bases).map(Self)
    }

    /// How it stands with a twin, which is what nodes ask.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn twin(&self, twin: u32) -> Result<Verification, ServiceError> {
        self.status(("twin_id", twin.to_string())).await
    }

    /// How it stands with an account, which needs no twin yet.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn account(&self, account: &AccountId) -> Result<Verification, ServiceError> {
        self.status(("client_id", account.to_string())).await
    }

    async fn status(&self, whose: (&'static str, String)) -> Result<Verification, ServiceError> {
        match self.0.get(STATUS, &[whose]).await? {
            Some(answer) => Ok(answer.json::<Answered>()?.result.status),
            None => Ok(Verification::Never),
        }
    }
}
