//! Every text that a visitor reads, in every language.
//!
//! The texts stand in tables, one row for each with all its languages side by side: a row that lacks
//! one does not compile. The widget's wasm holds only their numbers; the page that it comes with holds
//! the texts of one language, in [`block`]. The service says everything in English, to its log and its
//! database too, and [`translate`]s what leaves it.
//!
//! - [`Flaw`]: what is wrong with a field.
//! - [`Label`]: what the widget says, where it changes.
//! - [`PAGE`]: what stands in `index.html`.
//! - [`Reply`]: what the service says.

mod flaw;
mod html;
mod label;
mod lang;
mod page;
mod reply;
mod said;

pub use flaw::Flaw;
pub use html::{Untranslated, render};
pub use label::Label;
pub use lang::{LANGUAGES, Lang};
pub use page::PAGE;
pub use reply::Reply;
pub use said::{Said, fill, translate};

/// What the widget reads its texts from: those of [`Flaw`], then those of [`Label`], a line each.
pub fn block(lang: Lang) -> String {
    let flaws = Flaw::ALL.iter().map(|flaw| flaw.text(lang));
    let labels = Label::ALL.iter().map(|label| label.text(lang));
    flaws.chain(labels).collect::<Vec<_>>().join("\n")
}

/// The place of a text in [`block`].
pub const fn place_of_flaw(flaw: Flaw) -> usize {
    flaw as usize
}

/// The place of a text in [`block`].
pub const fn place_of_label(label: Label) -> usize {
    Flaw::ALL.len() + label as usize
}

/// An enum of texts: each variant with its row, in the order of [`Lang`], English first.
macro_rules! table {
    (
        $(#[$about:meta])*
        $name:ident;
        $($variant:ident $en:literal $nl:literal $fr:literal $de:literal $ar:literal;)+
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = $en] $variant,)+
        }

        impl $name {
            /// Every one, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];
            const ROWS: &[[&str; crate::LANGUAGES]] = &[$([$en, $nl, $fr, $de, $ar],)+];

            /// The text in English.
            pub const fn english(self) -> &'static str {
                Self::ROWS[self as usize][0]
            }

            /// The text in a language, with `{0}`, `{1}` … where values belong.
            pub const fn text(self, lang: crate::Lang) -> &'static str {
                Self::ROWS[self as usize][lang as usize]
            }
        }
    };
}
use table;
