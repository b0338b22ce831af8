//! Texts with values in them, and back.

use std::fmt;

use crate::{Flaw, Lang, Reply};

/// What is wrong with a field, and the values that belong into the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The text.
    pub flaw: Flaw,
    /// Its values.
    pub with: Vec<String>,
}

impl Said {
    /// A text with one value.
    pub fn with(flaw: Flaw, value: impl Into<String>) -> Self {
        Self {
            flaw,
            with: vec![value.into()],
        }
    }
}

impl From<Flaw> for Said {
    fn from(flaw: Flaw) -> Self {
        Self { flaw, with: vec![] }
    }
}

/// In English.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with: Vec<_> = self.with.iter().map(String::as_str).collect();
        f.write_str(&fill(self.flaw.english(), &with))
    }
}

impl Reply {
    /// The text in English, with its values.
    pub fn with(self, values: &[&str]) -> String {
        fill(self.english(), values)
    }
}

/// A text with its values in the places `{0}`, `{1}` … A value that is not there leaves nothing.
pub fn fill(text: &str, values: &[&str]) -> String {
    let mut filled = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '{' {
            filled.push(c);
            continue;
        }
        let at = rest.next().and_then(|digit| digit.to_digit(10));
        rest.next();
        let value = at.and_then(|at| values.get(at as usize));
        filled.push_str(value.copied().unwrap_or_default());
    }
    filled
}

/// What the service said in English, in another language; as it is when it is not in a table.
pub fn translate(english: &str, lang: Lang) -> String {
    let flaws = Flaw::ALL.iter().map(|f| (f.english(), f.text(lang)));
    let replies = Reply::ALL.iter().map(|r| (r.english(), r.text(lang)));
    for (text, translated) in replies.chain(flaws) {
        if let Some(values) = values_of(text, english) {
            // A value can be a text of its own.
            let values = values.iter().map(|value| translate(value, lang));
            let values: Vec<_> = values.collect();
            let values: Vec<_> = values.iter().map(String::as_str).collect();
            return fill(translated, &values);
        }
    }
    english.to_owned()
}

/// The values with which [`fill`] made `filled` from `text`, whose places stand in order.
pub(crate) fn values_of<'a>(text: &str, filled: &'a str) -> Option<Vec<&'a str>> {
    let (first, mut text) = text.split_once('{').unwrap_or((text, ""));
    let mut rest = filled.strip_prefix(first)?;
    let mut values = vec![];
    while let Some((_, after)) = text.split_once('}') {
        let (between, next) = after.split_once('{').unwrap_or((after, ""));
        let at = match (next, between) {
            ("", end) => rest.len().checked_sub(end.len())?,
            (_, between) => rest.find(between)?,
        };
        let (value, end) = rest.split_at_checked(at)?;
        values.push(value);
        rest = end.strip_prefix(between)?;
        text = next;
    }
    rest.is_empty().then_some(values)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_go_where_they_belong() {
        assert_eq!(fill("{1} of {0}: {2}", &["a", "b"]), "b of a: ");
        assert_eq!(fill("a{", &[]), "a");
    }

    #[test]
    fn what_the_service_says_is_said_in_the_visitors_language() {
        let german = |text: &str| translate(text, Lang::De);
        assert_eq!(
            german("Begin with a letter"),
            "Mit einem Buchstaben beginnen"
        );
        assert_eq!(
            german(&Reply::GitAnswers.with(&["git.example.org", "main", "0123456"])),
            "git.example.org antwortet: main, Commit 0123456."
        );
        let there = Reply::GitBranches.with(&["a, b"]);
        assert_eq!(
            german(&Reply::GitNoSuchRef.with(&["v9", &there])),
            "Hier gibt es keinen Branch und kein Tag v9. Die Branches hier sind a, b."
        );
        assert_eq!(german("something of a library"), "something of a library");
        let flaw = Said::with(Flaw::NameUpperCase, "club");
        assert_eq!(
            german(&flaw.to_string()),
            "Nur Kleinbuchstaben verwenden: club"
        );
    }

    #[test]
    fn every_text_is_found_again() {
        for lang in Lang::ALL {
            for flaw in Flaw::ALL {
                let said = fill(flaw.english(), &["1", "2", "3"]);
                assert_eq!(
                    translate(&said, lang),
                    fill(flaw.text(lang), &["1", "2", "3"])
                );
            }
            for reply in Reply::ALL {
                let said = reply.with(&["1", "2", "3"]);
                assert_eq!(
                    translate(&said, lang),
                    fill(reply.text(lang), &["1", "2", "3"])
                );
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_said_breaks_it(text in ".{0,60}") {
            for lang in Lang::ALL {
                let _ = translate(&text, lang);
                let _ = fill(&text, &["a"]);
            }
        }
    }
}
