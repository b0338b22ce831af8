//! Names and addresses: what is accepted is a DNS label, or an address without anything that ends a line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use order::{AdminEmail, GitOrigin, InstanceName};

fuzz_target!(|text: &str| {
    if let Ok(name) = text.parse::<InstanceName>() {
        let name = name.to_string();
        assert!((3..=32).contains(&name.len()), "{name:?}");
        assert!(name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')), "{name:?}");
        assert!(name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.ends_with('-'), "{name:?}");
        assert!(!name.starts_with("xn--"), "{name:?}");
    }
    if let Ok(email) = text.parse::<AdminEmail>() {
        let email = email.to_string();
        assert!(!email.contains(char::is_control) && email.contains('@'), "{email:?}");
    }
    if let Ok(origin) = GitOrigin::parse(text) {
        let origin = origin.to_string();
        assert!(!origin.contains([';', ',', '\'', '"', ' ', '\n']), "{origin:?}");
    }
});
