//! `POST /v1/deployments`

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use order::{
    Field, FieldError, Order,
    api::{Deployment, DeploymentRequest, GitState, ProblemDetails},
};
use sha2::{Digest, Sha256};
use words::Reply;

use super::super::{App, Kind, Problem, catalog, git_checks, json, names, visitor::Visitor};
use crate::{
    access::{self, Refusal},
    entropy::random_hex,
    store::{Created, NewDeployment, Pass, Record},
};

/// Accepts an order. The same key and body give the same answer again, whatever happened between.
#[utoipa::path(
    post, path = "/v1/deployments",
    params(("Idempotency-Key" = String, Header, description = "16 to 128 characters, new for each order")),
    request_body = DeploymentRequest,
    responses(
        (status = 202, body = Deployment, description = "accepted; the capability is only in this answer"),
        (status = 401, body = ProblemDetails, description = "the site asks for an invitation or a token"),
        (status = 403, body = ProblemDetails, description = "the site is not registered, or the invitation or token cannot be used"),
        (status = 409, body = ProblemDetails, description = "the name is in use"),
        (status = 429, body = ProblemDetails, description = "the site or the subject has as many as it may"),
        (status = 422, body = ProblemDetails, description = "fields are wrong, or the key came with another body"),
    )
)]
pub(in super::super) async fn post(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    json::Json(request): json::Json<DeploymentRequest>,
) -> Result<Response, Problem> {
    let key = key(&headers)?;
    let site = app
        .config
        .site(&request.site)
        .ok_or(Problem::new(Kind::SiteUnknown))?;
    let catalogue = catalog::current(&app).await;
    let order = request.order.parse(&catalogue);
    if let Err(errors) = &order
        && errors.iter().any(never_was_right)
    {
        return Err(Problem::fields(errors));
    }
    let body_hash = hash(&request);
    let store = &app.engine.store;
    if let Some(before) = store.find_key(&site.id, key, &body_hash).await? {
        return answer(&app, before).await;
    }
    let order = order.map_err(|errors| Problem::fields(&errors))?;
    if names::is_taken(&app, &order.name, order.domain.as_str()).await? {
        // Perhaps by this very request, sent twice at once.
        let again = store.find_key(&site.id, key, &body_hash).await?;
        return answer(&app, again.unwrap_or(Created::AddressTaken)).await;
    }
    let now = app.engine.clock.now_ms();
    let admission =
        access::admit(site, request.grant.as_ref(), order.size.as_str(), now).map_err(refused)?;
    if let Pass::Invite(code) = &admission.pass
        && !store.is_invited(&site.id, code, now).await?
    {
        // Perhaps used up by this very request, sent twice at once.
        let again = store.find_key(&site.id, key, &body_hash).await?;
        return answer(&app, again.unwrap_or(Created::PassUsed)).await;
    }
    // Now only: who may not deploy here takes nothing from those who may.
    app.brakes.order(&site.id, &admission.subject)?;
    let commit = commit(&app, &order, visitor).await?;
    if store.accepted_since(now.saturating_sub(HOUR)).await? >= app.config.deployments_per_hour {
        return Err(Problem::new(Kind::TooManyDeployments));
    }
    let id = random_hex::<12>(&*app.engine.entropy);
    let created = store
        .create(NewDeployment {
            record: Record::new(id, site.id.clone(), &order, commit, now),
            key: key.to_owned(),
            body_hash,
            quarantined_since: names::quarantined_since(&app),
            admission,
        })
        .await?;
    if let Created::New(record) = &created {
        app.engine.hints.wanted(&record.id);
    }
    answer(&app, created).await
}

/// Whether no config takes it: then it was not accepted before, and the store need not be asked.
fn never_was_right(error: &FieldError) -> bool {
    matches!(error.field, Field::Name | Field::SshKey | Field::AdminEmail)
}

const HOUR: u64 = 60 * 60 * 1000;

async fn answer(app: &App, created: Created) -> Result<Response, Problem> {
    let record = match created {
        Created::New(record) | Created::Again(record) => record,
        Created::KeyReused => return Err(Problem::new(Kind::KeyReused)),
        Created::PassUsed => {
            let words = Reply::GrantUsed.english();
            return Err(Problem::at(Kind::GrantRefused, "/grant", words));
        }
        Created::TooManyRunning => {
            return Err(full(Reply::SiteFull.english()));
        }
        Created::TooManyToday => {
            return Err(full(Reply::SiteFullToday.english()));
        }
        Created::TooManyOfSubject => {
            return Err(full(Reply::YouAreFull.english()));
        }
        Created::AddressTaken => {
            let words = Reply::SomebodyHas.english();
            return Err(Problem::at(Kind::NameTaken, Field::Name.pointer(), words));
        }
    };
    let mut deployment = super::resource(app, &record).await?;
    deployment.capability = Some(app.engine.secrets.capability(&record.id));
    let location = format!("/v1/deployments/{}", record.id);
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, "no-store".into()),
    ];
    Ok((StatusCode::ACCEPTED, headers, Json(deployment)).into_response())
}

fn refused(refusal: Refusal) -> Problem {
    let kind = match refusal {
        Refusal::Missing(_) => Kind::GrantMissing,
        Refusal::NotAsked(_) | Refusal::Token(_) => Kind::GrantRefused,
        Refusal::Size => {
            let pointer = Field::Size.pointer();
            return Problem::at(Kind::Invalid, pointer, refusal.to_string());
        }
    };
    Problem::at(kind, "/grant", refusal.to_string())
}

fn full(words: &str) -> Problem {
    Problem::detail(Kind::QuotaReached, words)
}

fn key(headers: &HeaderMap) -> Result<&str, Problem> {
    let key = headers
        .get("idempotency-key")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let good = (16..=128).contains(&key.len())
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    good.then_some(key).ok_or(Problem::new(Kind::KeyMissing))
}

/// Of what was understood, not of the bytes: spacing and the order of keys do not count. Nor does the
/// grant: an order that is sent again may come with a fresh token.
fn hash(request: &DeploymentRequest) -> String {
    let text = serde_json::to_vec(&(&request.site, &request.order)).unwrap_or_default();
    let digest: [u8; 32] = Sha256::digest(text).into();
    digest.iter().map(|b| format!("{b:02x}")).collect()
}

/// The commit of the settings repository, checked now: the deployment pins it.
async fn commit(app: &App, order: &Order, visitor: Visitor) -> Result<Option<String>, Problem> {
    let Some(url) = &order.git_url else {
        return Ok(None);
    };
    let check = git_checks::check(app, &url.to_string(), visitor).await?;
    if check.state != GitState::Ok {
        return Err(Problem::at(
            Kind::Invalid,
            Field::GitUrl.pointer(),
            check.message,
        ));
    }
    Ok(check.commit)
}
