//! A checker with a stub resolver and the servers it may reach.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use api::git_check::{Budgets, GitCheckConfig, GitChecker, Resolve, ResolveError};
use async_trait::async_trait;
use harness::git_server::{GitServer, Speaks, make_repository};
use order::{GitOrigin, api::GitCheck};
use tempfile::TempDir;

/// The visitor, where nothing depends on who it is.
pub(crate) fn visitor() -> IpAddr {
    ip("198.51.100.7")
}

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Answers from a table; every other name is 127.0.0.1. Remembers what it was asked.
#[derive(Default)]
pub(crate) struct Stub {
    turns: HashMap<String, Vec<Result<Vec<IpAddr>, ResolveError>>>,
    asked: Mutex<Vec<String>>,
}

impl Stub {
    pub(crate) fn loopback() -> Arc<Self> {
        Arc::default()
    }

    /// One name whose answers change from look-up to look-up; the last one stays.
    pub(crate) fn turning(host: &str, turns: &[&[&str]]) -> Arc<Self> {
        let answer = |turn: &&[&str]| Ok(turn.iter().map(|text| ip(text)).collect());
        let turns = turns.iter().map(answer).collect();
        Arc::new(Self {
            turns: HashMap::from([(host.to_owned(), turns)]),
            ..Self::default()
        })
    }

    pub(crate) fn failing(host: &str, why: &str) -> Arc<Self> {
        let turns = vec![Err(ResolveError(why.to_owned()))];
        Arc::new(Self {
            turns: HashMap::from([(host.to_owned(), turns)]),
            ..Self::default()
        })
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Resolve for Stub {
    async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, ResolveError> {
        let mut asked = self.asked.lock().unwrap();
        let turn = asked.iter().filter(|name| *name == host).count();
        asked.push(host.to_owned());
        match self.turns.get(host) {
            Some(turns) => turns[turn.min(turns.len() - 1)].clone(),
            None => Ok(vec![ip("127.0.0.1")]),
        }
    }
}

/// A configuration in which these origins are the operator's.
pub(crate) fn allowing<T: AsRef<str>>(origins: &[T], budgets: Budgets) -> GitCheckConfig {
    let allowed_origins = origins
        .iter()
        .map(|origin| GitOrigin::parse(origin.as_ref()).unwrap())
        .collect();
    GitCheckConfig {
        allowed_origins,
        budgets,
        ..GitCheckConfig::default()
    }
}

/// A checker for these origins, all names at 127.0.0.1.
pub(crate) fn checker<T: AsRef<str>>(origins: &[T], budgets: Budgets) -> Arc<GitChecker> {
    Arc::new(GitChecker::new(allowing(origins, budgets), Stub::loopback()).unwrap())
}

/// The design's budgets, but for time: nothing but an answer ends a check, on a busy machine either.
pub(crate) fn patient() -> Budgets {
    let hour = Duration::from_secs(3600);
    Budgets {
        resolve: hour,
        connect: hour,
        headers: hour,
        wall: hour,
        remember_good: hour,
        remember_bad: hour,
        ..Budgets::default()
    }
}

/// Checks one URL at one allowed origin.
pub(crate) async fn check(origin: &str, path: &str) -> GitCheck {
    let checker = checker(&[origin], patient());
    checker
        .check(&format!("{origin}{path}"), visitor())
        .await
        .unwrap()
}

/// A git server with one repository, `/sample.git`.
pub(crate) struct Sample {
    pub(crate) server: GitServer,
    pub(crate) commit: String,
    pub(crate) root: TempDir,
}

impl Sample {
    pub(crate) async fn start(speaks: Speaks) -> Self {
        let root = tempfile::tempdir().unwrap();
        let commit = make_repository(root.path(), "sample", &[("peertube.yaml", "")]).unwrap();
        let server = GitServer::start(root.path(), speaks).await.unwrap();
        Self {
            server,
            commit,
            root,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/sample.git", self.server.origin())
    }
}
