//! A config file is understood or refused with words.
#![no_main]

use api::config::Config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Config::parse(text) {
        Ok(config) => {
            for origin in config.sites.iter().flat_map(|site| &site.origins) {
                assert!(!origin.contains([';', ',', '\'', '"', ' ', '\n']), "{origin:?}");
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
