//! Errors on the wire, in one place.
//!
//! The policy: every error is `application/problem+json` with a stable type, says what to do, and
//! never carries an upstream's text, a path or a panic's message. Those go to the log, with the
//! request id that the visitor can tell the operator.

use std::time::Duration;

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use order::{
    FieldError,
    api::{ProblemDetails, ProblemField},
};
use words::Reply;

use super::tongue::Tongue;
use crate::{engine::EngineError, secrets::SecretError, store::StoreError};

/// An error on its way out.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: Kind,
    detail: Option<String>,
    errors: Vec<ProblemField>,
    wait: Option<Duration>,
}

/// The kinds of error; each is a row: name, status, title, whether to try again, what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 400
    NotJson,
    /// 401
    GrantMissing,
    /// 403
    SiteUnknown,
    /// 403
    GrantRefused,
    /// 404
    NotFound,
    /// 405
    MethodNotAllowed,
    /// 409
    NameTaken,
    /// 409
    NotReady,
    /// 410
    PasswordGone,
    /// 413
    BodyTooLarge,
    /// 414
    UrlTooLong,
    /// 415
    NotJsonType,
    /// 422
    Invalid,
    /// 422
    KeyReused,
    /// 422
    KeyMissing,
    /// 429
    TooManyChecks,
    /// 429
    TooManyRequests,
    /// 429
    QuotaReached,
    /// 431
    HeadersTooLarge,
    /// 500
    Internal,
    /// 503
    Busy,
    /// 503
    TooManyDeployments,
    /// 503
    Unavailable,
}

type Row = (&'static str, u16, &'static str, bool, &'static str);

impl Kind {
    #[rustfmt::skip]
    fn row(self) -> Row {
        match self {
            Self::NotJson => ("not-json", 400, "Not JSON", false, "The body is not valid JSON."),
            Self::GrantMissing => ("grant-missing", 401, "Not everybody may deploy here", false, Reply::GrantWanted.english()),
            Self::GrantRefused => ("grant-refused", 403, "Not with this invitation or token", false, Reply::GrantRefused.english()),
            Self::SiteUnknown => ("site-unknown", 403, "Unknown site", false, Reply::SiteUnknown.english()),
            Self::NotFound => ("not-found", 404, "Not found", false, Reply::NothingHere.english()),
            Self::MethodNotAllowed => ("method-not-allowed", 405, "Method not allowed", false, "This address takes other methods; see /openapi.json."),
            Self::NameTaken => ("name-taken", 409, "Name taken", false, Reply::SomebodyHas.english()),
            Self::NotReady => ("not-ready", 409, "Not ready yet", true, Reply::NotReadyYet.english()),
            Self::PasswordGone => ("password-gone", 410, "Already revealed", false, Reply::PasswordGone.english()),
            Self::BodyTooLarge => ("body-too-large", 413, "Body too large", false, "A body may have 64 KiB."),
            Self::UrlTooLong => ("url-too-long", 414, "Address too long", false, "An address may have 2 KiB."),
            Self::NotJsonType => ("not-json-type", 415, "Not application/json", false, "Send the body with Content-Type: application/json."),
            Self::Invalid => ("invalid", 422, "Some fields are wrong", false, Reply::CorrectFields.english()),
            Self::KeyReused => ("key-reused", 422, "Key used before", false, "This Idempotency-Key came with another request before. Use a new one."),
            Self::KeyMissing => ("key-missing", 422, "No Idempotency-Key", false, "Send an Idempotency-Key header: 16 to 128 letters, digits or dashes, new for each order."),
            Self::TooManyChecks => ("too-many-checks", 429, "Too many checks", true, Reply::TooManyChecks.english()),
            Self::TooManyRequests => ("too-many-requests", 429, "Too many requests", true, Reply::TooManyRequests.english()),
            Self::QuotaReached => ("quota-reached", 429, "As many as there may be", true, Reply::TryLater.english()),
            Self::HeadersTooLarge => ("headers-too-large", 431, "Headers too large", false, "Headers may have 32 KiB."),
            Self::Internal => ("internal", 500, "Something broke here", true, Reply::Broke.english()),
            Self::Busy => ("busy", 503, "Too much at once", true, Reply::Busy.english()),
            Self::TooManyDeployments => ("too-many-deployments", 503, "Too many deployments", true, Reply::TooManyDeployments.english()),
            Self::Unavailable => ("unavailable", 503, "Not available now", true, Reply::Unavailable.english()),
        }
    }
}

impl Problem {
    /// With the kind's own words.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            detail: None,
            errors: Vec::new(),
            wait: None,
        }
    }

    /// With other words.
    pub fn detail(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: Some(detail.into()),
            errors: Vec::new(),
            wait: None,
        }
    }

    /// Not before so long (`Retry-After`).
    pub fn after(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// About one place of the request.
    pub fn at(kind: Kind, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let field = ProblemField {
            pointer: pointer.into(),
            detail: detail.clone(),
        };
        Self {
            kind,
            detail: Some(detail),
            errors: vec![field],
            wait: None,
        }
    }

    /// About fields of an order.
    pub fn fields(errors: &[FieldError]) -> Self {
        let field = |e: &FieldError| ProblemField {
            pointer: e.field.pointer(),
            detail: e.problem.to_string(),
        };
        Self {
            kind: Kind::Invalid,
            detail: None,
            errors: errors.iter().map(field).collect(),
            wait: None,
        }
    }

    fn details(&self, request_id: &str) -> ProblemDetails {
        let (name, status, title, retryable, words) = self.kind.row();
        ProblemDetails {
            r#type: format!("/problems/{name}"),
            title: title.into(),
            status,
            detail: self.detail.clone().unwrap_or_else(|| words.into()),
            errors: self.errors.clone(),
            retryable,
            request_id: request_id.into(),
        }
    }
}

