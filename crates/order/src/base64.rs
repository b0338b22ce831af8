//! Base64 (RFC 4648 section 4) of SSH keys. A library's is made to be fast or to hide how long it
//! takes, which a public key does not need, and costs the widget three times as much.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| {
            bits << 8 | u32::from(three.get(at).copied().unwrap_or(0))
        });
        for digit in 0..=three.len() as u32 {
            let value = bits >> (18 - 6 * digit) & 63;
            text.extend(DIGITS.get(value as usize).map(|digit| *digit as char));
        }
    }
    text
}

/// How many `=` follow what [`encode`] gives for this many bytes.
pub(crate) fn padding(bytes: usize) -> &'static str {
    match bytes % 3 {
        0 => "",
        1 => "==",
        _ => "=",
    }
}

/// Reads the one text that stands for these bytes, with its padding.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let plain = text.trim_end_matches('=');
    let mut bytes = vec![];
    for four in plain.as_bytes().chunks(4) {
        let mut bits = 0;
        for at in 0..4 {
            let value = match four.get(at) {
                Some(digit) => DIGITS.iter().position(|d| d == digit)?,
                None => 0,
            };
            bits = bits << 6 | value as u32;
        }
        let [_, whole @ ..] = bits.to_be_bytes();
        let read = whole.get(..four.len() - 1)?;
        // What is left over of a digit must be nothing: else another text would stand for the same.
        if whole.get(read.len()..)?.iter().any(|rest| *rest != 0) {
            return None;
        }
        bytes.extend_from_slice(read);
    }
    let padded = plain.len() + padding(bytes.len()).len();
    (padded == text.len() && text.len().is_multiple_of(4)).then_some(bytes)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use base64ct::{Base64, Encoding};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_of_the_rfc() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v")] {
            let padded = encode(bytes.as_bytes()) + padding(bytes.len());
            assert_eq!(padded, text);
            assert_eq!(decode(text), Some(bytes.as_bytes().to_vec()));
        }
        for other in [
            "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z", "Zm9v=", "=", "Z m9", "Zg==Zg==",
        ] {
            assert_eq!(decode(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn as_a_library_does(bytes: Vec<u8>, text in "[A-Da-d0-3+/=]{0,12}") {
            let padded = encode(&bytes) + padding(bytes.len());
            prop_assert_eq!(&padded, &Base64::encode_string(&bytes));
            prop_assert_eq!(decode(&padded), Some(bytes));
            prop_assert_eq!(decode(&text), Base64::decode_vec(&text).ok());
        }
    }
}
