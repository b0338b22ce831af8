//! The companion API, asked from the browser: one method for each call, plain `fetch` below.

use std::{cell::Cell, pin::Pin};

use js_sys::{Date, Object};
use order::{
    Catalogue, Field,
    api::{Deployment, GitCheck, NameAnswer, Password, ProblemDetails},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortSignal, Request, RequestInit, Response};
use words::Label;

use crate::{
    abort::Abort,
    dom,
    permalink::Access,
    text,
    wire::{self, Read},
};

thread_local! {
    static AHEAD: Cell<f64> = const { Cell::new(0.0) };
}

/// No call but the event stream may take longer.
const TIMEOUT_MS: u32 = 30_000;

/// Why a call has no answer to show.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// The HTTP status; 0 when the service could not be reached, did not answer in time, or the call
    /// was given up.
    pub(crate) status: u16,
    /// What to tell the visitor.
    pub(crate) message: String,
    /// What is wrong with which field.
    pub(crate) fields: Vec<(Field, String)>,
    /// Whether the same may succeed later.
    retryable: bool,
}

impl Refusal {
    fn new(status: u16, message: &str) -> Self {
        Self {
            status,
            message: message.to_owned(),
            fields: vec![],
            retryable: true,
        }
    }

    fn unreachable() -> Self {
        Self::new(0, text::of(Label::ApiDown))
    }

    /// An answer that this widget does not understand: an error of something in front of the service.
    pub(crate) fn odd(status: u16) -> Self {
        Self::new(status, text::of(Label::ApiOdd))
    }

    fn problem(problem: ProblemDetails) -> Self {
        let of = |field: Field| {
            let pointer = field.pointer();
            let error = problem.errors.iter().find(|e| e.pointer == pointer);
            error.map(|e| (field, e.detail.clone()))
        };
        let mut fields: Vec<_> = Field::ALL.into_iter().filter_map(of).collect();
        if fields.is_empty() && problem.status == 409 {
            fields.push((Field::Name, problem.detail.clone()));
        }
        Self {
            status: problem.status,
            message: problem.detail,
            fields,
            retryable: problem.retryable,
        }
    }

    /// Whether the service certainly did nothing: sending the same again makes no sense.
    pub(crate) fn is_final(&self) -> bool {
        (400..500).contains(&self.status) && !self.retryable
    }
}

/// An answer on its way. One shape for all of them keeps the download small.
type Call<T> = Pin<Box<dyn Future<Output = Result<T, Refusal>>>>;

/// A request.
struct Ask<'a> {
    method: &'a str,
    /// After `/v1/`.
    path: &'a str,
    header: (&'a str, &'a str),
    last_event: Option<&'a str>,
    body: Option<&'a str>,
    /// None: given up after 30 s.
    abort: Option<AbortSignal>,
}

impl Default for Ask<'_> {
    fn default() -> Self {
        Self {
            method: "GET",
            path: "",
            header: ("Accept", "application/json"),
            last_event: None,
            body: None,
            abort: None,
        }
    }
}

/// Where the service is, and for which site this widget asks.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    base: String,
    /// The site, as the service's operator named it.
    pub(crate) site: String,
}

impl Client {
    /// Reads both from the page: `<meta name="gridtube-api">` (none: the page's own origin), and
    /// `<meta name="gridtube-site">` or the path `/embed/<site>`. Never from the query, so that no
    /// link can send a visitor's order elsewhere.
    pub(crate) fn from_page() -> Self {
        let path = dom::text(&dom::window().location(), "pathname").unwrap_or_default();
        let mut parts = path.rsplit('/');
        let site = parts.next().filter(|site| !site.is_empty());
        let embedded = site.filter(|_| parts.next() == Some("embed"));
        Self {
            base: dom::meta("gridtube-api")
                .map(|api| api.trim_end_matches('/').to_owned())
                .unwrap_or_default(),
            site: dom::meta("gridtube-site")
                .unwrap_or_else(|| embedded.unwrap_or("default").to_owned()),
        }
    }

    /// What is on offer.
    pub(crate) fn catalogue(&self) -> Call<Catalogue> {
        self.message(Ask {
            path: "catalog",
            ..Ask::default()
        })
    }

    /// Whether an address, as `<domain>/<name>`, is free now. Only for names that keep the rules.
    pub(crate) fn name(&self, address: &str, abort: Option<AbortSignal>) -> Call<NameAnswer> {
        self.message(Ask {
            path: &["names/", address].concat(),
            abort,
            ..Ask::default()
        })
    }

    /// Whether a settings repository works.
    pub(crate) fn git_check(&self, url: &str, abort: Option<AbortSignal>) -> Call<GitCheck> {
        self.message(Ask {
            method: "POST",
            path: "git-checks",
            body: Some(&wire::write_git_check(url)),
            abort,
            ..Ask::default()
        })
    }

