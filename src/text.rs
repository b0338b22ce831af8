//! The words that change, in one place, for translation; those that do not are in `html/`. Verdicts on
//! fields come from `order`, and what the service says comes from the service.

use order::{
    LocationOffer, LocationState, SizeOffer, SshPublicKey,
    api::{StepName, StepState},
};

use crate::format;

pub(crate) const API_DOWN: &str =
    "The deployment service cannot be reached. Nothing was lost: try again in a moment.";
pub(crate) const API_ODD: &str = "The deployment service gave an answer this page does not understand. Reload the page, or try again later.";
pub(crate) const OFFLINE: &str = "The deployment service cannot be reached right now. What you entered is kept; this page goes on trying.";
pub(crate) const CHECKING: &str = "Checking…";
pub(crate) const COULD_NOT_CHECK: &str = "Could not check now; it is checked again when you deploy";
pub(crate) const FREE: &str = "Free";
pub(crate) const TAKEN: &str = "Taken: choose another name or domain";
pub(crate) const NOT_TO_BE_HAD: &str = "This name cannot be used: choose another one";
pub(crate) const DID_YOU_MEAN: &str = "Did you mean this address?";
pub(crate) const NO_KEY: &str = "Paste your public key, or choose “No”";
pub(crate) const LINK_LEADS_NOWHERE: &str = "This link leads to no deployment: it is incomplete, or the deployment is gone. You can make a new one here.";
pub(crate) const NAME_TO_COME: &str = "name";
pub(crate) const CHECKING_ORDER: &str = "Checking your entries…";
pub(crate) const COVERED: &str = "Something covers this button, or it is out of view: that is why it does not work. Open this form in a new tab instead.";
pub(crate) const NEW_TAB: &str = "Open this form in a new tab";
pub(crate) const SENDING: &str = "Sending your order…";
pub(crate) const PROGRESS: &str = "Your PeerTube is being deployed";
pub(crate) const TAKING_DOWN: &str = "It is being taken down";
pub(crate) const ONE_MOMENT: &str = "Asking how it stands…";
pub(crate) const COPIED: &str = "Copied";
pub(crate) const COPY_BY_HAND: &str = "Select and copy it by hand";
pub(crate) const FAILED: &str = "The deployment failed";
pub(crate) const CANCELLED: &str = "The deployment was cancelled";
pub(crate) const PAID: &str = "A first payment was made before that. Everything it paid for was cancelled, so nothing more is paid.";
pub(crate) const PAID_UNWINDING: &str =
    "A first payment was made before that. Everything it paid for is being cancelled.";
pub(crate) const NOT_PAID: &str = "No money was spent.";
pub(crate) const NOTHING_LEFT: &str = "Nothing is left running.";
pub(crate) const BEING_TAKEN_DOWN: &str =
    "What was already made is being taken down; this page says when that is done.";

pub(crate) fn git_optional(required: bool) -> &'static str {
    if required { "(required)" } else { "(optional)" }
}

pub(crate) fn machine(size: &SizeOffer) -> String {
    let vcpu = u32::from(size.vcpu).to_string();
    let memory = size.memory_gib.to_string();
    [&vcpu, " vCPU · ", &memory, " GiB memory"].concat()
}

pub(crate) fn disk(size: &SizeOffer) -> String {
    [&size.disk_gib.to_string(), " GiB disk"].concat()
}

pub(crate) fn hours(size: &SizeOffer) -> String {
    ["about ", &size.video_hours.to_string(), " h of video"].concat()
}

pub(crate) fn price(size: &SizeOffer) -> String {
    ["$", &size.price.usd_month, " / month"].concat()
}

pub(crate) fn location_state(location: &LocationOffer) -> Option<&'static str> {
    match location.state {
        LocationState::Open => None,
        LocationState::Full => Some("no room now"),
        LocationState::Announced => Some("coming soon"),
    }
}

pub(crate) fn filled_in_by(page: &str) -> String {
    ["Filled in by ", page].concat()
}

pub(crate) fn suggestion(url: &str) -> String {
    ["Use ", url].concat()
}

pub(crate) fn git_works(host: &str, branch: &str, commit: &str) -> String {
    ["Works: ", host, ", branch ", branch, ", commit ", commit].concat()
}

pub(crate) fn key(key: &SshPublicKey) -> String {
    let comment = key.comment();
    let dot = if comment.is_empty() { "" } else { " · " };
    let (bits, print) = (key.bits().to_string(), key.fingerprint());
    let known = [key.kind().as_str(), " · ", &bits, " bits · ", &print].concat();
    [&known, dot, comment].concat()
}

pub(crate) fn options(private: bool, p2p: bool) -> &'static str {
    match (private, p2p) {
        (true, true) => "Private, peer-to-peer on",
        (true, false) => "Private, peer-to-peer off",
        (false, true) => "Public, peer-to-peer on",
        (false, false) => "Public, peer-to-peer off",
    }
}

pub(crate) fn step(name: StepName) -> &'static str {
    match name {
        StepName::Contracts => "Reserve and pay",
        StepName::Machine => "Prepare the machine",
        StepName::Peertube => "Start PeerTube",
        StepName::Address => "Certificate and address",
        StepName::Check => "Check that it answers",
    }
}

pub(crate) fn step_state(state: StepState) -> &'static str {
    match state {
        StepState::Pending => "waiting",
        StepState::Running => "in progress",
        StepState::Done => "done",
        StepState::Failed => "failed",
    }
}

pub(crate) fn step_of(number: usize, of: usize, name: StepName) -> String {
    let (number, of) = ((number as u32).to_string(), (of as u32).to_string());
    [&number, " of ", &of, ": ", step(name)].concat()
}

pub(crate) fn usually(seconds: u32) -> String {
    ["usually ", &format::about(seconds)].concat()
}

pub(crate) fn in_all(elapsed: u32, usual: u32) -> String {
    let (elapsed, usual) = (format::duration(elapsed), format::about(usual));
    [&elapsed, " so far · usually ", &usual, " in all"].concat()
}

pub(crate) fn ready_after(seconds: u32) -> String {
    ["Deployed in ", &format::duration(seconds), "."].concat()
}

pub(crate) fn deleted(address: &str) -> String {
    [address, " is deleted"].concat()
}

pub(crate) fn delete_question(address: &str) -> String {
    ["Delete ", address, "?"].concat()
}
