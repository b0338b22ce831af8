//! Countries by their codes: the catalogue has codes, the directory wants names.

/// Code, then the names that the directory may have for it, the likeliest first.
const COUNTRIES: &str = include_str!("countries.txt");

/// The names to ask for. What is no code of two letters is taken for a name.
pub(super) fn names(country: &str) -> Vec<&str> {
    let line = COUNTRIES.lines().find_map(|line| {
        let (code, names) = line.split_once(' ')?;
        code.eq_ignore_ascii_case(country).then_some(names)
    });
    match line {
        Some(names) => names.split('|').collect(),
        None => vec![country],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_names_and_names_stay() {
        assert_eq!(names("BE"), ["Belgium"]);
        assert_eq!(names("at"), ["Austria"]);
        assert_eq!(names("NL"), ["Netherlands", "The Netherlands"]);
        assert_eq!(names("Belgium"), ["Belgium"]);
        assert_eq!(COUNTRIES.lines().count(), 249);
        let plain = |line: &str| line.as_bytes()[2] == b' ' && !line.ends_with(['|', ' ']);
        assert!(COUNTRIES.lines().all(plain));
    }
}
