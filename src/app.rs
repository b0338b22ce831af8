//! The widget as a whole: its state, and which screen that state shows. There are no paths: a frame
//! in somebody's page has one address.

use std::cell::{Cell, Ref, RefCell};

use order::{
    Catalogue, Field, GridKind, Order, OrderDraft,
    api::{Deployment, FailureCode, Grant, State as Stage},
};
use reactive_graph::{
    owner::Owner,
    signal::ArcTrigger,
    traits::{Notify, Track},
};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use words::Label;

use crate::{
    api::{Client, service_now},
    check::Check,
    dom,
    el::{self, El, Words},
    failure, follow,
    form::{painted, review, screen},
    host, progress,
    result::{self, Ticket},
    sending, text,
    visible::Sight,
};

/// How long to wait before the catalogue is asked for again.
const RETRY_MS: i32 = 5000;
const TICK_MS: i32 = 1000;

/// The catalogue before the service has told it.
const NOTHING_ON_OFFER: Catalogue = Catalogue {
    sizes: vec![],
    locations: vec![],
    domains: vec![],
    git_url_required: false,
    git_origins_allowed: vec![],
    grid: GridKind::Main,
    prices_at: None,
};

/// Everything the screens show.
pub(crate) struct State {
    /// The form as typed; kept through all other screens.
    pub(crate) draft: OrderDraft,
    /// The key that was typed before "No" was chosen.
    pub(crate) kept_key: String,
    /// What is on offer.
    pub(crate) catalogue: Catalogue,
    /// The errors shown at their fields.
    pub(crate) errors: Vec<(Field, String)>,
    /// What the last submit found: listed above the form until fixed.
    pub(crate) found: Vec<Found>,
    /// What the service was asked, by `check::About`.
    pub(crate) checks: [Check; 2],
    /// A pointer is down on the form: nothing may move under it.
    pub(crate) pressing: bool,
    /// The field that was left by that press.
    pub(crate) left: Option<Field>,
    /// Somebody has typed or chosen something.
    pub(crate) typed: bool,
    /// The fields that the page around has filled in, and where that page is.
    pub(crate) prefilled: Vec<Field>,
    pub(crate) page: String,
    /// What lets this visitor deploy: a token that the page around gave, or a code that was typed.
    pub(crate) grant: Option<Grant>,
    /// A submit is being checked.
    pub(crate) checking: bool,
    /// The order under review.
    pub(crate) review: Option<Order>,
    /// Whether the button that spends can be seen, and how often that was asked.
    pub(crate) sight: Sight,
    pub(crate) looks: u32,
    /// An order is on its way.
    pub(crate) sending: bool,
    /// The deployment that is followed.
    pub(crate) followed: follow::Followed,
    /// How it stands, once known.
    pub(crate) deployment: Option<Deployment>,
    /// The result's buttons.
    pub(crate) ticket: Ticket,
    /// What the progress screen said last, and when.
    pub(crate) said: (String, f64),
    /// The service's clock, milliseconds; it ticks while a deployment goes on.
    pub(crate) now: f64,
    /// The widget was taken off the page.
    pub(crate) over: bool,
}

/// One thing that a submit found: which field it is about, if any, and what is wrong.
pub(crate) type Found = (Option<Field>, String);

/// The handle to the state. It is given to every part, and what reads through it is followed.
#[derive(Clone, Copy)]
pub(crate) struct App {
    inner: &'static Inner,
}

struct Inner {
    state: RefCell<State>,
    changed: ArcTrigger,
    client: Client,
}

/// The screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    Form,
    Review,
    Progress,
    Result,
    Failure,
    Deleted,
}

impl App {
    /// A widget that goes on where this tab, or the link it was opened with, left off.
    pub(crate) fn start() -> Self {
        text::load();
        let state = State {
            draft: crate::form::empty(),
            kept_key: String::new(),
            catalogue: NOTHING_ON_OFFER,
            errors: vec![],
            found: vec![],
            checks: Default::default(),
            pressing: false,
            left: None,
            typed: false,
            prefilled: vec![],
            page: String::new(),
            grant: None,
            checking: false,
            review: None,
            sight: Sight::default(),
            looks: 0,
            sending: false,
            followed: follow::Followed::default(),
            deployment: None,
            ticket: Ticket::default(),
            said: (String::new(), 0.0),
            now: service_now(),
            over: false,
        };
        let inner = Inner {
            state: RefCell::new(state),
            changed: ArcTrigger::new(),
            client: Client::from_page(),
        };
        // A page has one widget for as long as it lives: the handle can then go everywhere by copy.
        let app = Self {
            inner: Box::leak(Box::new(inner)),
        };
        app.restore();
        sending::resume(app);
        app
    }

