//! What contracts carry in the open: how dashboards list them, and the marker.

use serde::{Deserialize, Serialize};

use crate::deployment::Solution;

/// A [`Solution`], so that ThreeFold's dashboards show it as PeerTube, with the marker beside, which
/// they ignore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Label {
    #[serde(flatten)]
    solution: Solution,
    #[serde(rename = "gridtube")]
    marker: String,
}

impl Label {
    pub(super) fn new(kind: &str, instance: &str, marker: &str) -> Self {
        Self {
            solution: Solution {
                version: 3,
                kind: kind.to_owned(),
                name: instance.to_owned(),
                project: format!("peertube/{instance}"),
            },
            marker: marker.to_owned(),
        }
    }

    pub(super) fn to_json(&self) -> String {
        // A number and texts: this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The marker in a contract's data; `None` when somebody else made the contract.
pub(super) fn marker_of(data: &str) -> Option<String> {
    let label: Label = serde_json::from_str(data).ok()?;
    Some(label.marker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashboards_read_it_and_so_do_we() {
        let text = Label::new("vm", "my-club", "gridtube/1/db/id").to_json();
        let expected = r#"{"version":3,"type":"vm","name":"my-club","projectName":"peertube/my-club","gridtube":"gridtube/1/db/id"}"#;
        assert_eq!(text, expected);
        let solution = Solution::from_json(&text).unwrap();
        assert_eq!(
            (solution.kind.as_str(), solution.project.as_str()),
            ("vm", "peertube/my-club")
        );
        assert_eq!(marker_of(&text).as_deref(), Some("gridtube/1/db/id"));
        for other in [
            "",
            "gridtube/1/db/id",
            r#"{"version":3,"type":"vm","name":"a","projectName":"b"}"#,
        ] {
            assert_eq!(marker_of(other), None, "{other}");
        }
    }
}
