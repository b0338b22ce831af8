//! How often: buckets of requests for each network, each site and the whole service, that fill again
//! with time. What costs money or connections is braked harder than what is only looked up.

use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{
    DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use http::Method;
use serde::Deserialize;

use words::Reply;

use super::{App, Kind, Problem, visitor::Visitor};

/// How many a minute; as many may come at once.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Orders and git checks of one network (IPv4 /24, IPv6 /56).
    pub posts_by_network: NonZeroU32,
    /// Orders on one site, of those who may deploy there.
    pub orders_by_site: NonZeroU32,
    /// Orders of one subject of a site: of a token's user, or with one invitation.
    pub orders_by_subject: NonZeroU32,
    /// Orders and git checks of everybody.
    pub posts: NonZeroU32,
    /// Other requests of one network.
    pub reads_by_network: NonZeroU32,
    /// Streams of events open at once; not by the minute.
    pub streams: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        let number = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        Self {
            posts_by_network: number(60),
            orders_by_site: number(120),
            orders_by_subject: number(20),
            posts: number(600),
            reads_by_network: number(1200),
            streams: number(5000),
        }
    }
}

/// The buckets.
pub struct Brakes {
    posts_by_network: DefaultKeyedRateLimiter<IpAddr>,
    orders_by_site: DefaultKeyedRateLimiter<String>,
    orders_by_subject: DefaultKeyedRateLimiter<(String, String)>,
    posts: DefaultDirectRateLimiter,
    reads_by_network: DefaultKeyedRateLimiter<IpAddr>,
    /// Requests since buckets that are full again were forgotten.
    since_tidied: AtomicU32,
}

/// After so many requests, full buckets are forgotten.
const TIDY: u32 = 10_000;

impl Brakes {
    /// With all buckets full.
    pub fn new(limits: &Limits) -> Self {
        Self {
            posts_by_network: RateLimiter::keyed(Quota::per_minute(limits.posts_by_network)),
            orders_by_site: RateLimiter::keyed(Quota::per_minute(limits.orders_by_site)),
            orders_by_subject: RateLimiter::keyed(Quota::per_minute(limits.orders_by_subject)),
            posts: RateLimiter::direct(Quota::per_minute(limits.posts)),
            reads_by_network: RateLimiter::keyed(Quota::per_minute(limits.reads_by_network)),
            since_tidied: AtomicU32::new(0),
        }
    }

    /// Takes one order out of the subject's bucket, if the order has a subject, and out of the site's.
    ///
    /// # Errors
    /// When one is empty.
    pub(super) fn order(&self, site: &str, subject: &str) -> Result<(), Problem> {
        let own = match subject {
            "" => Ok(()),
            subject => by_key(&self.orders_by_subject, &(site.into(), subject.into())),
        };
        let taken = own.and_then(|()| by_key(&self.orders_by_site, &site.to_owned()));
        let words = Reply::SiteBusy.english();
        taken.map_err(|wait| Problem::detail(Kind::TooManyRequests, words).after(wait))
    }

    /// Takes one request out of its buckets; how long to wait when one is empty.
    fn request(&self, method: &Method, network: IpAddr) -> Result<(), Duration> {
        if self.since_tidied.fetch_add(1, Ordering::Relaxed) >= TIDY {
            self.since_tidied.store(0, Ordering::Relaxed);
            self.posts_by_network.retain_recent();
            self.orders_by_site.retain_recent();
            self.orders_by_subject.retain_recent();
            self.reads_by_network.retain_recent();
        }
        if *method != Method::POST {
            return by_key(&self.reads_by_network, &network);
        }
        // The network first: one that sends too much does not empty everybody's bucket.
        by_key(&self.posts_by_network, &network)?;
        let all = self.posts.check();
        all.map_err(|until| until.wait_time_from(DefaultClock::default().now()))
    }
}

fn by_key<K: Hash + Eq + Clone>(
    buckets: &DefaultKeyedRateLimiter<K>,
    key: &K,
) -> Result<(), Duration> {
    let taken = buckets.check_key(key);
    taken.map_err(|until| until.wait_time_from(DefaultClock::default().now()))
}

/// Turns away what comes too often, before anything reads it.
pub(super) async fn apply(State(app): State<App>, request: Request, next: Next) -> Response {
    let network = request.extensions().get::<Visitor>().map(|v| v.network());
    // The API alone: the widget's files are a static host's work.
    let braked = network.filter(|_| request.uri().path().starts_with("/v1/"));
    let wait = braked.and_then(|network| app.brakes.request(request.method(), network).err());
    match wait {
        None => next.run(request).await,
        Some(wait) => Problem::new(Kind::TooManyRequests)
            .after(wait)
            .into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brakes() -> Brakes {
        let number = |n| NonZeroU32::new(n).unwrap();
        Brakes::new(&Limits {
            posts_by_network: number(3),
            orders_by_site: number(3),
            orders_by_subject: number(2),
            posts: number(5),
            reads_by_network: number(4),
            streams: NonZeroU32::MIN,
        })
    }

    fn got_through(brakes: &Brakes, method: &Method, network: &str) -> usize {
        let network = network.parse().unwrap();
        let through = |_: &usize| brakes.request(method, network).is_ok();
        (0..10).filter(through).count()
    }

    #[test]
    fn a_network_has_its_share_and_all_have_theirs() {
        let brakes = brakes();
        assert_eq!(got_through(&brakes, &Method::POST, "192.0.2.0"), 3);
        assert_eq!(
            got_through(&brakes, &Method::POST, "198.51.100.0"),
            2,
            "5 in all"
        );
        assert_eq!(
            got_through(&brakes, &Method::GET, "192.0.2.0"),
            4,
            "looking is apart"
        );
        let wait = brakes.request(&Method::POST, "192.0.2.0".parse().unwrap());
        assert!(wait.unwrap_err() <= Duration::from_secs(20));
    }

    #[test]
    fn a_site_has_its_share_and_each_subject_a_part_of_it() {
        let brakes = brakes();
        let order = |site, subject| brakes.order(site, subject).is_ok();
        assert!(order("a", "alice") && order("a", "alice"));
        assert!(!order("a", "alice") && order("b", "alice"));
        assert!(
            order("a", "bob"),
            "what is refused takes nothing from the site"
        );
        assert!(!order("a", "carol") && !order("a", ""));
    }
}
