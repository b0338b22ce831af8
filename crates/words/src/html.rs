//! A page in another language: every text between tags, and in the attributes that are read aloud.

use std::collections::BTreeSet;

use crate::{Label, Lang, PAGE, block, fill, said::values_of};

/// Texts of a page that no table has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untranslated(pub BTreeSet<String>);

/// What means the same in every language.
const DATA: [&str; 6] = ["small", "mid", "large", "ava.tf", "root", "••••••••••••"];
/// Attributes that hold texts.
const READ_ALOUD: [&str; 3] = [" aria-label=\"", " placeholder=\"", " title=\""];

/// `index.html`, in English, as a page in this language that brings the widget's texts along.
///
/// # Errors
/// Names the texts that are in no table.
pub fn render(page: &str, lang: Lang) -> Result<String, Untranslated> {
    let mut made = String::with_capacity(page.len() * 2);
    let mut missing = BTreeSet::new();
    let mut put = |made: &mut String, text: &str| match in_language(text, lang) {
        Some(translated) => made.push_str(&translated),
        None => {
            missing.insert(text.trim().to_owned());
        }
    };
    let mut rest = page;
    while let Some((text, after)) = rest.split_once('<') {
        put(&mut made, text);
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        made.push('<');
        let mut tag = tag;
        while let Some((at, name)) = first_of(tag, &READ_ALOUD) {
            let (before, value) = tag.split_at(at + name.len());
            let (value, after) = value.split_once('"').unwrap_or((value, ""));
            made.push_str(before);
            put(&mut made, value);
            made.push('"');
            tag = after;
        }
        made.push_str(tag);
        made.push('>');
        rest = after;
    }
    made.push_str(rest);
    if !missing.is_empty() {
        return Err(Untranslated(missing));
    }
    let root = format!("<html lang=\"{}\" dir=\"{}\">", lang.code(), lang.dir());
    let words = format!(
        "<script type=\"text/plain\" id=\"words\">{}</script>\n</body>",
        block(lang)
    );
    Ok(made
        .replacen("<html lang=\"en\" dir=\"ltr\">", &root, 1)
        .replacen("</body>", &words, 1))
}

fn first_of(tag: &str, names: &[&'static str]) -> Option<(usize, &'static str)> {
    let found = names.iter().filter_map(|n| Some((tag.find(n)?, *n)));
    found.min()
}

/// A text with the space around it; nothing when no table has it.
fn in_language(text: &str, lang: Lang) -> Option<String> {
    let core = text.trim();
    if core.is_empty() || DATA.contains(&core) || lang == Lang::En && row(core).is_some() {
        return Some(text.to_owned());
    }
    let translated = match row(core) {
        Some(row) => row[lang as usize].to_owned(),
        None => offer(core, lang)?,
    };
    Some(text.replacen(core, &translated, 1))
}

fn row(text: &str) -> Option<&'static [&'static str; crate::LANGUAGES]> {
    PAGE.iter().find(|row| row[0] == text)
}

/// What the widget will say here too, once it lives: a place, or a size with its numbers.
fn offer(text: &str, lang: Lang) -> Option<String> {
    let offers = [
        Label::Ghent,
        Label::Vienna,
        Label::Machine,
        Label::Disk,
        Label::Hours,
    ];
    offers.into_iter().find_map(|label| {
        let values = values_of(label.english(), text)?;
        let numbers = values.iter().map(|n| n.replace(',', lang.thousands()));
        let numbers: Vec<_> = numbers.collect();
        let numbers: Vec<_> = numbers.iter().map(String::as_str).collect();
        Some(fill(label.text(lang), &numbers))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = include_str!("../../../index.html");

    #[test]
    fn the_page_speaks_every_language_and_keeps_its_markup() {
        let tags = |page: &str| page.matches('<').count();
        for lang in Lang::ALL {
            let page = render(INDEX, lang).expect("every text has a row");
            // The words' own element.
            assert_eq!(tags(&page), tags(INDEX) + 2);
            assert!(page.contains(&format!("lang=\"{}\" dir=\"{}\"", lang.code(), lang.dir())));
            assert!(page.contains(Label::Covered.text(lang)));
        }
        let german = render(INDEX, Lang::De).expect("every text has a row");
        assert!(german.contains("<h1 id=\"title\" tabindex=\"-1\">Ihr eigenes PeerTube"));
        assert!(german.contains("aria-label=\"Adresse\""));
        assert!(german.contains("<span>1.000 GiB Platte</span>"));
        assert!(german.contains("<b>Wien</b>"));
        assert!(!german.contains("Deploy your own"));
    }

    #[test]
    fn a_text_that_no_table_has_is_named() {
        let page = "<p>Size</p><p>Fresh text</p><i aria-label=\"More of it\"></i>";
        let missing = ["Fresh text", "More of it"].map(str::to_owned);
        assert_eq!(
            render(page, Lang::Fr),
            Err(Untranslated(missing.into_iter().collect()))
        );
        assert!(render(page, Lang::En).is_err(), "in the source too");
    }

    #[test]
    fn no_row_is_left_over() {
        for [english, ..] in PAGE {
            assert!(INDEX.contains(english), "{english}");
        }
    }
}
