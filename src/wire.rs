//! The messages of the API as they travel. Their types are `order`'s; tests hold each shape here
//! against the one that `order` gives the service.

use order::{
    Catalogue, Domain, DomainOffer, GridKind, LocationId, LocationOffer, LocationState, OrderDraft,
    Price, SizeId, SizeOffer,
    api::{
        Deployment, Failure, FailureCode, GitCheck, GitState, Grant, NameAnswer, NameState,
        Password, ProblemDetails, ProblemField, State, Step, StepName, StepState,
    },
};

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

/// What the API calls it.
pub(crate) fn name<T: Named>(it: T) -> &'static str {
    it.name()
}

/// What has a name in the API.
pub(crate) trait Named {
    fn name(self) -> &'static str;
}

/// Reads an enum from its names.
macro_rules! by_name {
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl Read for $type {
            fn read(json: &Json) -> Self {
                const ALL: &[$type] = &[$($type::$variant),+];
                ALL[json.one_of(&[$($name),+])]
            }
        }

        impl Named for $type {
            fn name(self) -> &'static str {
                match self {
                    $($type::$variant => $name),+
                }
            }
        }
    };
}

by_name!(GridKind {
    Devgrid = "devgrid",
    Main = "main",
    Test = "test",
    Qa = "qa",
    Dev = "dev",
});
by_name!(LocationState {
    Open = "open",
    Full = "full",
    Announced = "announced",
});
by_name!(State {
    Requested = "requested",
    Preflight = "preflight",
    Planned = "planned",
    Paying = "paying",
    Sent = "sent",
    Starting = "starting",
    Verifying = "verifying",
    Ready = "ready",
    Unwinding = "unwinding",
    Failed = "failed",
    Deleted = "deleted",
});
by_name!(StepName {
    Contracts = "contracts",
    Machine = "machine",
    Peertube = "peertube",
    Address = "address",
    Check = "check",
});
by_name!(StepState {
    Pending = "pending",
    Running = "running",
    Done = "done",
    Failed = "failed",
});
by_name!(FailureCode {
    NameTaken = "name_taken",
    NoRoom = "no_room",
    Operator = "operator",
    PaymentRefused = "payment_refused",
    Machine = "machine",
    Gateway = "gateway",
    NotAnswering = "not_answering",
    GridUnreachable = "grid_unreachable",
    Cancelled = "cancelled",
});
by_name!(NameState {
    Free = "free",
    Taken = "taken",
    Reserved = "reserved",
    Invalid = "invalid",
});
by_name!(GitState {
    Ok = "ok",
    NotGit = "not_git",
    Empty = "empty",
    NoSuchRef = "no_such_ref",
    NotPublic = "not_public",
    Unreachable = "unreachable",
    TooSlow = "too_slow",
    Refused = "refused",
    InvalidUrl = "invalid_url",
    InvalidSettings = "invalid_settings",
});

#[cfg(all(test, target_arch = "wasm32"))]
#[allow(clippy::expect_used)] // helpers of tests are no tests to clippy
mod tests {
    use std::fmt::Debug;

