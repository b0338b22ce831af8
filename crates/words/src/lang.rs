//! The languages, and how one is chosen.

/// How many there are.
pub const LANGUAGES: usize = 5;

/// A language of the widget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Dutch, of Ghent.
    Nl,
    /// French.
    Fr,
    /// German, of Vienna.
    De,
    /// Arabic, from right to left.
    Ar,
}

impl Lang {
    /// Every language, in the order of the tables.
    pub const ALL: [Self; LANGUAGES] = [Self::En, Self::Nl, Self::Fr, Self::De, Self::Ar];

    /// Its code, as in the attribute `lang`.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Nl => "nl",
            Self::Fr => "fr",
            Self::De => "de",
            Self::Ar => "ar",
        }
    }

    /// Its direction, as in the attribute `dir`.
    pub fn dir(self) -> &'static str {
        match self {
            Self::Ar => "rtl",
            _ => "ltr",
        }
    }

    /// The file of the page in this language, beside the others.
    pub fn page(self) -> &'static str {
        match self {
            Self::En => "index.html",
            Self::Nl => "index.nl.html",
            Self::Fr => "index.fr.html",
            Self::De => "index.de.html",
            Self::Ar => "index.ar.html",
        }
    }

    /// What stands between the thousands of a number.
    pub(crate) fn thousands(self) -> &'static str {
        match self {
            Self::En | Self::Ar => ",",
            Self::Nl | Self::De => ".",
            Self::Fr => "\u{202f}",
        }
    }

    /// The language of a tag such as `nl-BE` (BCP 47), if it is one of these.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        let is = |lang: &Self| lang.code().eq_ignore_ascii_case(primary);
        Self::ALL.into_iter().find(is)
    }

    /// The first of these that a browser asks for with `Accept-Language` (RFC 9110, 12.5.4). What is
    /// no such list asks for nothing.
    pub fn negotiate(accepted: &str) -> Option<Self> {
        let mut best: Option<(Self, u32)> = None;
        for asked in accepted.split(',') {
            let (tag, weight) = asked.split_once(';').unwrap_or((asked, "q=1"));
            let weight = weight.trim().strip_prefix("q=").unwrap_or_default();
            // In thousandths, which is as fine as it goes.
            let Some(weight) = weight
                .parse::<f32>()
                .ok()
                .filter(|w| (0.0..=1.0).contains(w))
            else {
                continue;
            };
            let weight = (weight * 1000.0) as u32;
            if let Some(lang) = Self::from_tag(tag)
                && weight > best.map_or(0, |(_, weight)| weight)
            {
                best = Some((lang, weight));
            }
        }
        best.map(|(lang, _)| lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_by_their_first_part() {
        for (tag, lang) in [
            ("nl", Some(Lang::Nl)),
            ("nl-BE", Some(Lang::Nl)),
            ("de_AT", Some(Lang::De)),
            ("AR-eg", Some(Lang::Ar)),
            (" fr ", Some(Lang::Fr)),
            ("nld", None),
            ("zh-Hant", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(Lang::from_tag(tag), lang, "{tag}");
        }
    }

    #[test]
    fn the_browser_chooses_by_weight_then_order() {
        for (accepted, lang) in [
            ("nl-BE,nl;q=0.9,en;q=0.8", Some(Lang::Nl)),
            ("zh,de;q=0.5,fr;q=0.7", Some(Lang::Fr)),
            ("fr, de", Some(Lang::Fr)),
            ("en;q=0, ar", Some(Lang::Ar)),
            ("en;q=0", None),
            ("ar;q=2, ;;;, =, de;q=0.1;x", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(Lang::negotiate(accepted), lang, "{accepted}");
        }
    }
}
