//! What a node says about a workload.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Cidr, Ip, nullable};

/// How a workload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Queued or under way. A node also says this with an empty text.
    #[default]
    #[serde(alias = "")]
    Init,
    /// It runs.
    Ok,
    /// It failed, and the node will not try again.
    Error,
    /// It was removed.
    Deleted,
    /// An update failed, what was before it goes on.
    Unchanged,
    /// The contract cannot be paid; it waits.
    Paused,
    /// A state that came after this client.
    #[serde(other)]
    Unknown,
}

impl State {
    /// Whether it is there: running, or waiting for payment.
    #[must_use]
    pub fn is_okay(self) -> bool {
        matches!(self, State::Ok | State::Paused)
    }
}

/// What came of a workload.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkloadResult {
    /// When, in seconds of Unix time; 0 before anything happened.
    pub created: i64,
    /// How it stands.
    pub state: State,
    /// Why not, in the node's words.
    pub message: String,
    /// What it got; by kind one of the types here.
    pub data: Value,
}

impl WorkloadResult {
    /// What it got, as the type for its kind; `None` when nothing of that type is there (yet).
    #[must_use]
    pub fn got<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        if self.data.is_null() {
            return None;
        }
        serde_json::from_value(self.data.clone()).ok()
    }
}

/// A machine, light or not, that runs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, from = "RawMachine")]
pub struct MachineResult {
    /// The node's id of it.
    pub id: String,
    /// Its address in the private network.
    pub ip: String,
    /// Its address in the planetary network, or empty.
    pub planetary_ip: String,
    /// Its address in the Mycelium network, or empty.
    pub mycelium_ip: String,
    /// Where its console is served inside the private network.
    pub console_url: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawMachine {
    #[serde(deserialize_with = "nullable")]
    id: String,
    #[serde(deserialize_with = "nullable")]
    ip: String,
    /// The name at older nodes.
    #[serde(deserialize_with = "nullable")]
    ygg_ip: String,
    #[serde(deserialize_with = "nullable")]
    planetary_ip: String,
    #[serde(deserialize_with = "nullable")]
    mycelium_ip: String,
    #[serde(deserialize_with = "nullable")]
    console_url: String,
}

impl From<RawMachine> for MachineResult {
    fn from(raw: RawMachine) -> Self {
        Self {
            id: raw.id,
            ip: raw.ip,
            planetary_ip: if raw.ygg_ip.is_empty() {
                raw.planetary_ip
            } else {
                raw.ygg_ip
            },
            mycelium_ip: raw.mycelium_ip,
            console_url: raw.console_url,
        }
    }
}

/// The public addresses of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct IpResult {
    /// IPv4 with its network, or none.
    #[serde(deserialize_with = "nullable")]
    pub ip: Cidr,
    /// IPv6 with its /64, or none.
    #[serde(deserialize_with = "nullable")]
    pub ip6: Cidr,
    /// The IPv4 gateway, or none.
    #[serde(deserialize_with = "nullable")]
    pub gateway: Ip,
}

/// A name that a gateway serves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ProxyResult {
    /// The whole host name.
    pub fqdn: String,
}

/// A disk or directory.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct VolumeResult {
    /// The node's id of it.
    #[serde(alias = "volume_id")]
    pub id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(json: &str) -> WorkloadResult {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn states_and_texts_are_read() {
        let nothing = result(r#"{"created":0,"state":"","message":"","data":null}"#);
        assert_eq!(nothing, WorkloadResult::default());
        assert_eq!(result("{}"), WorkloadResult::default());
        assert_eq!(result(r#"{"state":"new"}"#).state, State::Unknown);
        let failed = result(r#"{"created":17,"state":"error","message":"no room"}"#);
        assert_eq!((failed.state, &*failed.message), (State::Error, "no room"));
        assert!(!failed.state.is_okay());
        assert!(result(r#"{"state":"paused"}"#).state.is_okay());
        assert_eq!(serde_json::to_value(State::Init).unwrap(), "init");
    }

    #[test]
    fn what_it_got_is_read_from_old_and_new_nodes() {
        let old = result(r#"{"state":"ok","data":{"id":"1","ip":"10.20.2.2","ygg_ip":"300::1"}}"#);
        assert_eq!(old.got::<MachineResult>().unwrap().planetary_ip, "300::1");
        let new = result(
            r#"{"state":"ok","data":{"id":"1","planetary_ip":"300::2","mycelium_ip":null}}"#,
        );
        assert_eq!(new.got::<MachineResult>().unwrap().planetary_ip, "300::2");
        let ip = result(r#"{"data":{"ip":"","ip6":"2001:db8::5/64","gateway":""}}"#);
        let ip: IpResult = ip.got().unwrap();
        assert!(ip.ip.is_absent());
        assert_eq!(ip.ip6.to_string(), "2001:db8::5/64");
        let disk = result(r#"{"data":{"volume_id":"9-1-disk"}}"#);
        assert_eq!(disk.got::<VolumeResult>().unwrap().id, "9-1-disk");
        assert_eq!(result("{}").got::<ProxyResult>(), None);
    }
}