    /// Orders a deployment. The same key and body give the same deployment, however often.
    pub(crate) fn deploy(&self, key: &str, body: &str) -> Call<Deployment> {
        self.message(Ask {
            method: "POST",
            path: "deployments",
            header: ("Idempotency-Key", key),
            body: Some(body),
            ..Ask::default()
        })
    }

    /// How a deployment stands.
    pub(crate) fn deployment(&self, access: &Access) -> Call<Deployment> {
        self.message(Ask {
            path: &["deployments/", &access.id].concat(),
            header: ("Authorization", &bearer(access)),
            ..Ask::default()
        })
    }

    /// The admin password: given once, then gone (410).
    pub(crate) fn password(&self, access: &Access) -> Call<Password> {
        self.message(Ask {
            method: "POST",
            path: &["deployments/", &access.id, "/password"].concat(),
            header: ("Authorization", &bearer(access)),
            ..Ask::default()
        })
    }

    /// Takes a deployment down, whatever its state.
    pub(crate) fn delete(&self, access: &Access) -> Call<Response> {
        self.send(Ask {
            method: "DELETE",
            path: &["deployments/", &access.id].concat(),
            header: ("Authorization", &bearer(access)),
            ..Ask::default()
        })
    }

    /// Opens the event stream after event number `after`. It stays open until it is given up.
    pub(crate) fn events(&self, access: &Access, after: u64, abort: &Abort) -> Call<Response> {
        self.send(Ask {
            path: &["deployments/", &access.id, "/events"].concat(),
            header: ("Authorization", &bearer(access)),
            last_event: Some(&after.to_string()),
            abort: abort.signal(),
            ..Ask::default()
        })
    }

    fn message<T: Read + 'static>(&self, ask: Ask<'_>) -> Call<T> {
        let text = self.text(ask);
        Box::pin(async move { wire::read(&text.await?).ok_or_else(|| Refusal::odd(200)) })
    }

    fn text(&self, ask: Ask<'_>) -> Call<String> {
        let response = self.send(ask);
        Box::pin(async move { text_of(&response.await?).await })
    }

    fn send(&self, ask: Ask<'_>) -> Call<Response> {
        let request = self.request(ask);
        Box::pin(async move {
            let request = request.map_err(|_| Refusal::unreachable())?;
            let response = dom::settled(dom::window().fetch_with_request(&request)).await;
            let response: Response = response
                .map(JsCast::unchecked_into)
                .ok_or_else(Refusal::unreachable)?;
            set_clock(&response);
            if (200..300).contains(&response.status()) {
                return Ok(response);
            }
            let text = text_of(&response).await?;
            Err(wire::read(&text).map_or_else(|| Refusal::odd(response.status()), Refusal::problem))
        })
    }

    fn request(&self, ask: Ask<'_>) -> Result<Request, JsValue> {
        let headers = Object::new();
        dom::put(&headers, ask.header.0, &ask.header.1.into());
        // The service answers in the language of the page, whatever that of the browser.
        dom::put(&headers, "Accept-Language", &dom::language().into());
        if let Some(id) = ask.last_event {
            dom::put(&headers, "Last-Event-ID", &id.into());
        }
        let init = RequestInit::new();
        init.set_method(ask.method);
        if let Some(body) = ask.body {
            dom::put(&headers, "Content-Type", &"application/json".into());
            init.set_body(&body.into());
        }
        init.set_headers(&headers);
        let abort = ask
            .abort
            .unwrap_or_else(|| AbortSignal::timeout_with_u32(TIMEOUT_MS));
        init.set_signal(Some(&abort));
        Request::new_with_str_and_init(&[&self.base, "/v1/", ask.path].concat(), &init)
    }
}

/// The service's clock, milliseconds: the browser's may be wrong by hours.
pub(crate) fn service_now() -> f64 {
    Date::now() + AHEAD.get()
}

/// A random key (a version 4 UUID) that makes sending an order twice the same as once.
pub(crate) fn new_idempotency_key() -> String {
    let mut bytes = [0; 16];
    if let Ok(crypto) = dom::window().crypto() {
        // It fails only for more than 65,536 bytes.
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut key = String::with_capacity(36);
    for (i, byte) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            key.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            key.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
    }
    key
}

async fn text_of(response: &Response) -> Result<String, Refusal> {
    let text = response.text().map_err(|_| Refusal::unreachable())?;
    let text = dom::settled(text).await.and_then(|t| t.as_string());
    text.ok_or_else(Refusal::unreachable)
}

fn bearer(access: &Access) -> String {
    ["Bearer ", &access.capability].concat()
}

fn set_clock(response: &Response) {
    let date = response.headers().get("date").ok().flatten();
    let ahead = date.map_or(0.0, |d| Date::parse(&d) - Date::now());
    // The header has whole seconds, and is absent across origins: within 2 s there is no difference.
    if ahead.abs() > 2000.0 {
        AHEAD.set(ahead);
    }
}
