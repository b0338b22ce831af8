//! The style's own colours, in both schemes: text can be read, and what is to be used can be seen.
#![allow(clippy::unwrap_used)]

type Colour = [f64; 3];

const CSS: &str = include_str!("../../style/main.css");

/// What the page around shows through: `Canvas` of a light and of a dark page.
const GROUNDS: [Colour; 2] = [[255.0, 255.0, 255.0], [18.0, 18.0, 18.0]];

/// A variable's colour: light, dark.
fn colours(name: &str) -> [Colour; 2] {
    let (_, rest) = CSS.split_once(&format!("--{name}: light-dark(")).unwrap();
    let (value, _) = rest.split_once(";\n").unwrap();
    let mut found = value.split('#').skip(1).map(|text| {
        let digits: String = text.chars().take_while(char::is_ascii_hexdigit).collect();
        let digits = match digits.len() {
            3 => digits.chars().flat_map(|c| [c, c]).collect(),
            _ => digits,
        };
        [0, 2, 4].map(|i| f64::from(u8::from_str_radix(&digits[i..i + 2], 16).unwrap()))
    });
    let both = [found.next().unwrap(), found.next().unwrap()];
    assert_eq!(found.next(), None, "{name}");
    both
}

/// `over`, so much of it, on `under`.
fn mixed(over: Colour, share: f64, under: Colour) -> Colour {
    std::array::from_fn(|i| over[i] * share + under[i] * (1.0 - share))
}

/// As WCAG 2.2 defines it.
fn contrast(a: Colour, b: Colour) -> f64 {
    let light = |colour: Colour| {
        let linear = colour.map(|c| match c / 255.0 {
            c if c <= 0.04045 => c / 12.92,
            c => ((c + 0.055) / 1.055).powf(2.4),
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05
    };
    let (a, b) = (light(a), light(b));
    a.max(b) / a.min(b)
}

#[test]
fn a36_text_has_four_and_a_half_to_one_and_controls_three_to_one() {
    for (scheme, ground) in GROUNDS.into_iter().enumerate() {
        let of = |name: &str| colours(name)[scheme];
        let tint = mixed(of("accent"), 0.09, ground);
        let enough = |name: &str, on: Colour, least: f64| {
            let seen = contrast(of(name), on);
            assert!(seen >= least, "{name} in scheme {scheme}: {seen:.2}");
        };
        for on in [ground, of("fill"), tint] {
            for text in ["text", "soft", "good", "bad", "accent"] {
                enough(text, on, 4.5);
            }
            for control in ["edge", "accent", "bad"] {
                enough(control, on, 3.0);
            }
        }
        enough("on-accent", of("accent"), 4.5);
    }
    assert!(CSS.contains("--tint: color-mix(in srgb, var(--accent) 9%, transparent)"));
}

#[test]
fn contrast_is_as_wcag_says() {
    let (black, white) = ([0.0; 3], [255.0; 3]);
    assert!((contrast(black, white) - 21.0).abs() < 1e-9);
    assert!((contrast([118.0; 3], white) - 4.54).abs() < 0.01);
}
