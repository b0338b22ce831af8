//! Characters that somebody typed: which are plain, and how a message names one that is not.

/// The character itself, or its number where it would not be seen, would begin a new line, or would
/// turn the direction of writing.
pub(crate) fn shown(c: char) -> String {
    if !is_invisible(c) {
        return c.into();
    }
    let number = u32::from(c);
    let width = match number {
        0..=0xffff => 4,
        0x1_0000..=0xf_ffff => 5,
        _ => 6,
    };
    let digit = |at: u32| char::from_digit(number >> (4 * at) & 0xf, 16);
    let digits: String = (0..width).rev().filter_map(digit).collect();
    ["U+", &digits.to_ascii_uppercase()].concat()
}

/// A letter or digit of ASCII, or one of `also`.
pub(crate) fn is_plain(c: char, also: &str) -> bool {
    // `str::contains` would bring the search for whole texts along, 1 KB of the widget.
    c.is_ascii_alphanumeric() || also.chars().any(|a| a == c)
}

/// What a terminal or a page would not show, or would show elsewhere.
#[rustfmt::skip]
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_cannot_be_seen_is_named_by_its_number() {
        let rows = [
            ('é', "é"),
            ('_', "_"),
            ('\n', "U+000A"),
            ('\u{1b}', "U+001B"),
            ('\u{200d}', "U+200D"),
            ('\u{202e}', "U+202E"),
            ('\u{e0041}', "U+E0041"),
        ];
        for (c, shown) in rows {
            assert_eq!(super::shown(c), shown);
        }
    }
}