impl IntoResponse for Problem {
    /// Without a body: [`render`] writes it, for it knows the request id.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.kind.row().1);
        let mut response = status
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response();
        if let Some(wait) = self.wait {
            let seconds = HeaderValue::from(wait.as_secs() + 1);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::new(Kind::Unavailable)
    }
}

impl From<SecretError> for Problem {
    fn from(error: SecretError) -> Self {
        tracing::error!(%error, "a secret cannot be used");
        Self::new(Kind::Internal)
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Store(error) => error.into(),
            error => {
                tracing::error!(%error, "the engine failed");
                Self::new(Kind::Unavailable)
            }
        }
    }
}

/// Writes the body of every error, also of those that a library made.
pub(super) async fn render(request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|v| v.to_str().ok());
    let id = id.unwrap_or_default().to_owned();
    let tongue = Tongue::of(request.headers());
    let mut response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let problem = response.extensions_mut().remove::<Problem>();
    // What is said of a file and its parts stays as it is.
    let of_files = [
        StatusCode::PRECONDITION_FAILED,
        StatusCode::RANGE_NOT_SATISFIABLE,
    ];
    if problem.is_none() && of_files.contains(&status) {
        return response;
    }
    let problem = problem.unwrap_or_else(|| Problem::new(of_status(status)));
    let details = tongue.say(problem.details(&id));
    let body = serde_json::to_vec(&details).unwrap_or_default();
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::from_u16(details.status).unwrap_or(status);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_ENCODING);
    let json = HeaderValue::from_static("application/problem+json");
    parts.headers.insert(header::CONTENT_TYPE, json);
    parts
        .headers
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Response::from_parts(parts, body.into())
}

fn of_status(status: StatusCode) -> Kind {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Kind::BodyTooLarge,
        StatusCode::METHOD_NOT_ALLOWED => Kind::MethodNotAllowed,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Kind::NotJsonType,
        StatusCode::NOT_FOUND => Kind::NotFound,
        s if s.is_server_error() => Kind::Internal,
        // What a library refuses by itself is a path that is no text.
        _ => Kind::NotFound,
    }
}
