//! In which language a visitor is answered. Inside, everything is in English, as in the log and the
//! database; what leaves the service for a visitor is translated on its way out.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use http::{HeaderMap, header};
use order::api::{Deployment, GitCheck, NameAnswer, ProblemDetails};
use words::{Lang, translate};

/// The language that a request asks for with `Accept-Language`; else English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tongue(pub(super) Lang);

impl Tongue {
    /// By the headers of a request.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE);
        let accepted = accepted.and_then(|value| value.to_str().ok());
        Self(accepted.and_then(Lang::negotiate).unwrap_or_default())
    }

    /// The same, for its reader.
    pub(super) fn say<T: Spoken>(self, mut message: T) -> T {
        if self.0 != Lang::En {
            message.each(&mut |text| *text = translate(text, self.0));
        }
        message
    }
}

impl<S: Sync> FromRequestParts<S> for Tongue {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// A message with texts for a visitor.
pub(super) trait Spoken {
    /// Does something with each of them.
    fn each(&mut self, act: &mut dyn FnMut(&mut String));
}

impl Spoken for NameAnswer {
    fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
        self.message.iter_mut().for_each(act);
    }
}

impl Spoken for GitCheck {
    fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
        act(&mut self.message);
        self.notices.iter_mut().for_each(act);
    }
}

impl Spoken for Deployment {
    fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
        let details = self.steps.iter_mut().filter_map(|s| s.detail.as_mut());
        let failure = self.failure.iter_mut().map(|f| &mut f.message);
        details.chain(failure).for_each(act);
    }
}

impl Spoken for ProblemDetails {
    fn each(&mut self, act: &mut dyn FnMut(&mut String)) {
        act(&mut self.detail);
        self.errors.iter_mut().for_each(|e| act(&mut e.detail));
    }
}
