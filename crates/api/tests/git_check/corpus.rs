//! The rows of the corpus that need look-ups or redirects, and some of our own.

use std::{
    fs,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use api::git_check::{AddressPolicy, Admission, GitChecker, Resolve, ResolveError, admit};
use async_trait::async_trait;
use harness::hostile::{Hostile, Manner, http};
use order::{GitUrl, api::GitState};

use crate::support::{allowing, ip, patient, visitor};

/// Address of the service itself, which the corpus calls `SELF`.
const OWN: &str = "93.184.215.14";

/// `host`, the demanded verdict and the look-ups, in the corpus's notation.
const OURS: [(&str, bool, &str); 8] = [
    ("a.example.org", true, "2606:4700::1111"),
    ("b.example.org", true, "8.8.8.8,2606:4700::1111"),
    ("c.example.org", false, "8.8.8.8,fd00::1"),
    ("d.example.org", false, "200::1"),
    ("e.example.org", false, "400:1::1"),
    ("f.example.org", false, "8.8.8.8;10.0.0.1"),
    ("g.example.org", false, "SELF"),
    ("h.example.org", false, "TIMEOUT"),
];

/// A location, and whether it may be asked.
const REDIRECTS: [(&str, bool); 6] = [
    ("https://example.org/r.git/info/refs", true),
    ("/r.git/info/refs?service=git-upload-pack", true),
    ("http://example.org/r.git/info/refs", false),
    ("https://169.254.169.254/r.git/info/refs", false),
    ("http://169.254.169.254/latest/meta-data/", false),
    ("file:///etc/passwd", false),
];

/// Look-ups in the corpus's notation: answers by `,`, look-ups one after the other by `;`.
struct Scripted<'a> {
    turns: Vec<&'a str>,
    asked: AtomicUsize,
}

#[async_trait]
impl Resolve for Scripted<'_> {
    async fn resolve(&self, _: &str) -> Result<Vec<IpAddr>, ResolveError> {
        let turn = self
            .asked
            .fetch_add(1, Ordering::SeqCst)
            .min(self.turns.len() - 1);
        match self.turns[turn] {
            "" => Ok(vec![]),
            "SELF" => Ok(vec![ip(OWN)]),
            "NXDOMAIN" => Err(ResolveError("no such host".into())),
            "TIMEOUT" => std::future::pending().await,
            answers => Ok(answers.split(',').map(ip).collect()),
        }
    }
}

/// Every hop admits the look-up that it dials and no other: so the verdict on a name that changes is
/// that of its worst look-up, each of which is asked for once.
async fn accepted(url: &GitUrl, look_ups: &str) -> bool {
    let turns: Vec<_> = look_ups.split(';').collect();
    let hops = turns.len();
    let resolver = Scripted {
        turns,
        asked: AtomicUsize::new(0),
    };
    let policy = AddressPolicy::new(vec![], vec![ip(OWN)]);
    let mut accepted = true;
    for hop in 1..=hops {
        let admitted = admit(url, &resolver, &policy, Duration::from_millis(50)).await;
        assert_eq!(
            resolver.asked.load(Ordering::SeqCst),
            hop,
            "{url}: one look-up a hop"
        );
        if let Ok(addresses) = &admitted {
            let asked: Vec<_> = resolver.turns[hop - 1].split(',').map(ip).collect();
            assert_eq!(
                addresses.iter().map(|a| a.ip()).collect::<Vec<_>>(),
                asked,
                "{url}"
            );
            assert!(addresses.iter().all(|a| a.port() == url.port()), "{url}");
        }
        let unreachable = matches!(admitted, Err(Admission::Unknown(_) | Admission::TooSlow));
        let expected = matches!(resolver.turns[hop - 1], "" | "NXDOMAIN" | "TIMEOUT");
        assert_eq!(unreachable, expected, "{url}: {admitted:?}");
        accepted &= admitted.is_ok();
    }
    accepted
}

/// Only the server that redirects has an address: whether another one would be asked is all there is to see.
struct Nowhere;

#[async_trait]
impl Resolve for Nowhere {
    async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, ResolveError> {
        match host {
            "localhost" => Ok(vec![ip("127.0.0.1")]),
            _ => Err(ResolveError("no such host".into())),
        }
    }
}

/// Whether a redirect to this location breaks no rule.
async fn followed(location: &str) -> bool {
    let says = http("301 Moved", &[("location", location)], b"");
    let server = Hostile::start(Manner::Says(says)).await.unwrap();
    let config = allowing(&[server.origin()], patient());
    let checker = GitChecker::new(config, Arc::new(Nowhere)).unwrap();
    let url = format!("{}/r", server.origin());
    let answer = checker.check(&url, visitor()).await;
    assert!(server.connections() > 0, "{location}");
    answer.unwrap().state != GitState::Refused
}

#[tokio::test]
async fn our_rows_have_their_verdicts() {
    for (host, demanded, look_ups) in OURS {
        let url = GitUrl::parse(&format!("https://{host}/o/r"), &[]).unwrap();
        assert_eq!(accepted(&url, look_ups).await, demanded, "{host}");
    }
    for (location, demanded) in REDIRECTS {
        assert_eq!(followed(location).await, demanded, "{location}");
    }
}

#[tokio::test]
async fn s01_the_corpus_rows_with_look_ups_have_their_verdicts() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/git_urls/git_urls.tsv"
    );
    let Ok(corpus) = fs::read_to_string(path) else {
        println!("skipped: there is no corpus at {path}");
        return;
    };
    let mut looked_up = 0;
    for line in corpus.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<_> = line.split('\t').collect();
        let [text, demanded, reason, ..] = columns[..] else {
            panic!("a row of four: {line:?}")
        };
        let script = reason.split_once("; ").map_or(reason, |(script, _)| script);
        let Some((kind @ ("dns" | "redirect"), script)) = script.split_once('=') else {
            continue;
        };
        let accepted = match (GitUrl::parse(text, &[]), kind) {
            (Err(_), _) => false,
            (Ok(url), "dns") => accepted(&url, script).await,
            (Ok(_), _) => followed(script).await,
        };
        assert_eq!(accepted, demanded == "ok-syntax", "{line}");
        looked_up += usize::from(kind == "dns");
    }
    assert!(looked_up >= 15, "{looked_up} rows with look-ups only");
}