    /// The state; what reads it runs again when it changes.
    pub(crate) fn read(self) -> Ref<'static, State> {
        self.inner.changed.track();
        self.inner.state.borrow()
    }

    /// The state as it is now.
    pub(crate) fn peek(self) -> Ref<'static, State> {
        self.inner.state.borrow()
    }

    /// Changes the state.
    pub(crate) fn change<T>(self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.inner.state.borrow_mut());
        self.inner.changed.notify();
        result
    }

    /// The service.
    pub(crate) fn client(self) -> &'static Client {
        &self.inner.client
    }

    /// Keeps the screen current that the widget's element shows.
    fn bind(self, main: El, form: &El) {
        let first = Cell::new(true);
        el::watch(
            self,
            |state| state.screen().name().into(),
            move |_| {
                // The first screen leaves the focus to the host page; what is wrong goes before a title.
                if !first.replace(false) {
                    let state = self.peek();
                    let wrong = state.screen() == Screen::Form && !state.found.is_empty();
                    dom::focus_soon(if wrong { "error-summary" } else { "title" });
                }
            },
        );
        let title = dom::text(&dom::document(), "title").unwrap_or_default();
        let error = form.find(".apart").0.text_content().unwrap_or_default();
        let named = move |state: &State| {
            let wrong = !state.found.is_empty();
            [if wrong { &error } else { "" }, &title].concat().into()
        };
        el::watch(self, named, |title| {
            dom::put(&dom::document(), "title", &title.into());
        });
        let screen = |state: &State| state.screen().name().into();
        let form = form.clone();
        main.live_attr(self, "data-screen", screen)
            .live_children(self, screen, move || vec![self.content(&form)]);
    }

    /// Ends whatever goes on: the widget was taken off the page.
    pub(crate) fn end(self) {
        self.change(|state| {
            state.over = true;
            state.followed = follow::Followed::default();
            state.checks = Default::default();
        });
    }

    /// Moves the clock on while something goes on.
    pub(crate) fn tick(self) {
        dom::spawn(async move {
            while self.peek().screen() == Screen::Progress && !self.peek().over {
                self.change(|state| {
                    state.now = service_now();
                    progress::announce(state);
                });
                dom::sleep(TICK_MS).await;
            }
        });
    }

    fn content(self, form: &El) -> El {
        let screen = self.peek().screen();
        match screen {
            Screen::Form => form.clone(),
            Screen::Review => review::review(self),
            Screen::Progress => progress::progress(self),
            Screen::Result => result::result(self),
            Screen::Failure => failure::failure(self),
            Screen::Deleted => result::deleted(self),
        }
    }

    /// Gives life to the painted page, as soon as there is something to show that is true.
    pub(crate) async fn take_over(self, place: HtmlElement, owner: Owner) {
        let following = self.peek().followed.access.is_some();
        if !following {
            self.load().await;
        }
        if self.peek().over {
            return;
        }
        let main = El(place.unchecked_into());
        let form = main.find("form");
        painted::take(self, &form);
        owner.with(|| {
            screen::bind(self, &form);
            self.bind(main, &form);
            host::knock(self);
        });
        dom::sleep(0).await;
        dom::ready();
        if following {
            self.load().await;
        }
    }

    /// Asks what is on offer until the service answers; the painted form says so meanwhile.
    async fn load(self) {
        while !self.peek().over {
            if let Ok(catalogue) = self.client().catalogue().await {
                return self.offer(catalogue);
            }
            if let Some(note) = dom::by_id("deploy-note") {
                note.set_text_content(Some(text::of(Label::Offline)));
            }
            dom::sleep(RETRY_MS).await;
        }
    }
}

impl State {
    /// Which screen shows it.
    pub(crate) fn screen(&self) -> Screen {
        if self.followed.access.is_none() {
            return match self.review {
                Some(_) => Screen::Review,
                None => Screen::Form,
            };
        }
        let Some(d) = &self.deployment else {
            return Screen::Progress;
        };
        let failed = d
            .failure
            .as_ref()
            .is_some_and(|f| f.code != FailureCode::Cancelled);
        match d.state {
            Stage::Ready => Screen::Result,
            Stage::Failed => Screen::Failure,
            Stage::Deleted => Screen::Deleted,
            Stage::Unwinding if d.ready_at.is_some() => Screen::Result,
            Stage::Unwinding if failed => Screen::Failure,
            _ => Screen::Progress,
        }
    }

    /// Changes when the service tells its catalogue, which it does once.
    pub(crate) fn offer(&self) -> Words {
        let empty = self.catalogue.sizes.is_empty();
        if empty { "nothing" } else { "something" }.into()
    }

    /// Whether the deployment is being taken down.
    pub(crate) fn is_unwinding(&self) -> bool {
        self.stage() == Some(Stage::Unwinding)
    }

    /// Where the deployment stands, once known.
    pub(crate) fn stage(&self) -> Option<Stage> {
        self.deployment.as_ref().map(|d| d.state)
    }

    /// The address of the deployment, once known.
    pub(crate) fn deployed_address(&self) -> String {
        let address = self.deployment.as_ref().map(|d| d.address.clone());
        address.unwrap_or_default()
    }
}

impl Screen {
    fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Review => "review",
            Self::Progress => "progress",
            Self::Result => "result",
            Self::Failure => "failure",
            Self::Deleted => "deleted",
        }
    }
}
