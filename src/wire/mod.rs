//! The messages of the API as they travel. Their types are `order`'s; tests hold each shape here
//! against the one that `order` gives the service.

mod names;
#[cfg(all(test, target_arch = "wasm32"))]
mod tests;

use order::{
    Catalogue, Domain, DomainOffer, GridKind, LocationId, LocationOffer, LocationState, OrderDraft,
    Price, SizeId, SizeOffer,
    api::{
        Deployment, Failure, FailureCode, GitCheck, GitState, Grant, NameAnswer, NameState,
        Password, ProblemDetails, ProblemField, State, Step, StepName, StepState,
    },
};

pub(crate) use names::name;

use crate::json::{Json, Writer};

/// What can be read off JSON. What is missing, or of another kind, is noted in the JSON, and stands
/// for itself meanwhile: no way out at each member keeps this code small.
pub(crate) trait Read: Sized {
    fn read(json: &Json) -> Self;
}

/// Reads a message: nothing when anything in it is missing or of another kind.
pub(crate) fn read<T: Read>(text: &str) -> Option<T> {
    let json = Json::parse(text)?;
    let message = T::read(&json);
    json.is_whole().then_some(message)
}

fn all<T: Read>(json: &Json, name: &str) -> Vec<T> {
    json.list(name).iter().map(T::read).collect()
}

fn maybe<T: Read>(json: &Json, name: &str) -> Option<T> {
    let member = json.get(name);
    member.is_some().then(|| T::read(&member))
}

/// `POST /v1/deployments`, with what the site asks for.
pub(crate) fn write_request(site: &str, grant: Option<&Grant>, order: &OrderDraft) -> String {
    let request = Writer::default().text("site", site);
    let grant = grant.map(|grant| match grant {
        Grant::Invite(code) => ("invite", code),
        Grant::Token(token) => ("token", token),
    });
    let request = match grant {
        Some((kind, text)) => request.object("grant", Writer::default().text(kind, text.trim())),
        None => request.maybe("grant", None),
    };
    request.object("order", draft(order)).write()
}

/// `POST /v1/git-checks`.
pub(crate) fn write_git_check(url: &str) -> String {
    Writer::default().text("url", url).write()
}

/// The draft, for the session.
pub(crate) fn write_draft(order: &OrderDraft) -> String {
    draft(order).write()
}

fn draft(order: &OrderDraft) -> Writer {
    Writer::default()
        .text("size", &order.size)
        .text("location", &order.location)
        .text("name", &order.name)
        .text("domain", &order.domain)
        .maybe("git_url", order.git_url.as_deref())
        .maybe("ssh_key", order.ssh_key.as_deref())
        .flag("private", order.private)
        .flag("p2p", order.p2p)
        .maybe("admin_email", order.admin_email.as_deref())
}

impl Read for OrderDraft {
    fn read(json: &Json) -> Self {
        Self {
            size: json.text("size"),
            location: json.text("location"),
            name: json.text("name"),
            domain: json.text("domain"),
            git_url: json.maybe("git_url"),
            ssh_key: json.maybe("ssh_key"),
            private: json.flag("private"),
            p2p: json.flag("p2p"),
            admin_email: json.maybe("admin_email"),
        }
    }
}

impl Read for Catalogue {
    fn read(json: &Json) -> Self {
        Self {
            sizes: all(json, "sizes"),
            locations: all(json, "locations"),
            domains: all(json, "domains"),
            git_url_required: json.flag("git_url_required"),
            git_origins_allowed: texts(json, "git_origins_allowed"),
            grid: GridKind::read(&json.get("grid")),
            prices_at: json.maybe("prices_at"),
        }
    }
}

impl Read for SizeOffer {
    fn read(json: &Json) -> Self {
        let price = json.get("price");
        Self {
            id: SizeId::offered(json.text("id")),
            vcpu: json.number("vcpu") as u16,
            memory_gib: json.number("memory_gib") as u32,
            disk_gib: json.number("disk_gib") as u32,
            video_hours: json.number("video_hours") as u32,
            price: Price {
                usd_month: price.text("usd_month"),
                tft_month: price.maybe("tft_month"),
            },
        }
    }
}

impl Read for LocationOffer {
    fn read(json: &Json) -> Self {
        Self {
            id: LocationId::offered(json.text("id")),
            name: json.text("name"),
            country: json.text("country"),
            state: LocationState::read(&json.get("state")),
        }
    }
}

impl Read for DomainOffer {
    fn read(json: &Json) -> Self {
        let id = Domain::offered(json.text("id"));
        Self { id }
    }
}

impl Read for Deployment {
    fn read(json: &Json) -> Self {
        Self {
            id: json.text("id"),
            state: State::read(&json.get("state")),
            address: json.text("address"),
            url: json.text("url"),
            steps: all(json, "steps"),
            created_at: json.text("created_at"),
            ready_at: json.maybe("ready_at"),
            failure: maybe(json, "failure"),
            ssh: json.maybe("ssh"),
            ipv6: json.maybe("ipv6"),
            password_available: json.flag("password_available"),
            last_event: json.number("last_event"),
            capability: json.maybe("capability"),
        }
    }
}

impl Read for Step {
    fn read(json: &Json) -> Self {
        Self {
            name: StepName::read(&json.get("name")),
            state: StepState::read(&json.get("state")),
            started_at: json.maybe("started_at"),
            ended_at: json.maybe("ended_at"),
            detail: json.maybe("detail"),
            usual_seconds: json.number("usual_seconds") as u32,
        }
    }
}

impl Read for Failure {
    fn read(json: &Json) -> Self {
        Self {
            step: StepName::read(&json.get("step")),
            code: FailureCode::read(&json.get("code")),
            message: json.text("message"),
            paid: json.flag("paid"),
        }
    }
}

impl Read for Password {
    fn read(json: &Json) -> Self {
        Self {
            username: json.text("username"),
            password: json.text("password"),
        }
    }
}

impl Read for NameAnswer {
    fn read(json: &Json) -> Self {
        Self {
            address: json.text("address"),
            state: NameState::read(&json.get("state")),
            message: json.maybe("message"),
        }
    }
}

impl Read for GitCheck {
    fn read(json: &Json) -> Self {
        Self {
            state: GitState::read(&json.get("state")),
            url: json.text("url"),
            host: json.maybe("host"),
            branch: json.maybe("branch"),
            commit: json.maybe("commit"),
            settings: json.maybe("settings"),
            notices: texts(json, "notices"),
            message: json.text("message"),
            suggestion: json.maybe("suggestion"),
        }
    }
}

impl Read for ProblemDetails {
    fn read(json: &Json) -> Self {
        Self {
            r#type: json.text("type"),
            title: json.text("title"),
            status: json.number("status") as u16,
            detail: json.text("detail"),
            errors: if json.get("errors").is_some() {
                all(json, "errors")
            } else {
                vec![]
            },
            retryable: json.flag("retryable"),
            request_id: json.text("request_id"),
        }
    }
}

impl Read for ProblemField {
    fn read(json: &Json) -> Self {
        Self {
            pointer: json.text("pointer"),
            detail: json.text("detail"),
        }
    }
}

fn texts(json: &Json, name: &str) -> Vec<String> {
    json.list(name).iter().map(Json::as_text).collect()
}
