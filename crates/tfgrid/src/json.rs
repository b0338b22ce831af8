//! JSON whose hash somebody else makes too: read strictly, and complained about without its values.

use std::fmt;

use serde::de::{DeserializeOwned, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::error::without_value;

/// JSON in which no field stands twice. Go merges such fields; here the last would win, and the hash would be
/// another.
pub(crate) struct Once(pub(crate) Value);

impl Once {
    /// # Errors
    /// Where it is no JSON, or what stands twice.
    pub(crate) fn read(text: &str) -> Result<Value, String> {
        let read: Result<Self, _> = serde_json::from_str(text);
        read.map(|once| once.0)
            .map_err(|error| without_value(&error))
    }
}

/// A type's fields, from JSON that has them. `at` is the field that they are in, if any.
///
/// # Errors
/// The place and what is expected there, without the value.
pub(crate) fn read_fields<T: DeserializeOwned>(at: &str, value: Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let why = without_value(error.inner());
        match (at, error.path().to_string().as_str()) {
            ("", ".") => why,
            (at, ".") => format!("{at}: {why}"),
            ("", path) => format!("{path}: {why}"),
            (at, path) => format!("{at}.{path}: {why}"),
        }
    })
}

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Once(item)) = from.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some((name, Once(value))) = from.next_entry::<String, _>()? {
            if fields.contains_key(&name) {
                return Err(A::Error::custom(format!("`{name}` stands twice")));
            }
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_librarys_json_but_for_what_stands_twice() {
        for text in [
            r#"{"a":[1,-2,3.5,true,null,"é\n",{"b":{}}],"c":18446744073709551615}"#,
            "[]",
            "null",
        ] {
            let theirs: Value = serde_json::from_str(text).unwrap();
            assert_eq!(Once::read(text), Ok(theirs));
        }
        for text in [r#"{"a":1,"a":1}"#, r#"[{"b":{"a":1,"c":2,"a":"secret"}}]"#] {
            let why = Once::read(text).unwrap_err();
            assert!(why.starts_with("`a` stands twice at line 1"), "{why}");
        }
        assert!(Once::read("{} {}").is_err() && Once::read("{").is_err());
    }
}
