//! JSON as a node's Go reads it, made into what serde takes.
//!
//! `null` is the empty value at any depth, an absent field is too; a field's name may be written in
//! any case; a list is never taken for the fields of an object in order. Two things are no fields and
//! stay as they are: a variable of the environment, which is there and hashed even when it is `null`,
//! and what a workload got, which is the node's.

use serde_json::{Map, Value};

/// Where objects stand that are read by fields. serde would take a list in their place.
const OBJECTS: [&str; 6] = [
    "compute_capacity",
    "data",
    "mycelium",
    "network",
    "result",
    "signature_requirement",
];

/// Where lists of such objects stand.
const LISTS: [&str; 6] = [
    "interfaces",
    "mounts",
    "peers",
    "requests",
    "signatures",
    "workloads",
];

const A_LIST: &str = "a list stands where fields in braces are expected";

/// An object whose fields have their names and no `null`.
///
/// # Errors
/// What is no object, in words; or a name that stands twice.
pub(super) fn as_nodes_do(value: Value) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Object(Map::new())),
        Value::Object(given) => fields(given, true).map(Value::Object),
        Value::Array(_) => Err(A_LIST.into()),
        _ => Err("fields in braces are expected".into()),
    }
}

fn fields(given: Map<String, Value>, data_too: bool) -> Result<Map<String, Value>, String> {
    let mut fields = Map::new();
    for (written, value) in given {
        let name = written.to_lowercase();
        let value = match (&*name, value) {
            (_, Value::Null) => continue,
            ("env", Value::Object(variables)) => variables_of(variables),
            ("data", data) if !data_too => data,
            (name, Value::Array(items)) if LISTS.contains(&name) => items_of(name, items)?,
            (name, Value::Object(inner)) if OBJECTS.contains(&name) => {
                let inner = self::fields(inner, name != "result");
                Value::Object(inner.map_err(|why| format!("{name}: {why}"))?)
            }
            (name, Value::Array(_)) if OBJECTS.contains(&name) => {
                return Err(format!("{name}: {A_LIST}"));
            }
            (_, other) => other,
        };
        if fields.insert(name, value).is_some() {
            return Err(format!("`{written}` stands twice, in upper and lower case"));
        }
    }
    Ok(fields)
}

fn items_of(name: &str, items: Vec<Value>) -> Result<Value, String> {
    let items = items.into_iter().enumerate().map(|(i, item)| match item {
        // Peers of Mycelium are addresses.
        Value::String(_) => Ok(item),
        item => as_nodes_do(item).map_err(|why| format!("{name}[{i}]: {why}")),
    });
    items.collect()
}

fn variables_of(mut variables: Map<String, Value>) -> Value {
    for value in variables.values_mut().filter(|value| value.is_null()) {
        *value = Value::String(String::new());
    }
    Value::Object(variables)
}
