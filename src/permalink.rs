//! The link that leads back to a deployment: `#d=<id>.<capability>`. The secret stands in the
//! fragment, which browsers never send to a server.

use order::OrderDraft;

use crate::{dom, wire};

/// What it takes to see and manage one deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Access {
    /// The deployment's id.
    pub(crate) id: String,
    /// The secret that manages it.
    pub(crate) capability: String,
}

impl Access {
    /// Reads `<id>.<capability>`; both base64url or hex, so nothing else gets into a path or header.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let plain = |t: &str| {
            !t.is_empty()
                && t.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        let (id, capability) = text.split_once('.')?;
        (plain(id) && plain(capability)).then(|| Self {
            id: id.into(),
            capability: capability.into(),
        })
    }

    /// Reads a fragment, with or without its `#`.
    pub(crate) fn from_fragment(fragment: &str) -> Option<Self> {
        let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
        Self::parse(fragment.strip_prefix("d=")?)
    }

    /// `<id>.<capability>`
    pub(crate) fn to_text(&self) -> String {
        [&self.id, ".", &self.capability].concat()
    }
}

/// The deployment that the page's address names.
pub(crate) fn read() -> Option<Access> {
    Access::from_fragment(&dom::text(&dom::window().location(), "hash")?)
}

/// Puts a deployment into the page's address, or takes it out; a reload then finds it again.
pub(crate) fn write(access: Option<&Access>) {
    let fragment = access.map_or_else(|| "#".to_owned(), |a| ["#d=", &a.to_text()].concat());
    if let Ok(history) = dom::window().history() {
        // A sandboxed frame may refuse: the session still knows the deployment.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&fragment));
    }
}

/// A link to this page with a filled-in form. It stands in the fragment too: no server sees it.
pub(crate) fn form(draft: &OrderDraft) -> String {
    let text = String::from(js_sys::encode_uri_component(&wire::write_draft(draft)));
    [&page(), "#o=", &text].concat()
}

/// The form that the page's address holds; it is taken out of there.
pub(crate) fn take_form() -> Option<OrderDraft> {
    let hash = dom::text(&dom::window().location(), "hash")?;
    let text = js_sys::decode_uri_component(hash.strip_prefix("#o=")?).ok()?;
    write(None);
    wire::read(&String::from(text))
}

/// The whole link, for copying.
pub(crate) fn link(access: &Access) -> String {
    [&page(), "#d=", &access.to_text()].concat()
}

fn page() -> String {
    let here = dom::text(&dom::window().location(), "href").unwrap_or_default();
    here.split('#').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_back() {
        let access = Access {
            id: "01-ab".into(),
            capability: "x_Y9".into(),
        };
        let fragment = ["#d=", &access.to_text()].concat();
        assert_eq!(Access::from_fragment(&fragment), Some(access));
    }

    #[test]
    fn anything_else_leads_nowhere() {
        for text in [
            "", "#", "#d=", "#d=a", "#d=a.", "#d=.b", "#d=a/b.c", "#d=a.b.c", "#d=a.b c", "#x=a.b",
        ] {
            assert_eq!(Access::from_fragment(text), None, "{text}");
        }
    }
}
