//! Verdicts are remembered for a short while, so that retyping does not ask the host again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use order::api::{GitCheck, GitState};
use tokio::time::Instant;

use super::limits::Budgets;

/// The canonical URL and the ref asked for.
pub(super) type Key = (String, Option<String>);

/// Remembered verdicts, a bounded number.
pub(super) struct Cache {
    good: Duration,
    bad: Duration,
    most: usize,
    verdicts: Mutex<HashMap<Key, (Instant, GitCheck)>>,
}

impl Cache {
    pub(super) fn new(budgets: &Budgets) -> Self {
        Self {
            good: budgets.remember_good,
            bad: budgets.remember_bad,
            most: budgets.remembered,
            verdicts: Mutex::default(),
        }
    }

    /// The verdict, while it is fresh.
    pub(super) fn get(&self, key: &Key, now: Instant) -> Option<GitCheck> {
        let verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, verdict) = verdicts.get(key)?;
        (now < *until).then(|| verdict.clone())
    }

    /// Remembers; makes room by forgetting first what is stale, then what would be stale soonest.
    pub(super) fn put(&self, key: Key, verdict: GitCheck, now: Instant) {
        let fresh_for = if verdict.state == GitState::Ok {
            self.good
        } else {
            self.bad
        };
        let mut verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        if verdicts.len() >= self.most {
            verdicts.retain(|_, (until, _)| now < *until);
        }
        if verdicts.len() >= self.most {
            let soonest = verdicts.iter().min_by_key(|(_, (until, _))| *until);
            if let Some(soonest) = soonest.map(|(key, _)| key.clone()) {
                verdicts.remove(&soonest);
            }
        }
        verdicts.insert(key, (now + fresh_for, verdict));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(state: GitState) -> GitCheck {
        GitCheck {
            state,
            url: String::new(),
            host: None,
            branch: None,
            commit: None,
            settings: None,
            notices: vec![],
            message: String::new(),
            suggestion: None,
        }
    }

    fn key(text: &str) -> Key {
        (text.to_owned(), None)
    }

    #[tokio::test]
    async fn good_verdicts_last_a_minute_and_others_ten_seconds() {
        let cache = Cache::new(&Budgets::default());
        let start = Instant::now();
        cache.put(key("good"), verdict(GitState::Ok), start);
        cache.put(key("bad"), verdict(GitState::NotGit), start);
        let known = |name, after| {
            cache
                .get(&key(name), start + Duration::from_secs(after))
                .is_some()
        };
        assert!(known("good", 59) && !known("good", 60));
        assert!(known("bad", 9) && !known("bad", 10));
        assert_eq!(cache.get(&("good".into(), Some("v1".into())), start), None);
    }

    #[tokio::test]
    async fn the_number_is_bounded_and_the_stalest_goes_first() {
        let cache = Cache::new(&Budgets {
            remembered: 2,
            ..Budgets::default()
        });
        let start = Instant::now();
        cache.put(key("good"), verdict(GitState::Ok), start);
        cache.put(key("bad"), verdict(GitState::NotGit), start);
        cache.put(key("new"), verdict(GitState::Ok), start);
        assert!(cache.get(&key("bad"), start).is_none());
        assert!(
            cache.get(&key("good"), start).is_some() && cache.get(&key("new"), start).is_some()
        );
        let later = start + Duration::from_secs(61);
        cache.put(key("later"), verdict(GitState::Ok), later);
        assert_eq!(cache.verdicts.lock().unwrap().len(), 1);
    }
}
