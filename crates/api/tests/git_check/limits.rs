//! Time, size and number limits hold against servers and visitors that push them.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use api::git_check::{Budgets, Busy, GitChecker};
use harness::{
    git_server::{Speaks, make_repository},
    hostile::{ADVERTISEMENT, Hostile, Manner, head, http, packet},
};
use order::api::GitState;
use tokio::task::JoinSet;

use crate::support::{Sample, Stub, allowing, check, checker, ip, patient, visitor};

const COMMIT: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// A whole check ends soon; each part alone may take longer.
fn short_wall() -> Budgets {
    Budgets {
        wall: Duration::from_millis(300),
        ..Budgets::default()
    }
}

#[tokio::test]
async fn s07_who_never_answers_or_drips_is_too_slow_and_is_hung_up_on() {
    assert_eq!(
        Budgets::default().wall,
        Duration::from_secs(8),
        "shortened below"
    );
    let headers = Budgets {
        headers: Duration::from_millis(300),
        ..patient()
    };
    for (manner, budgets) in [
        (Manner::Silent, headers),
        (Manner::Silent, short_wall()),
        (
            Manner::Drips(b"HTTP/1.1 200 OK\r\nx-slow: ".to_vec()),
            headers,
        ),
        (
            Manner::Drips(b"HTTP/1.1 200 OK\r\nx-slow: ".to_vec()),
            short_wall(),
        ),
        (
            Manner::Drips(head("200 OK", &[ADVERTISEMENT])),
            short_wall(),
        ),
    ] {
        let server = Hostile::start(manner.clone()).await.unwrap();
        let checker = checker(&[server.origin()], budgets);
        let answer = checker
            .check(&format!("{}/r", server.origin()), visitor())
            .await
            .unwrap();
        assert_eq!(answer.state, GitState::TooSlow, "{manner:?}");
        server.until_gone(1).await;
    }
}

#[tokio::test]
async fn a_slow_look_up_ends_too() {
    struct Never;

    #[async_trait::async_trait]
    impl api::git_check::Resolve for Never {
        async fn resolve(
            &self,
            _: &str,
        ) -> Result<Vec<std::net::IpAddr>, api::git_check::ResolveError> {
            std::future::pending().await
        }
    }

    let budgets = Budgets {
        resolve: Duration::from_millis(50),
        ..patient()
    };
    let checker = GitChecker::new(allowing::<&str>(&[], budgets), Arc::new(Never)).unwrap();
    let answer = checker
        .check("https://git.example.org/r", visitor())
        .await
        .unwrap();
    assert_eq!(answer.state, GitState::TooSlow);
}

#[tokio::test]
async fn endless_bodies_are_cut() {
    let advert = [
        head("200 OK", &[ADVERTISEMENT]),
        packet("# service=git-upload-pack"),
        b"0000".to_vec(),
        packet(&format!("{COMMIT} HEAD\0symref=HEAD:refs/heads/main")),
    ]
    .concat();
    let refs = packet(&format!("{COMMIT} refs/heads/main")).repeat(100);
    let page = head("200 OK", &[("content-type", "text/html")]);
    for (start, more, expected) in [
        (advert, refs, GitState::Ok),
        (
            head("200 OK", &[ADVERTISEMENT]),
            vec![b'x'; 4096],
            GitState::NotGit,
        ),
        (page, vec![b'x'; 4096], GitState::NotGit),
        (head("302 Found", &[]), vec![b'x'; 4096], GitState::NotGit),
        (
            head("401 Unauthorized", &[]),
            vec![b'x'; 4096],
            GitState::NotPublic,
        ),
        (
            b"HTTP/1.1 200 OK\r\n".to_vec(),
            b"x-more: x\r\n".to_vec(),
            GitState::Unreachable,
        ),
        (
            b"HTTP/1.1 200 OK\r\nx: ".to_vec(),
            vec![b'x'; 4096],
            GitState::Unreachable,
        ),
    ] {
        let server = Hostile::start(Manner::Endless(start, more)).await.unwrap();
        let checker = checker(&[server.origin()], patient());
        let answer = checker
            .check(&format!("{}/r", server.origin()), visitor())
            .await
            .unwrap();
        assert_eq!(answer.state, expected, "{answer:?}");
        server.until_open(0).await;
        // Most of it is still in the system's buffers: we read 64 KiB.
        assert!(server.sent() < 16 << 20, "{} bytes", server.sent());
    }
}

