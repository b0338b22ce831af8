//! The widget's words. The page brings them in its language (`words::block`); here are only their
//! numbers, and how values are put into them.

use std::cell::Cell;

use js_sys::Array;
use order::{
    LocationOffer, LocationState, SizeOffer, SshPublicKey,
    api::{StepName, StepState},
};
use wasm_bindgen::JsValue;
use words::{Label, Said, fill, place_of_flaw, place_of_label};

use crate::dom;

thread_local! {
    static WORDS: Cell<&'static [&'static str]> = const { Cell::new(&[]) };
}

/// Takes the page's words; they stay for as long as the page does.
pub(crate) fn load() {
    let words = dom::by_id("words").and_then(|w| dom::text(&w, "textContent"));
    let words: &'static str = words.unwrap_or_default().leak();
    WORDS.set(words.split('\n').collect::<Vec<_>>().leak());
}

/// A text without values.
pub(crate) fn of(label: Label) -> &'static str {
    at(place_of_label(label))
}

/// A text with its values.
pub(crate) fn with(label: Label, values: &[&str]) -> String {
    fill(of(label), values)
}

/// What is wrong with a field.
pub(crate) fn flaw(said: &Said) -> String {
    let values: Vec<_> = said.with.iter().map(String::as_str).collect();
    fill(at(place_of_flaw(said.flaw)), &values)
}

fn at(place: usize) -> &'static str {
    WORDS.get().get(place).copied().unwrap_or_default()
}

/// A number as the page's language writes it; with a unit of ECMA-402 or `usd`. `boot.js` asks `Intl`.
fn number(number: JsValue, unit: &str) -> String {
    let with = Array::of2(&number, &unit.into());
    let written = dom::call(&dom::window(), "gridtubeFormat", &with);
    written.as_string().unwrap_or_default()
}

fn count(n: u32) -> String {
    number(n.into(), "")
}

pub(crate) fn machine(size: &SizeOffer) -> String {
    let (vcpu, memory) = (count(size.vcpu.into()), count(size.memory_gib));
    with(Label::Machine, &[&vcpu, &memory])
}

pub(crate) fn disk(size: &SizeOffer) -> String {
    with(Label::Disk, &[&count(size.disk_gib)])
}

pub(crate) fn hours(size: &SizeOffer) -> String {
    with(Label::Hours, &[&count(size.video_hours)])
}

pub(crate) fn price(size: &SizeOffer) -> String {
    let usd = number(JsValue::from(size.price.usd_month.as_str()), "usd");
    with(Label::Price, &[&usd])
}

/// A place's name; those that every service offers have one in each language.
pub(crate) fn location(location: &LocationOffer) -> &str {
    match location.id.as_str() {
        "ghent" => of(Label::Ghent),
        "vienna" => of(Label::Vienna),
        _ => &location.name,
    }
}

pub(crate) fn location_state(location: &LocationOffer) -> Option<&'static str> {
    match location.state {
        LocationState::Open => None,
        LocationState::Full => Some(of(Label::NoRoomNow)),
        LocationState::Announced => Some(of(Label::ComingSoon)),
    }
}

pub(crate) fn key(key: &SshPublicKey) -> String {
    let comment = key.comment();
    let dot = if comment.is_empty() { "" } else { " · " };
    let (bits, print) = (key.bits().to_string(), key.fingerprint());
    let known = with(Label::KeyKnown, &[key.kind().as_str(), &bits, &print]);
    [&known, dot, comment].concat()
}

pub(crate) fn options(private: bool, p2p: bool) -> &'static str {
    of(match (private, p2p) {
        (true, true) => Label::PrivateWithP2p,
        (true, false) => Label::PrivateWithout,
        (false, true) => Label::PublicWithP2p,
        (false, false) => Label::PublicWithout,
    })
}

pub(crate) fn step(name: StepName) -> &'static str {
    of(match name {
        StepName::Contracts => Label::Contracts,
        StepName::Machine => Label::Prepare,
        StepName::Peertube => Label::Start,
        StepName::Address => Label::Serve,
        StepName::Check => Label::Check,
    })
}

pub(crate) fn step_state(state: StepState) -> &'static str {
    of(match state {
        StepState::Pending => Label::Waiting,
        StepState::Running => Label::InProgress,
        StepState::Done => Label::Done,
        StepState::Failed => Label::HasFailed,
    })
}

pub(crate) fn step_of(number: usize, of: usize, name: StepName) -> String {
    let (number, of) = (count(number as u32), count(of as u32));
    with(Label::StepOf, &[&number, &of, step(name)])
}

pub(crate) fn in_all(elapsed: u32, usual: u32) -> String {
    with(Label::InAll, &[&duration(elapsed), &about(usual)])
}

/// A length of time: `8 sec`, `1 min 5 sec`, `1 hr 2 min`.
pub(crate) fn duration(seconds: u32) -> String {
    let (minutes, rest) = (seconds / 60, seconds % 60);
    let (large, small) = match minutes {
        0..60 => ((minutes, "minute"), (rest, "second")),
        _ => ((minutes / 60, "hour"), (minutes % 60, "minute")),
    };
    let part = |(n, unit): (u32, &str)| number(n.into(), unit);
    match (large.0, small.0) {
        (0, _) => part(small),
        (_, 0) => part(large),
        _ => [&part(large), " ", &part(small)].concat(),
    }
}

/// About how long: whole minutes from 90 s on.
pub(crate) fn about(seconds: u32) -> String {
    match seconds {
        0..90 => duration(seconds),
        _ => number(((seconds + 30) / 60).into(), "minute"),
    }
}
