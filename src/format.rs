//! Times as people read them.

/// A length of time: `8 s`, `1 min 5 s`, `1 h 2 min`.
pub(crate) fn duration(seconds: u32) -> String {
    let (minutes, rest) = (seconds / 60, seconds % 60);
    match (minutes, rest) {
        (0, s) => format!("{s} s"),
        (m, 0) if m < 60 => format!("{m} min"),
        (m, s) if m < 60 => format!("{m} min {s} s"),
        (m, _) => format!("{} h {} min", m / 60, m % 60),
    }
}

/// About how long: whole minutes from 90 s on.
pub(crate) fn about(seconds: u32) -> String {
    if seconds < 90 {
        duration(seconds)
    } else {
        format!("{} min", (seconds + 30) / 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        let rows = [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (65, "1 min 5 s"),
            (3599, "59 min 59 s"),
            (3720, "1 h 2 min"),
        ];
        for (seconds, text) in rows {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn usual_times_are_rounded_to_minutes() {
        assert_eq!(about(80), "1 min 20 s");
        assert_eq!(about(90), "2 min");
        assert_eq!(about(149), "2 min");
        assert_eq!(about(150), "3 min");
    }
}
