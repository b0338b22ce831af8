//! JSON as a node's Go reads it, made into what serde takes.
//!
//! `null` is the empty value at any depth, an absent field is too; a field's name may be written in
//! any case; what nobody knows is ignored; a list is never taken for the fields of an object in order.
//! Two things are no fields and stay as they are: a variable of the environment, which is there and
//! hashed even when it is `null`, and what a workload got, which is the node's.

use serde_json::{Map, Value};

/// What stands in a field.
enum Shape {
    /// A text or a number: serde reads it.
    Plain,
    /// A list of texts.
    Texts,
    /// Fields in braces. A text in their place is serde's to judge: a gateway's network is a name.
    Fields(&'static Fields),
    /// A list of those. A text in a place of it too: Mycelium's peers are addresses.
    List(&'static Fields),
    /// The environment.
    Variables,
}

type Fields = [(&'static str, Shape)];

use Shape::{Fields as Inner, List, Plain, Texts, Variables};

const DEPLOYMENT: &Fields = &[
    ("version", Plain),
    ("twin_id", Plain),
    ("contract_id", Plain),
    ("metadata", Plain),
    ("description", Plain),
    ("expiration", Plain),
    ("signature_requirement", Inner(REQUIREMENT)),
    ("workloads", List(WORKLOAD)),
];

const REQUIREMENT: &Fields = &[
    ("requests", List(SIGNER)),
    ("weight_required", Plain),
    ("signatures", List(SIGNER)),
    ("signature_style", Plain),
];

const SIGNER: &Fields = &[
    ("twin_id", Plain),
    ("required", Plain),
    ("weight", Plain),
    ("signature", Plain),
    ("signature_type", Plain),
];

const WORKLOAD: &Fields = &[
    ("version", Plain),
    ("name", Plain),
    ("type", Plain),
    ("data", Inner(DATA)),
    ("metadata", Plain),
    ("description", Plain),
    ("result", Inner(RESULT)),
];

const RESULT: &Fields = &[
    ("created", Plain),
    ("state", Plain),
    ("message", Plain),
    ("data", Plain),
];

/// Of every kind: no name means two shapes that could be mistaken for each other.
const DATA: &Fields = &[
    ("backends", Texts),
    (
        "compute_capacity",
        Inner(&[("cpu", Plain), ("memory", Plain)]),
    ),
    ("corex", Plain),
    ("entrypoint", Plain),
    ("env", Variables),
    ("flist", Plain),
    ("fqdn", Plain),
    ("gpu", Texts),
    ("ip_range", Plain),
    ("mounts", List(&[("name", Plain), ("mountpoint", Plain)])),
    ("mycelium", Inner(MYCELIUM)),
    ("name", Plain),
    ("network", Inner(NETWORK)),
    ("output", Plain),
    ("peers", List(PEER)),
    ("size", Plain),
    ("subnet", Plain),
    ("tls_passthrough", Plain),
    ("v4", Plain),
    ("v6", Plain),
    ("wireguard_listen_port", Plain),
    ("wireguard_private_key", Plain),
    ("zmachine", Plain),
];

/// A machine's.
const NETWORK: &Fields = &[
    ("public_ip", Plain),
    ("planetary", Plain),
    ("interfaces", List(&[("network", Plain), ("ip", Plain)])),
    ("mycelium", Inner(MYCELIUM)),
];

/// A network's, and a machine's place in one.
const MYCELIUM: &Fields = &[
    ("hex_key", Plain),
    ("peers", Texts),
    ("network", Plain),
    ("hex_seed", Plain),
];

const PEER: &Fields = &[
    ("subnet", Plain),
    ("wireguard_public_key", Plain),
    ("allowed_ips", Texts),
    ("endpoint", Plain),
];

/// # Errors
/// As those below.
pub(super) fn deployment(value: Value) -> Result<Value, String> {
    object(value, DEPLOYMENT)
}

/// # Errors
/// As those below.
pub(super) fn workload(value: Value) -> Result<Value, String> {
    object(value, WORKLOAD)
}

/// An object whose fields have their names and no `null`.
///
/// # Errors
/// The place, and that fields are expected there, or that a name stands twice.
fn object(value: Value, known: &Fields) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::Object(Map::new())),
        Value::Object(given) => fields(given, known),
        Value::Array(_) => Err("a list stands where fields in braces are expected".into()),
        _ => Err("fields in braces are expected".into()),
    }
}

fn fields(given: Map<String, Value>, known: &Fields) -> Result<Value, String> {
    let mut fields = Map::new();
    for (written, value) in given {
        let name = written.to_lowercase();
        let Some((name, shape)) = known.iter().find(|(known, _)| *known == name) else {
            continue;
        };
        let at = |why| format!("{name}: {why}");
        let value = match (shape, value) {
            (_, Value::Null) => continue,
            (Inner(known), value @ (Value::Object(_) | Value::Array(_))) => {
                object(value, known).map_err(at)?
            }
            (List(known), Value::Array(items)) => list(name, items, known)?,
            (Texts, Value::Array(items)) => items.into_iter().map(text).collect(),
            (Variables, Value::Object(variables)) => variables_of(variables),
            (_, other) => other,
        };
        if fields.insert((*name).into(), value).is_some() {
            return Err(format!("`{name}` stands twice, in upper and lower case"));
        }
    }
    Ok(Value::Object(fields))
}

fn list(name: &str, items: Vec<Value>, known: &Fields) -> Result<Value, String> {
    let items = items.into_iter().enumerate().map(|(i, item)| match item {
        Value::String(_) => Ok(item),
        item => object(item, known).map_err(|why| format!("{name}[{i}]: {why}")),
    });
    items.collect()
}

fn variables_of(variables: Map<String, Value>) -> Value {
    let named = variables
        .into_iter()
        .map(|(name, value)| (name, text(value)));
    Value::Object(named.collect())
}

fn text(value: Value) -> Value {
    match value {
        Value::Null => Value::String(String::new()),
        value => value,
    }
}
