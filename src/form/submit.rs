//! Submit: all rules at once, and the service's checks for what it was not asked yet.

use order::Field;

use super::{address, problems, trimmed};
use crate::{
    api::Refusal,
    app::App,
    check::{About, Tone},
    dom,
    visible::Sight,
};

impl App {
    /// Checks everything, and goes to the review when nothing stands in the way; else shows what does.
    pub(crate) fn submit(self) {
        if self.change(|state| std::mem::replace(&mut state.checking, true)) {
            return;
        }
        dom::spawn(async move {
            let mut found = problems(&self.peek());
            if found.is_empty() {
                found = self.ask_all().await;
            }
            if found.is_empty() {
                // Somebody may have gone on typing while the service was asked.
                found = problems(&self.peek());
            }
            let order = trimmed(&self.peek().draft).parse(&self.peek().catalogue);
            let order = order.ok().filter(|_| found.is_empty());
            self.change(|state| {
                state.checking = false;
                state.review = order;
                state.sight = Sight::at_first();
            });
            self.show(found, None);
        });
    }

    /// Shows errors at their fields and above the form, and what is about no field above it alone.
    pub(crate) fn show(self, fields: Vec<(Field, String)>, other: Option<String>) {
        let mut found: Vec<_> = fields
            .iter()
            .map(|(field, words)| (Some(*field), words.clone()))
            .collect();
        found.extend(other.map(|words| (None, words)));
        if !found.is_empty() {
            dom::focus_soon("error-summary");
        }
        self.change(|state| {
            state.errors = fields;
            state.found = found;
        });
    }

    /// Shows why the service refused an order. What is about fields leads back to the form.
    pub(crate) fn refused(self, refusal: Refusal) {
        if refusal.fields.iter().any(|(f, _)| *f == Field::Name) {
            About::Address.forget(self);
        }
        if refusal.fields.is_empty() {
            self.show(vec![], Some(refusal.message));
        } else {
            self.change(|state| state.review = None);
            self.show(refusal.fields, None);
        }
    }

    async fn ask_all(self) -> Vec<(Field, String)> {
        let draft = trimmed(&self.peek().draft);
        let asked = [
            (Field::Name, About::Address, address::asked(&draft)),
            (
                Field::GitUrl,
                About::Repository,
                draft.git_url.unwrap_or_default(),
            ),
        ];
        let mut found = vec![];
        for (field, about, value) in asked {
            let answer = about.settle(self, value).await;
            if answer.tone == Tone::Bad {
                found.push((field, answer.text));
            }
        }
        found
    }
}