#[tokio::test]
async fn s07_nothing_past_64_kib_is_read() {
    // The head comes last here, which no git does, so that it is seen only by who reads it all.
    let advert = |size: usize| {
        let line = packet(&format!("{COMMIT} refs/heads/main"));
        let mut advert = [packet("# service=git-upload-pack"), b"0000".to_vec()].concat();
        let last = packet(&format!("{COMMIT} HEAD"));
        while advert.len() + line.len() + last.len() + 4 <= size {
            advert.extend(&line);
        }
        advert.extend(last);
        advert.extend(b"0000");
        http("200 OK", &[ADVERTISEMENT], &advert)
    };
    for (size, expected) in [(64 * 1024, GitState::Ok), (65 * 1024, GitState::NoSuchRef)] {
        let server = Hostile::start(Manner::Says(advert(size))).await.unwrap();
        assert_eq!(
            check(&server.origin(), "/r").await.state,
            expected,
            "{size}"
        );
    }
}

#[tokio::test]
async fn s07_compression_is_not_asked_for_and_not_undone() {
    let advert = packet(&format!("{COMMIT} HEAD\0symref=HEAD:refs/heads/main"));
    for coding in ["gzip", "br", "zstd", "deflate"] {
        let answer = http(
            "200 OK",
            &[ADVERTISEMENT, ("content-encoding", coding)],
            &advert,
        );
        let server = Hostile::start(Manner::Says(answer)).await.unwrap();
        let answer = check(&server.origin(), "/r").await;
        assert_eq!(answer.state, GitState::NotGit, "{coding}");
        assert!(answer.message.contains("compressed"), "{}", answer.message);
        assert!(
            !server.requests()[0]
                .to_lowercase()
                .contains("accept-encoding")
        );
    }
}

#[tokio::test]
async fn s09_a_thousand_slow_checks_open_sixteen_sockets() {
    let server = Hostile::start(Manner::Silent).await.unwrap();
    let port = server.address().port();
    let origins: Vec<_> = (0..1000)
        .map(|n| format!("http://h{n}.test:{port}"))
        .collect();
    let budgets = Budgets {
        wall: Duration::from_secs(10),
        ..patient()
    };
    let checker = checker(&origins, budgets);
    let mut checks = JoinSet::new();
    for (n, origin) in origins.into_iter().enumerate() {
        let checker = Arc::clone(&checker);
        let client = Ipv4Addr::from_bits(0x0100_0000 + u32::try_from(n).unwrap());
        checks.spawn(async move { checker.check(&format!("{origin}/r"), client.into()).await });
    }
    let outcomes = checks.join_all().await;
    let slow = outcomes
        .iter()
        .filter(|o| matches!(o, Ok(a) if a.state == GitState::TooSlow));
    let busy = outcomes.iter().filter(|o| matches!(o, Err(Busy::Service)));
    assert_eq!(slow.count() + busy.count(), 1000);
    assert_eq!(server.peak(), 16);
}

