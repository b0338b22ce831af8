//! From an order to what the grid is asked for.

use std::collections::BTreeMap;

use grid::{Blueprint, Want};
use serde_json::json;

use super::{Engine, survey::marker};
use crate::store::Record;

/// Why an accepted order cannot be deployed any more.
#[derive(Debug, thiserror::Error)]
#[error("the config no longer offers {what}: put it back until deployment {id} has ended")]
pub struct BlueprintError {
    id: String,
    what: String,
}

impl Engine {
    /// What the order needs of a grid.
    pub(super) fn want(&self, record: &Record) -> Result<Want, BlueprintError> {
        self.offers
            .want(&record.order)
            .map_err(|what| BlueprintError {
                id: record.id.clone(),
                what,
            })
    }

    /// Everything that is decided before the grid is asked to plan. The environment is the
    /// instance's contract (INSTANCE): admin password of 8–50 characters, key only if asked.
    pub(super) fn blueprint(
        &self,
        record: &Record,
        want: Want,
        password: &str,
    ) -> Result<Blueprint, serde_json::Error> {
        let order = &record.order;
        let settings = order
            .git_url
            .as_ref()
            .map(|url| json!({"url": url, "commit": record.git_commit}));
        let summary = json!({
            "name": order.name, "size": order.size, "private": order.private, "p2p": order.p2p,
            "settings": settings,
        });
        let mut env = BTreeMap::from([
            (
                "PEERTUBE_WEBSERVER_HOSTNAME".to_owned(),
                record.address.clone(),
            ),
            ("PT_INITIAL_ROOT_PASSWORD".to_owned(), password.to_owned()),
            (
                "GRIDTUBE_ORDER".to_owned(),
                serde_json::to_string(&summary)?,
            ),
        ]);
        let optional = [
            ("SSH_KEY", &order.ssh_key),
            ("PEERTUBE_ADMIN_EMAIL", &order.admin_email),
        ];
        for (name, value) in optional {
            env.extend(value.clone().map(|value| (name.to_owned(), value)));
        }
        Ok(Blueprint {
            want,
            marker: marker(self.store.database_id(), &record.id),
            flist: self.offers.image.flist.clone(),
            entrypoint: self.offers.image.entrypoint.clone(),
            env,
        })
    }
}