    use serde::{Serialize, de::DeserializeOwned};
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    /// Reads what serde writes, and nothing of what serde refuses.
    fn same<T: Read + Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
        let text = serde_json::to_string(&value).expect("it can be written");
        assert_eq!(read::<T>(&text).as_ref(), Some(&value), "{text}");
        let whole: serde_json::Value = serde_json::from_str(&text).expect("it can be read");
        for name in whole.as_object().into_iter().flatten().map(|(n, _)| n) {
            let mut less = whole.clone();
            less.as_object_mut().expect("an object").remove(name);
            let less = less.to_string();
            assert_eq!(read::<T>(&less), serde_json::from_str(&less).ok(), "{less}");
        }
    }

    fn draft() -> OrderDraft {
        OrderDraft {
            size: "small".into(),
            location: "ghent".into(),
            name: "my\"club\u{e9}".into(),
            domain: "ava.tf".into(),
            git_url: Some("https://example.org/a".into()),
            ssh_key: None,
            private: true,
            p2p: false,
            admin_email: Some(String::new()),
        }
    }

    fn deployment(state: State, failure: Option<Failure>) -> Deployment {
        let step = |name| Step {
            name,
            state: StepState::Running,
            started_at: Some("2026-01-01T00:00:00Z".into()),
            ended_at: None,
            detail: Some("x".into()),
            usual_seconds: 60,
        };
        Deployment {
            id: "a".into(),
            state,
            address: "myclub.ava.tf".into(),
            url: "https://myclub.ava.tf".into(),
            steps: StepName::ALL.map(step).into(),
            created_at: "2026-01-01T00:00:00Z".into(),
            ready_at: None,
            failure,
            ssh: Some("ssh root@2001:db8::1".into()),
            ipv6: None,
            password_available: true,
            last_event: 4_294_967_296,
            capability: Some("c".into()),
        }
    }

    #[wasm_bindgen_test]
    fn messages_read_as_serde_reads_them() {
        let mut catalogue = Catalogue::default();
        catalogue
            .git_origins_allowed
            .push("http://127.0.0.1:1".into());
        catalogue.sizes[0].price.tft_month = Some("1".into());
        same(catalogue);
        same(draft());
        same(deployment(State::Ready, None));
        same(Password {
            username: "root".into(),
            password: "p".into(),
        });
        same(NameAnswer {
            address: "a".into(),
            state: NameState::Free,
            message: Some("m".into()),
        });
        same(GitCheck {
            state: GitState::Ok,
            url: "u".into(),
            host: Some("h".into()),
            branch: None,
            commit: None,
            settings: None,
            notices: vec!["n".into()],
            message: "m".into(),
            suggestion: None,
        });
        same(ProblemDetails {
            r#type: "/problems/name-taken".into(),
            title: "t".into(),
            status: 409,
            detail: "d".into(),
            errors: vec![ProblemField {
                pointer: "/order/name".into(),
                detail: "e".into(),
            }],
            retryable: false,
            request_id: "r".into(),
        });
    }

    #[wasm_bindgen_test]
    fn every_name_of_every_enum_is_known() {
        use State::*;
        let states = [
            Requested, Preflight, Planned, Paying, Sent, Starting, Verifying, Ready, Unwinding,
            Failed, Deleted,
        ];
        states.into_iter().for_each(same);
        StepName::ALL.into_iter().for_each(same);
        [
            StepState::Pending,
            StepState::Running,
            StepState::Done,
            StepState::Failed,
        ]
        .into_iter()
        .for_each(same);
        [
            LocationState::Open,
            LocationState::Full,
            LocationState::Announced,
        ]
        .into_iter()
        .for_each(same);
        [
            GridKind::Devgrid,
            GridKind::Main,
            GridKind::Test,
            GridKind::Qa,
            GridKind::Dev,
        ]
        .into_iter()
        .for_each(same);
        [
            NameState::Free,
            NameState::Taken,
            NameState::Reserved,
            NameState::Invalid,
        ]
        .into_iter()
        .for_each(same);
        let codes = [
            FailureCode::NameTaken,
            FailureCode::NoRoom,
            FailureCode::Operator,
            FailureCode::PaymentRefused,
            FailureCode::Machine,
            FailureCode::Gateway,
            FailureCode::NotAnswering,
            FailureCode::GridUnreachable,
            FailureCode::Cancelled,
        ];
        for code in codes {
            same(code);
            same(deployment(
                Failed,
                Some(Failure {
                    step: StepName::Check,
                    code,
                    message: "m".into(),
                    paid: true,
                }),
            ));
        }
        let git = [
            GitState::Ok,
            GitState::NotGit,
            GitState::Empty,
            GitState::NoSuchRef,
            GitState::NotPublic,
            GitState::Unreachable,
            GitState::TooSlow,
            GitState::Refused,
            GitState::InvalidUrl,
            GitState::InvalidSettings,
        ];
        git.into_iter().for_each(same);
    }

    #[wasm_bindgen_test]
    fn requests_are_written_as_the_service_reads_them() {
        for grant in [
            None,
            Some(Grant::Invite("i".into())),
            Some(Grant::Token("t".into())),
        ] {
            let request = write_request("s", grant.as_ref(), &draft());
            let request: order::api::DeploymentRequest =
                serde_json::from_str(&request).expect("a request");
            assert_eq!((request.site.as_str(), request.grant), ("s", grant));
            assert_eq!(request.order, draft());
        }
        let check: order::api::GitCheckRequest =
            serde_json::from_str(&write_git_check("u")).expect("a check");
        assert_eq!(check.url, "u");
        assert_eq!(read::<OrderDraft>(&write_draft(&draft())), Some(draft()));
    }

    #[wasm_bindgen_test]
    fn nonsense_is_no_message() {
        for text in ["", "null", "[]", "7", "{", "{\"sizes\": 3}"] {
            assert_eq!(read::<Catalogue>(text), None, "{text}");
        }
    }
}
