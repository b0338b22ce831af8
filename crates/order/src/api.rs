//! The messages of the companion API, shared by widget and service. Shapes as in the OpenAPI
//! document, which is generated from these types. Times are RFC 3339 text in UTC.

use serde::{Deserialize, Serialize};

use crate::OrderDraft;

/// `POST /v1/deployments`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeploymentRequest {
    /// The site whose widget this is; the site record decides who may deploy.
    pub site: String,
    /// What the site asks for before it deploys; `null` on open sites.
    pub grant: Option<Grant>,
    /// What to deploy.
    pub order: OrderDraft,
}

/// Why this visitor may deploy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Grant {
    /// A code the operator gave out.
    Invite(String),
    /// Signed by the host page's backend.
    Token(String),
}

/// A deployment, as `/v1/deployments/{id}` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deployment {
    /// Its id, in the path.
    pub id: String,
    /// Where it stands.
    pub state: State,
    /// `name.domain`.
    pub address: String,
    /// Where to open it; on the development grid not the same as `https://address`.
    pub url: String,
    /// What is being done, in order.
    pub steps: Vec<Step>,
    /// When it was asked for.
    pub created_at: String,
    /// When it was ready.
    pub ready_at: Option<String>,
    /// What went wrong, when something did.
    pub failure: Option<Failure>,
    /// The command for remote login, when a key was given and the machine is up.
    pub ssh: Option<String>,
    /// The machine's public IPv6 address.
    pub ipv6: Option<String>,
    /// Whether the admin password can still be revealed.
    pub password_available: bool,
    /// The highest event number included here: give it as `Last-Event-ID` to follow from here.
    pub last_event: u64,
    /// The secret that manages this deployment; only in the answer to the POST that made it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub capability: Option<String>,
}

/// Where a deployment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum State {
    /// Accepted; nothing done yet.
    Requested,
    /// The grid is being asked whether it can.
    Preflight,
    /// Everything the grid will hash is fixed and stored.
    Planned,
    /// The one paid call is on its way.
    Paying,
    /// Contracts exist; the nodes are being told.
    Sent,
    /// The nodes are working.
    Starting,
    /// The instance is asked, over its public address, whether it answers.
    Verifying,
    /// It answers.
    Ready,
    /// Being taken down.
    Unwinding,
    /// It failed; nothing is left running or paid for.
    Failed,
    /// It was deleted; nothing is left running or paid for.
    Deleted,
}

impl State {
    /// No further change comes by itself.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Ready | Self::Failed | Self::Deleted)
    }

    /// Nothing is left, and nothing will be.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Failed | Self::Deleted)
    }
}

/// One named step of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    /// Which.
    pub name: StepName,
    /// Where it stands.
    pub state: StepState,
    /// When it began.
    pub started_at: Option<String>,
    /// When it was done or failed.
    pub ended_at: Option<String>,
    /// What is happening now, in words.
    pub detail: Option<String>,
    /// How long it usually takes here, seconds: the median of recent deployments, or the default.
    pub usual_seconds: u32,
}

/// The steps, in order. They may overlap: the certificate comes while PeerTube starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum StepName {
    /// Reserve and pay.
    Contracts,
    /// Prepare the machine.
    Machine,
    /// Start PeerTube.
    Peertube,
    /// Certificate and address.
    Address,
    /// Check that it answers.
    Check,
}

impl StepName {
    /// Every step, in order.
    pub const ALL: [Self; 5] = [
        Self::Contracts,
        Self::Machine,
        Self::Peertube,
        Self::Address,
        Self::Check,
    ];
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum StepState {
    /// Not begun.
    Pending,
    /// Going on.
    Running,
    /// Done.
    Done,
    /// Failed.
    Failed,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failure {
    /// The step that failed.
    pub step: StepName,
    /// The kind, for programs and translations.
    pub code: FailureCode,
    /// The same for a person: what happened and what to do.
    pub message: String,
    /// Whether something was paid before it failed.
    pub paid: bool,
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FailureCode {
    /// Somebody else reserved the name first.
    NameTaken,
    /// No machine of this size is free at this location.
    NoRoom,
    /// The operator's account cannot deploy now (not verified, or not enough money).
    Operator,
    /// The chain refused the payment for another reason.
    PaymentRefused,
    /// The machine could not be prepared.
    Machine,
    /// The web gateway could not serve the address.
    Gateway,
    /// The instance did not answer in time.
    NotAnswering,
    /// The grid did not answer in time.
    GridUnreachable,
    /// The visitor or the operator cancelled it.
    Cancelled,
}

/// One server-sent event of a deployment (`event: step`); its number is the `id:` line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// The deployment's state after it.
    pub state: State,
    /// The step it is about, if any.
    pub step: Option<StepName>,
    /// That step's state after it.
    pub step_state: Option<StepState>,
    /// What is happening, in words.
    pub detail: Option<String>,
    /// When.
    pub at: String,
}

/// `POST /v1/deployments/{id}/password`, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Password {
    /// PeerTube's administrator, always `root`.
    pub username: String,
    /// The password it was started with.
    pub password: String,
}

/// `GET /v1/names/{domain}/{name}`. A hint: the deployment itself is what reserves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NameAnswer {
    /// `name.domain`.
    pub address: String,
    /// Whether it can be had.
    pub state: NameState,
    /// Why not.
    pub message: Option<String>,
}

/// Whether an address can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NameState {
    /// Nobody has it.
    Free,
    /// Somebody has it.
    Taken,
    /// Nobody may have it.
    Reserved,
    /// It breaks a rule.
    Invalid,
}

/// `POST /v1/git-checks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GitCheckRequest {
    /// The repository.
    pub url: String,
}

/// The answer to a git check: 200 whenever the check itself ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GitCheck {
    /// The verdict.
    pub state: GitState,
    /// The canonical URL, when there is one; else what was sent.
    pub url: String,
    /// The host asked.
    pub host: Option<String>,
    /// The default branch, without `refs/heads/`.
    pub branch: Option<String>,
    /// The commit it points to, 40 (or 64) hex digits.
    pub commit: Option<String>,
    /// What the settings in it would do; `null` until settings are read.
    pub settings: Option<String>,
    /// Things worth knowing that are not errors.
    pub notices: Vec<String>,
    /// The verdict for a person.
    pub message: String,
    /// A URL that would do better.
    pub suggestion: Option<String>,
}

/// The verdicts of a git check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum GitState {
    /// It works.
    Ok,
    /// It answers, but not as a git repository.
    NotGit,
    /// It has no commits.
    Empty,
    /// The branch or tag asked for is not there.
    NoSuchRef,
    /// It needs a login, or is not there: forges answer the same for both.
    NotPublic,
    /// The host could not be reached.
    Unreachable,
    /// The host took too long.
    TooSlow,
    /// Its address is not one this service connects to.
    Refused,
    /// The URL breaks a rule.
    InvalidUrl,
    /// The settings in it break a rule.
    InvalidSettings,
}

/// An error: `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemDetails {
    /// A stable name of the kind, such as `/problems/name-taken`.
    pub r#type: String,
    /// The kind in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// Which fields, when it is about fields.
    #[serde(default)]
    pub errors: Vec<ProblemField>,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// The request's id, also in the operator's log.
    pub request_id: String,
}

/// One field's part of a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemField {
    /// A JSON pointer into the request.
    pub pointer: String,
    /// What is wrong there, and what to do.
    pub detail: String,
}
