//! What a page may send the widget: nothing is taken but what each field's own parser takes, and the door
//! opens for nobody who was not told its number.
#![no_main]

use libfuzzer_sys::fuzz_target;
use order::{
    Field, GitUrl, InstanceName,
    host::{Ask, Gate, Value},
};
use serde_json::Value as Json;

struct Message<'a>(&'a Json);

impl Value for Message<'_> {
    fn member(&self, name: &str) -> Option<Self> {
        self.0.get(name).map(Message)
    }

    fn text(&self) -> Option<String> {
        self.0.as_str().map(str::to_owned)
    }

    fn number(&self) -> Option<f64> {
        self.0.as_f64()
    }
}

fuzz_target!(|text: &str| {
    let Ok(json) = serde_json::from_str::<Json>(text) else {
        return;
    };
    let mut gate = Gate::new("a number that nobody guesses".into(), "https://club.example");
    assert!(!gate.ack(true, "https://club.example", &Message(&json)));
    if let Some(Ask::Config(config)) = Ask::read(&Message(&json), &[]) {
        for (field, value) in config.prefill.fields {
            match field {
                Field::Name => assert!(value.parse::<InstanceName>().is_ok(), "{value:?}"),
                Field::GitUrl => assert!(GitUrl::parse(&value, &[]).is_ok(), "{value:?}"),
                Field::Size | Field::Location | Field::Domain => {}
                Field::SshKey | Field::AdminEmail => panic!("the page owns it: {value:?}"),
            }
        }
    }
});
