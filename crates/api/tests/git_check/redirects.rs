//! Redirects are followed by hand, by the rules of the first URL.

use api::git_check::{GitCheckConfig, GitChecker};
use harness::{
    git_server::Speaks,
    hostile::{ADVERTISEMENT, Hostile, Manner, http, packet},
};
use order::api::{GitCheck, GitState};

use crate::support::{Sample, Stub, allowing, checker, ip, patient, visitor};

const INFO_REFS: &str = "/info/refs?service=git-upload-pack";

async fn redirecting(status: &str, to: &str) -> Hostile {
    Hostile::start(Manner::Says(http(status, &[("location", to)], b"")))
        .await
        .unwrap()
}

#[tokio::test]
async fn s03_benign_redirects_work_and_the_new_address_is_suggested() {
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let sample = Sample::start(Speaks::V2).await;
        let front = redirecting(status, &format!("{}{INFO_REFS}", sample.url())).await;
        let origins = [front.origin(), sample.server.origin()];
        let resolver = Stub::loopback();
        let config = allowing(&origins, patient());
        let checker = GitChecker::new(config, resolver.clone()).unwrap();
        let url = format!("{}/r", front.origin());
        let answer = checker.check(&url, visitor()).await.unwrap();
        assert_eq!(
            answer.commit.as_ref(),
            Some(&sample.commit),
            "{status}: {answer:?}"
        );
        assert_eq!((answer.url, answer.suggestion), (url, Some(sample.url())));
        assert_eq!(resolver.asked().len(), 2, "looked up again for the hop");
        // The second request went to where the first one led.
        assert_eq!((front.connections(), sample.server.requests()), (1, 2));
    }
}

#[tokio::test]
async fn s03_a_path_on_the_same_host_works() {
    let commit = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let head = format!("{commit} HEAD\0symref=HEAD:refs/heads/main");
    let advert = [
        packet("# service=git-upload-pack"),
        b"0000".into(),
        packet(&head),
        b"0000".into(),
    ];
    let to = [("location", "/r.git/info/refs?service=git-upload-pack")];
    let server = Hostile::start(Manner::InTurn(vec![
        http("301 Moved", &to, b""),
        http("200 OK", &[ADVERTISEMENT], &advert.concat()),
    ]));
    let server = server.await.unwrap();
    let checker = checker(&[server.origin()], patient());
    let answer = checker
        .check(&format!("{}/r", server.origin()), visitor())
        .await
        .unwrap();
    assert_eq!(answer.commit.as_deref(), Some(commit), "{answer:?}");
    assert!(server.requests()[1].starts_with("GET /r.git/info/refs?service=git-upload-pack "));
}

/// The verdict on a redirect to a trap, and whether the trap was sprung.
async fn redirected(to: impl Fn(u16) -> String, names: &[&str]) -> (GitCheck, usize) {
    let trap = Hostile::trap(ip("127.0.0.2"), 0).await.unwrap();
    let front = redirecting("302 Found", &to(trap.address().port())).await;
    let resolver = Stub::turning("inner.example.org", &[names]);
    let config = allowing(&[front.origin()], patient());
    let checker = GitChecker::new(config, resolver).unwrap();
    let answer = checker
        .check(&format!("{}/r", front.origin()), visitor())
        .await
        .unwrap();
    assert_eq!(front.connections(), 1);
    (answer, trap.connections())
}

#[tokio::test]
async fn s03_redirects_inwards_are_refused_and_never_read() {
    let inward: [fn(u16) -> String; 6] = [
        |port| format!("http://127.0.0.2:{port}/r{INFO_REFS}"),
        |port| format!("https://127.0.0.2:{port}/r{INFO_REFS}"),
        |port| format!("https://inner.example.org:{port}/r{INFO_REFS}"),
        |port| format!("http://inner.example.org:{port}/r{INFO_REFS}"),
        |port| format!("//127.0.0.2:{port}/r{INFO_REFS}"),
        |port| format!("https://2130706434:{port}/r{INFO_REFS}"),
    ];
    for to in inward {
        let (answer, sprung) = redirected(to, &["127.0.0.2"]).await;
        assert_eq!((answer.state, sprung), (GitState::Refused, 0), "{}", to(0));
    }
    let (answer, sprung) = redirected(inward[2], &["8.8.8.8", "127.0.0.2"]).await;
    assert_eq!((answer.state, sprung), (GitState::Refused, 0));
}

#[tokio::test]
async fn s04_a_name_that_turns_inwards_between_hops_is_refused() {
    let trap = Hostile::trap(ip("127.0.0.2"), 0).await.unwrap();
    let to = format!(
        "https://front.example.org:{}/r{INFO_REFS}",
        trap.address().port()
    );
    let front = redirecting("302 Found", &to).await;
    let origin = format!("http://front.example.org:{}", front.address().port());
    let resolver = Stub::turning("front.example.org", &[&["127.0.0.1"], &["127.0.0.2"]]);
    let checker = GitChecker::new(allowing(&[&origin], patient()), resolver.clone()).unwrap();
    let answer = checker
        .check(&format!("{origin}/r"), visitor())
        .await
        .unwrap();
    assert_eq!((answer.state, trap.connections()), (GitState::Refused, 0));
    assert_eq!(resolver.asked(), ["front.example.org", "front.example.org"]);
}

#[tokio::test]
async fn three_redirects_are_followed_and_no_fourth() {
    let around = redirecting("302 Found", &format!("/r{INFO_REFS}")).await;
    let checker = checker(&[around.origin()], patient());
    let answer = checker
        .check(&format!("{}/r", around.origin()), visitor())
        .await
        .unwrap();
    assert_eq!(
        (answer.state, around.connections()),
        (GitState::Unreachable, 4)
    );
}

#[tokio::test]
async fn a_redirect_of_the_second_request_is_not_followed() {
    let trap = Hostile::trap(ip("127.0.0.1"), 0).await.unwrap();
    let advert = [packet("version 2"), packet("ls-refs"), b"0000".into()].concat();
    let to = format!("{}/r/git-upload-pack", trap.origin());
    for status in ["302 Found", "307 Temporary", "308 Permanent"] {
        let server = Hostile::start(Manner::InTurn(vec![
            http("200 OK", &[ADVERTISEMENT], &advert),
            http(status, &[("location", &to)], b""),
        ]));
        let server = server.await.unwrap();
        // Even an allowed origin is not posted to.
        let checker = checker(&[server.origin(), trap.origin()], patient());
        let answer = checker
            .check(&format!("{}/r", server.origin()), visitor())
            .await
            .unwrap();
        assert_eq!((answer.state, trap.connections()), (GitState::NotGit, 0));
        assert!(server.requests()[1].starts_with("POST /r/git-upload-pack "));
    }
}

#[tokio::test]
async fn a_redirect_to_a_page_is_not_git() {
    let server = redirecting("302 Found", "/users/sign_in").await;
    let config: GitCheckConfig = allowing(&[server.origin()], patient());
    let checker = GitChecker::new(config, Stub::loopback()).unwrap();
    let answer = checker
        .check(&format!("{}/r", server.origin()), visitor())
        .await
        .unwrap();
    assert_eq!((answer.state, server.connections()), (GitState::NotGit, 1));
}