#[tokio::test]
async fn a_client_has_two_checks_at_once_and_an_abandoned_one_makes_room() {
    let server = Hostile::start(Manner::Silent).await.unwrap();
    let port = server.address().port();
    let origins: Vec<_> = (0..4).map(|n| format!("http://h{n}.test:{port}")).collect();
    let checker = checker(&origins, patient());
    let start = |n: usize, client: &str| {
        let (checker, client) = (Arc::clone(&checker), ip(client));
        let url = format!("{}/r", origins[n]);
        tokio::spawn(async move { checker.check(&url, client).await })
    };
    let first = start(0, "2001:db8::1");
    let second = start(1, "2001:db8::2");
    server.until_open(2).await;
    assert_eq!(start(2, "2001:db8::3").await.unwrap(), Err(Busy::Client));
    let other = start(2, "198.51.100.9");
    server.until_open(3).await;
    // The widget aborts the check in flight: its connection and its place are given back.
    first.abort();
    server.until_open(2).await;
    let third = start(3, "2001:db8::3");
    server.until_open(3).await;
    [second, other, third]
        .iter()
        .for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn a_host_is_asked_one_thing_at_a_time() {
    let server = Hostile::start(Manner::Silent).await.unwrap();
    let checker = checker(&[server.origin()], short_wall());
    let mut checks = JoinSet::new();
    for n in 0..8_u8 {
        let (checker, url) = (Arc::clone(&checker), format!("{}/r{n}", server.origin()));
        checks.spawn(async move { checker.check(&url, [198, 51, 100, n].into()).await });
    }
    let outcomes = checks.join_all().await;
    assert!(
        outcomes.iter().any(|o| matches!(o, Err(Busy::Host))),
        "{outcomes:?}"
    );
    assert_eq!(server.peak(), 1);
}

#[tokio::test]
async fn redirects_do_not_get_round_the_limit_of_a_host() {
    let victim = Hostile::start(Manner::Silent).await.unwrap();
    let to = format!("{}/r/info/refs?service=git-upload-pack", victim.origin());
    let front = Hostile::start(Manner::Says(http("302 Found", &[("location", &to)], b"")));
    let front = front.await.unwrap();
    let port = front.address().port();
    let mut origins: Vec<_> = (0..8).map(|n| format!("http://h{n}.test:{port}")).collect();
    origins.push(victim.origin());
    // Long enough for all to be redirected before it.
    let budgets = Budgets {
        wall: Duration::from_secs(6),
        ..patient()
    };
    let checker = checker(&origins, budgets);
    let mut checks = JoinSet::new();
    for n in 0..8_u8 {
        let (checker, url) = (
            Arc::clone(&checker),
            format!("{}/r", origins[usize::from(n)]),
        );
        checks.spawn(async move { checker.check(&url, [198, 51, 100, n].into()).await });
    }
    checks.join_all().await;
    assert_eq!(front.connections(), 8);
    assert_eq!(victim.peak(), 1);
}

#[tokio::test]
async fn many_visitors_with_the_same_repository_ask_its_host_once() {
    let sample = Sample::start(Speaks::V2).await;
    let checker = checker(&[sample.server.origin()], patient());
    let mut checks = JoinSet::new();
    for n in 0..40_u8 {
        let (checker, url) = (Arc::clone(&checker), sample.url());
        checks.spawn(async move { checker.check(&url, [198, 51, 100, n].into()).await });
    }
    let outcomes = checks.join_all().await;
    assert!(
        outcomes
            .iter()
            .all(|o| o.as_ref().is_ok_and(|a| a.state == GitState::Ok))
    );
    assert_eq!(sample.server.requests(), 2);
}

#[tokio::test]
async fn verdicts_are_remembered_by_canonical_url_while_fresh() {
    let sample = Sample::start(Speaks::V2).await;
    let checker = checker(&[sample.server.origin()], patient());
    let url = sample.url();
    for spelling in [
        url.clone(),
        format!("{url}/"),
        url.replace("localhost", "LOCALHOST"),
    ] {
        let answer = checker.check(&spelling, visitor()).await.unwrap();
        assert_eq!((answer.state, answer.url), (GitState::Ok, url.clone()));
        assert_eq!(sample.server.requests(), 2);
    }

    let other = format!("{}/other.git", sample.server.origin());
    for _ in 0..2 {
        let answer = checker.check(&other, visitor()).await.unwrap();
        assert_eq!(answer.state, GitState::NotPublic);
        assert_eq!(sample.server.requests(), 3);
    }

    let forgetful = Budgets {
        remember_bad: Duration::ZERO,
        ..patient()
    };
    let config = allowing(&[sample.server.origin()], forgetful);
    let checker = GitChecker::new(config, Stub::loopback()).unwrap();
    assert_eq!(
        checker.check(&other, visitor()).await.unwrap().state,
        GitState::NotPublic
    );
    make_repository(sample.root.path(), "other", &[]).unwrap();
    assert_eq!(
        checker.check(&other, visitor()).await.unwrap().state,
        GitState::Ok
    );
}
