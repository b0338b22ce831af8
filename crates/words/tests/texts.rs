//! W43: every text in every language (a missing one does not compile), and good manners in each.

use words::{Flaw, Label, Lang, PAGE, Reply, block};

/// All texts, each with its English.
fn all() -> Vec<(Lang, &'static str, &'static str)> {
    let mut all = vec![];
    for lang in Lang::ALL {
        all.extend(Flaw::ALL.iter().map(|t| (lang, t.english(), t.text(lang))));
        all.extend(Label::ALL.iter().map(|t| (lang, t.english(), t.text(lang))));
        all.extend(Reply::ALL.iter().map(|t| (lang, t.english(), t.text(lang))));
        all.extend(PAGE.iter().map(|row| (lang, row[0], row[lang as usize])));
    }
    all
}

fn places(text: &str) -> Vec<&str> {
    let mut places: Vec<_> = text.split('{').skip(1).map(|p| &p[..2]).collect();
    places.sort_unstable();
    places
}

#[test]
fn values_have_the_same_places_in_every_language() {
    for (lang, english, text) in all() {
        assert_eq!(places(english), places(text), "{lang:?}: {text}");
        let in_order = english.split('{').skip(1).enumerate();
        for (at, place) in in_order {
            assert!(place.starts_with(&format!("{at}}}")), "{english}");
        }
    }
}

#[test]
fn texts_are_whole_and_fit_into_a_page() {
    for (lang, english, text) in all() {
        assert!(
            !text.is_empty() && text.trim() == text,
            "{lang:?}: {english}"
        );
        let bad = |c: char| c == '\n' || c == '<' || c == '>' || c == '&';
        assert!(!text.contains(bad), "{lang:?}: {text}");
    }
}

#[test]
fn typography_is_that_of_the_language() {
    for (lang, english, text) in all() {
        match lang {
            Lang::Fr => {
                for sign in [" :", " ;", " ?", " !", "« ", " »", "“", "„"] {
                    assert!(!text.contains(sign), "{text:?} has {sign:?}");
                }
            }
            Lang::De => assert!(!text.contains('”') && !text.contains('«'), "{text}"),
            // What is written from left to right stands apart in a text from right to left.
            Lang::Ar => {
                // By its own direction, or with a unit that is written so too.
                let apart = text.matches(['\u{2066}', '\u{2068}']).count();
                let opened = text.matches("\u{2066}{").count() + text.matches("\u{2068}{").count();
                assert_eq!(apart, opened, "{text}");
                assert_eq!(apart, places(english).len(), "{text}");
                assert!(!text.contains('“'), "{text}");
            }
            Lang::En | Lang::Nl => assert!(!text.contains('«'), "{text}"),
        }
    }
}

#[test]
fn nobody_begs_scolds_or_is_sorry() {
    for (lang, _, text) in all() {
        let lower = text.to_lowercase();
        let banned: &[&str] = match lang {
            Lang::En => &["please", "sorry", "oops", " invalid", "illegal"],
            Lang::Nl => &["alstublieft", "alsjeblieft", "sorry", "ongeldig", "helaas"],
            Lang::Fr => &["s’il vous plaît", "veuillez", "désolé", "invalide"],
            Lang::De => &["bitte ", "entschuldig", "ungültig", "leider"],
            Lang::Ar => &["من فضلك", "عذر", "آسف"],
        };
        for word in banned {
            // Arabic for "could not" has the same root as "sorry".
            let could_not = lower.contains("تعذر");
            assert!(could_not || !lower.contains(word), "{lang:?}: {text}");
        }
    }
}

#[test]
fn other_languages_are_other_texts() {
    let same = |lang: Lang| {
        let rows = all()
            .into_iter()
            .filter(|(of, english, text)| *of == lang && english == text);
        rows.map(|(_, english, _)| english).collect::<Vec<_>>()
    };
    for lang in &Lang::ALL[1..] {
        // A few short words are the same: "Options", "Domain", "(optional)".
        assert!(same(*lang).len() < 12, "{lang:?}: {:?}", same(*lang));
    }
}

#[test]
fn the_block_has_a_line_for_each_text() {
    for lang in Lang::ALL {
        let block = block(lang);
        let lines: Vec<_> = block.split('\n').collect();
        assert_eq!(lines.len(), Flaw::ALL.len() + Label::ALL.len());
        assert_eq!(
            lines[words::place_of_label(Label::Vienna)],
            Label::Vienna.text(lang)
        );
        assert_eq!(
            lines[words::place_of_flaw(Flaw::GitRequired)],
            Flaw::GitRequired.text(lang)
        );
    }
}
