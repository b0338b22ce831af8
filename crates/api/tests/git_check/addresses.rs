//! Refused addresses are never dialled, however a name comes to mean them; and what is dialled is what
//! was read.

use std::{env, process::Command};

use api::git_check::{GitCheckConfig, GitChecker};
use harness::{
    git_server::Speaks,
    hostile::{Hostile, Manner, http},
};
use order::{
    GitUrl,
    api::{GitCheck, GitState},
};

use crate::support::{Sample, Stub, allowing, checker, ip, patient, visitor};

/// A check of a public-looking name that resolves to these addresses, with a trap at each loopback
/// one: the verdict, how often the resolver was asked, and how often a trap was sprung.
async fn resolving_to(addresses: &[&str]) -> (GitCheck, usize, usize) {
    let trap = Hostile::trap(ip("127.0.0.1"), 0).await.unwrap();
    let resolver = Stub::turning("git.example.org", &[addresses]);
    let config = GitCheckConfig {
        own_addresses: vec![ip("93.184.216.34")],
        refused: vec!["1.2.3.0/24".parse().unwrap()],
        ..GitCheckConfig::default()
    };
    let checker = GitChecker::new(config, resolver.clone()).unwrap();
    let url = format!("https://git.example.org:{}/r", trap.address().port());
    let mut answer = checker.check(&url, visitor()).await.unwrap();
    answer.url.clear();
    (answer, resolver.asked().len(), trap.connections())
}

#[tokio::test]
async fn s05_refused_answers_open_no_socket_and_read_the_same() {
    let (first, ..) = resolving_to(&["10.0.0.1"]).await;
    assert_eq!(first.state, GitState::Refused);
    for addresses in [
        &["127.0.0.1"][..],
        &["169.254.169.254"],
        &["8.8.8.8", "127.0.0.1"],
        &["127.0.0.1", "8.8.8.8"],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["64:ff9b::7f00:1"],
        &["93.184.216.34"],
        &["1.2.3.4"],
    ] {
        let (answer, asked, connections) = resolving_to(addresses).await;
        assert_eq!(answer, first, "{addresses:?}");
        assert_eq!((asked, connections), (1, 0), "{addresses:?}");
    }
}

#[tokio::test]
async fn a_bad_answer_beyond_the_number_kept_is_still_seen() {
    let mut many = vec!["8.8.8.8"; 40];
    many.push("127.0.0.1");
    let (answer, _, connections) = resolving_to(&many).await;
    assert_eq!((answer.state, connections), (GitState::Refused, 0));
}

#[tokio::test]
async fn s04_a_name_that_changes_its_mind_is_asked_once_and_only_its_first_answer_dialled() {
    let sample = Sample::start(Speaks::V2).await;
    let port = sample.server.address().port();
    let trap = Hostile::trap(ip("127.0.0.2"), port).await.unwrap();
    let resolver = Stub::turning("forge.test", &[&["127.0.0.1"], &["127.0.0.2"]]);
    let origin = format!("http://forge.test:{port}");
    let config = allowing(&[&origin], patient());
    let checker = GitChecker::new(config, resolver.clone()).unwrap();
    let answer = checker
        .check(&format!("{origin}/sample.git"), visitor())
        .await
        .unwrap();
    assert_eq!(answer.state, GitState::Ok, "{answer:?}");
    assert_eq!(
        sample.server.requests(),
        2,
        "one to each of the two requests"
    );
    assert_eq!((resolver.asked().len(), trap.connections()), (1, 0));
}

#[tokio::test]
async fn a_name_without_addresses_or_whose_look_up_fails_is_unreachable() {
    for resolver in [
        Stub::turning("git.example.org", &[&[]]),
        Stub::failing("git.example.org", "no such host"),
    ] {
        let checker = GitChecker::new(GitCheckConfig::default(), resolver).unwrap();
        let answer = checker
            .check("https://git.example.org/r", visitor())
            .await
            .unwrap();
        assert_eq!(answer.state, GitState::Unreachable);
        assert!(
            answer.message.contains("could not be found"),
            "{}",
            answer.message
        );
    }
}

#[tokio::test]
async fn s02_the_client_asks_for_the_host_port_and_path_that_others_read() {
    let server = Hostile::start(Manner::Says(http("404 Not Found", &[], b"")));
    let server = server.await.unwrap();
    let port = server.address().port();
    let origins = ["localhost", "forge.test", "git-1.forge.test"];
    let origins = origins.map(|host| format!("http://{host}:{port}"));
    let resolver = Stub::loopback();
    let config = allowing(&origins, patient());
    let allowed = config.allowed_origins.clone();
    let checker = GitChecker::new(config, resolver.clone()).unwrap();
    for origin in &origins {
        for path in [
            "/r",
            "/r.git/",
            "/Ann%20B/r",
            "/~ann/r+1,2=3",
            "/a@b:80/%c3%A9",
            "/-/..r",
        ] {
            let typed = format!("{}{path}", origin.to_uppercase());
            checker.check(&typed, visitor()).await.unwrap();
            let ours = GitUrl::parse(&typed, &allowed).unwrap();
            let theirs = url::Url::parse(&typed).unwrap();
            let host = theirs.host_str().unwrap();
            let path = theirs.path().trim_end_matches('/');
            assert_eq!((ours.host(), ours.port(), ours.path()), (host, port, path));
            assert_eq!(theirs.port(), Some(port));
            assert_eq!(resolver.asked().pop().as_deref(), Some(host));
            let request = server.requests().pop().unwrap();
            let line = format!("GET {path}/info/refs?service=git-upload-pack HTTP/1.1\r\n");
            assert!(request.starts_with(&line), "{typed}: {request}");
            let at = format!("\r\nhost: {host}:{port}\r\n");
            assert!(request.to_lowercase().contains(&at), "{typed}: {request}");
        }
    }
    assert_eq!(server.connections(), 18);
}

#[tokio::test]
async fn s06_proxy_variables_are_ignored() {
    let trap = Hostile::start(Manner::Says(Vec::new())).await.unwrap();
    let proxy = trap.origin();
    let child = move || {
        let mut child = Command::new(env::current_exe().unwrap());
        child.args([
            "--exact",
            "addresses::with_proxy_variables",
            "--ignored",
            "--nocapture",
        ]);
        for name in [
            "http_proxy",
            "HTTP_PROXY",
            "https_proxy",
            "HTTPS_PROXY",
            "all_proxy",
        ] {
            child.env(name, &proxy);
        }
        child
            .env("ALL_PROXY", &proxy)
            .env_remove("no_proxy")
            .env_remove("NO_PROXY")
            .output()
    };
    let output = tokio::task::spawn_blocking(child).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
#[ignore = "run by s06_proxy_variables_are_ignored, with the variables set"]
async fn with_proxy_variables() {
    assert!(env::var("http_proxy").is_ok_and(|proxy| proxy.starts_with("http://localhost:")));
    let sample = Sample::start(Speaks::V2).await;
    let checker = checker(&[sample.server.origin()], patient());
    let answer = checker.check(&sample.url(), visitor()).await.unwrap();
    assert_eq!(answer.state, GitState::Ok, "{answer:?}");
}
