//! The directory: which nodes, gateways, farms and contracts there are, from the grid proxy
//! (tfgrid-sdk-go:grid-proxy).
//!
//! It lags behind the chain by seconds to minutes, and "up" may be an hour old: ask the node itself
//! before anything is paid, and the chain for contracts.

mod contract;
mod farm;
mod filter;
mod node;

use std::collections::HashSet;
use std::hash::Hash;

use serde::de::DeserializeOwned;

use crate::service::Service;
use crate::{Error, ServiceError};

pub use contract::{Contract, ContractKind, ContractState};
pub use farm::{Farm, PublicIp, Stats};
pub use filter::{ContractFilter, FarmFilter, NodeFilter};
pub use node::{Capacity, Node, PublicConfig, Status};

/// One question brings so many at most.
const PAGE: usize = 100;

/// As many pages as anything can have; a proxy that never ends is not understood.
const MOST_PAGES: usize = 1000;

/// A parameter of a question.
type Parameter = (&'static str, String);

/// The grid proxy.
#[derive(Clone)]
pub struct Directory(Service);

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The part.
    pub items: Vec<T>,
    /// How many there are on all pages, if the proxy says so.
    pub total: Option<u64>,
}

impl Directory {
    /// At one or more addresses, like `https://gridproxy.grid.tf`; they are tried in that order.
    ///
    /// # Errors
    /// [`Error::Rule`] for what is no address, [`Error::Tls`].
    pub fn new(bases: &[&str]) -> Result<Self, Error> {
        Service::new("directory", bases).map(Self)
    }

    /// Every node that passes, by number.
    ///
    /// # Errors
    /// [`ServiceError`], as with each of these.
    pub async fn nodes(&self, filter: &NodeFilter) -> Result<Vec<Node>, ServiceError> {
        self.all("/nodes", filter.query(), "node_id", |node: &Node| node.id)
            .await
    }

    /// Some of the nodes that pass, in an order that differs each time: to look at a few of many.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn some_nodes(
        &self,
        filter: &NodeFilter,
        most: usize,
    ) -> Result<Page<Node>, ServiceError> {
        let mut query = filter.query();
        query.push(("randomize", "true".into()));
        self.page("/nodes", query, 1, most).await
    }

    /// One node; `None` when there is none of that number.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn node(&self, id: u32) -> Result<Option<Node>, ServiceError> {
        self.one(&format!("/nodes/{id}")).await
    }

    /// Every gateway that passes, by number: a node that the world reaches. Those that serve names
    /// have a domain; see [`NodeFilter::domain`].
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn gateways(&self, filter: &NodeFilter) -> Result<Vec<Node>, ServiceError> {
        self.all("/gateways", filter.query(), "node_id", |node: &Node| {
            node.id
        })
        .await
    }

    /// One gateway; `None` when there is none of that number.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn gateway(&self, id: u32) -> Result<Option<Node>, ServiceError> {
        self.one(&format!("/gateways/{id}")).await
    }

    /// Every farm that passes, by number.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn farms(&self, filter: &FarmFilter) -> Result<Vec<Farm>, ServiceError> {
        self.all("/farms", filter.query(), "farm_id", |farm: &Farm| farm.id)
            .await
    }

    /// Every contract that passes, by number. Never to learn of a fresh one.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn contracts(&self, filter: &ContractFilter) -> Result<Vec<Contract>, ServiceError> {
        let id = |contract: &Contract| contract.id;
        self.all("/contracts", filter.query(), "contract_id", id)
            .await
    }

    /// One contract; `None` when there is none of that number.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn contract(&self, id: u64) -> Result<Option<Contract>, ServiceError> {
        self.one(&format!("/contracts/{id}")).await
    }

    /// The whole grid in numbers, of nodes of that status, or of all.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub async fn stats(&self, status: Option<Status>) -> Result<Stats, ServiceError> {
        let query: Vec<Parameter> = status
            .and_then(|status| Some(("status", status.name()?.to_owned())))
            .into_iter()
            .collect();
        let answer = self.0.get("/stats", &query).await?;
        answer.ok_or_else(|| self.missing("/stats"))?.json()
    }

    async fn one<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, ServiceError> {
        match self.0.get(path, &[]).await? {
            Some(answer) => answer.json().map(Some),
            None => Ok(None),
        }
    }

    async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        mut query: Vec<Parameter>,
        number: usize,
        size: usize,
    ) -> Result<Page<T>, ServiceError> {
        query.push(("page", number.to_string()));
        query.push(("size", size.to_string()));
        query.push(("ret_count", "true".into()));
        let answer = self.0.get(path, &query).await?;
        let answer = answer.ok_or_else(|| self.missing(path))?;
        let items: Option<Vec<T>> = answer.json()?;
        Ok(Page {
            // Go's empty list.
            items: items.unwrap_or_default(),
            total: answer.number("count")?,
        })
    }

    /// Page after page. While they are asked for, things come and go: what comes twice counts once.
    async fn all<T: DeserializeOwned, K: Hash + Eq>(
        &self,
        path: &str,
        mut query: Vec<Parameter>,
        by: &str,
        key: impl Fn(&T) -> K,
    ) -> Result<Vec<T>, ServiceError> {
        query.push(("sort_by", by.to_owned()));
        query.push(("sort_order", "asc".into()));
        let (mut found, mut seen, mut before) = (Vec::new(), HashSet::new(), Vec::new());
        for number in 1..=MOST_PAGES {
            let page = self.page(path, query.clone(), number, PAGE).await?;
            let keys: Vec<K> = page.items.iter().map(&key).collect();
            if keys.is_empty() {
                return Ok(found);
            }
            if keys == before {
                break;
            }
            found.extend(page.items.into_iter().filter(|item| seen.insert(key(item))));
            // A proxy may give fewer at once than it is asked for; its count says when that was all.
            let over = match page.total {
                Some(total) => u64::try_from(found.len()).is_ok_and(|found| found >= total),
                None => keys.len() < PAGE,
            };
            if over {
                return Ok(found);
            }
            before = keys;
        }
        Err(ServiceError::NotUnderstood {
            service: "directory",
            path: path.to_owned(),
            why: "its pages repeat themselves".into(),
        })
    }

    /// A list is always there, if only an empty one.
    fn missing(&self, path: &str) -> ServiceError {
        ServiceError::NotUnderstood {
            service: "directory",
            path: path.to_owned(),
            why: "404: there is no such list".into(),
        }
    }
}
