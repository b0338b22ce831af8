//! What a contract on the chain holds beside the hash: its data, and names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// The data of a node contract, at most 512 bytes. One byte more breaks the chain's decoding, and
/// says nothing about why (tfchain `BoundedVec<u8, 512>`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContractData(String);

impl ContractData {
    /// The most bytes.
    pub const LONGEST: usize = 512;

    /// Takes any text.
    ///
    /// # Errors
    /// [`Error::Rule`] when it has more than 512 bytes.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        if text.len() > Self::LONGEST {
            return Err(Error::Rule {
                at: "deployment_data".into(),
                remedy: format!(
                    "it has {} bytes and may have {}; shorten the names in it",
                    text.len(),
                    Self::LONGEST
                ),
            });
        }
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How dashboards recognise a solution: JSON in the contract's data and in the deployment's
/// metadata, fields in this order (npm `@threefold/grid_client`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solution {
    /// 3, or 4 for a node without the feature `wireguard`.
    pub version: u32,
    /// `vm`, `network`, `network-light`, `gateway` …
    #[serde(rename = "type")]
    pub kind: String,
    /// The deployment's name.
    pub name: String,
    /// What groups the deployments of a solution: `peertube/<name>`.
    #[serde(rename = "projectName")]
    pub project: String,
}

impl Solution {
    /// The JSON. It may still be too long for a contract: see [`ContractData::new`].
    #[must_use]
    pub fn to_json(&self) -> String {
        // A number and texts: this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what some client wrote; `None` when it is something else.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// A name that a name contract can reserve and DNS can carry: 3 to 63 of `a-z 0-9 -`, no dash at the
/// ends. The chain takes a little more (64 bytes, `_`, dashes anywhere), which then cannot be served.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GatewayName(String);

impl GatewayName {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GatewayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for GatewayName {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let remedy = match name.as_bytes() {
            bytes if bytes.len() < 3 => "take a name of at least 3 characters",
            bytes if bytes.len() > 63 => "take a name of at most 63 characters",
            bytes
                if !bytes
                    .iter()
                    .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')) =>
            {
                "use only a to z, 0 to 9 and dashes"
            }
            [b'-', ..] | [.., b'-'] => "let it neither start nor end with a dash",
            _ => return Ok(Self(name.to_owned())),
        };
        Err(Error::Rule {
            at: format!("the name `{name}`"),
            remedy: remedy.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contract_data_is_counted_in_bytes() {
        assert!(ContractData::new("a".repeat(512)).is_ok());
        assert!(ContractData::new("é".repeat(256)).is_ok());
        let error = ContractData::new("é".repeat(257)).unwrap_err().to_string();
        assert!(error.contains("514 bytes and may have 512"), "{error}");
    }

    #[test]
    fn a_solution_is_written_in_the_dashboards_order() {
        let solution = Solution {
            version: 3,
            kind: "vm".into(),
            name: "pt".into(),
            project: "peertube/pt".into(),
        };
        let json = r#"{"version":3,"type":"vm","name":"pt","projectName":"peertube/pt"}"#;
        assert_eq!(solution.to_json(), json);
        assert_eq!(Solution::from_json(json), Some(solution));
        assert_eq!(Solution::from_json("my notes"), None);
    }

    #[test]
    fn names_are_those_that_dns_can_carry() {
        let ok = |name: &str| name.parse::<GatewayName>().is_ok();
        for name in ["abc", "a-b", "0ab", "a--b", &"a".repeat(63)] {
            assert!(ok(name), "{name}");
        }
        for name in [
            "",
            "ab",
            "-ab",
            "ab-",
            "a_b",
            "aBc",
            "a.b",
            "a b",
            "äbc",
            &"a".repeat(64),
        ] {
            assert!(!ok(name), "{name}");
        }
    }
}
