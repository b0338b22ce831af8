//! What each kind of server is answered with.

use std::fs;

use api::git_check::{GitCheckConfig, GitChecker};
use harness::{
    git_server::{GitServer, Speaks, git, make_empty_repository},
    hostile::{ADVERTISEMENT, Hostile, Manner, http, packet},
    tls_front::TlsFront,
};
use order::api::{GitCheck, GitState};

use crate::support::{Sample, Stub, allowing, check, checker, patient, visitor};

const ALL: [Speaks; 3] = [Speaks::V0, Speaks::V1, Speaks::V2];

async fn against(answer: Vec<u8>) -> GitCheck {
    let server = Hostile::start(Manner::Says(answer)).await.unwrap();
    check(&server.origin(), "/r").await
}

#[tokio::test]
async fn a_real_repository_works_in_every_protocol_version() {
    for speaks in ALL {
        let sample = Sample::start(speaks).await;
        let answer = check(&sample.server.origin(), "/sample.git").await;
        assert_eq!(answer.state, GitState::Ok, "{speaks:?}: {answer:?}");
        assert_eq!(answer.branch.as_deref(), Some("main"), "{speaks:?}");
        assert_eq!(answer.commit.as_ref(), Some(&sample.commit), "{speaks:?}");
        let short = &sample.commit[..7];
        assert_eq!(
            answer.message,
            format!("localhost answers: main, commit {short}.")
        );
        assert_eq!((answer.url, answer.settings), (sample.url(), None));
        let requests = if speaks == Speaks::V2 { 2 } else { 1 };
        assert_eq!(sample.server.requests(), requests, "{speaks:?}");
    }
}

#[tokio::test]
async fn a_host_that_hangs_up_after_each_answer_works() {
    let commit = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let advert = [packet("version 2"), packet("ls-refs"), b"0000".into()].concat();
    let head = packet(&format!("{commit} HEAD symref-target:refs/heads/main"));
    let result = [head, b"0000".into()].concat();
    let server = Hostile::start(Manner::InTurn(vec![
        http("200 OK", &[ADVERTISEMENT], &advert),
        http(
            "200 OK",
            &[("content-type", "application/x-git-upload-pack-result")],
            &result,
        ),
    ]))
    .await
    .unwrap();
    let answer = check(&server.origin(), "/r").await;
    assert_eq!(answer.commit.as_deref(), Some(commit), "{answer:?}");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_repeating_server_asks_git_once() {
    let sample = Sample::start(Speaks::V2).await;
    let server = GitServer::start_repeating(sample.root.path(), Speaks::V2)
        .await
        .unwrap();
    let first = check(&server.origin(), "/sample.git").await;
    assert_eq!(first.commit.as_ref(), Some(&sample.commit));
    fs::remove_dir_all(sample.root.path().join("sample.git")).unwrap();
    assert_eq!(check(&server.origin(), "/sample.git").await, first);
    assert_eq!(server.requests(), 4);
}

#[tokio::test]
async fn an_empty_repository_is_empty_in_every_protocol_version() {
    for speaks in ALL {
        let sample = Sample::start(speaks).await;
        make_empty_repository(sample.root.path(), "empty").unwrap();
        let answer = check(&sample.server.origin(), "/empty.git").await;
        assert_eq!(answer.state, GitState::Empty, "{speaks:?}: {answer:?}");
    }
}

#[tokio::test]
async fn the_default_branch_is_heads_and_may_be_missing() {
    for speaks in ALL {
        let sample = Sample::start(speaks).await;
        let bare = sample.root.path().join("sample.git");
        git(&bare, &["branch", "trunk", "main"]).unwrap();
        git(&bare, &["symbolic-ref", "HEAD", "refs/heads/trunk"]).unwrap();
        let answer = check(&sample.server.origin(), "/sample.git").await;
        assert_eq!(answer.branch.as_deref(), Some("trunk"), "{speaks:?}");

        git(&bare, &["symbolic-ref", "HEAD", "refs/heads/gone"]).unwrap();
        let answer = check(&sample.server.origin(), "/sample.git").await;
        assert_eq!(answer.state, GitState::NoSuchRef, "{speaks:?}: {answer:?}");
        assert!(answer.message.contains("main, trunk"), "{}", answer.message);
    }
}

#[tokio::test]
async fn a_branch_or_tag_can_be_asked_for() {
    for speaks in ALL {
        let sample = Sample::start(speaks).await;
        let bare = sample.root.path().join("sample.git");
        git(&bare, &["branch", "next", "main"]).unwrap();
        git(
            &bare,
            &["tag", "--annotate", "--message", "x", "v1", "main"],
        )
        .unwrap();
        let checker = checker(&[sample.server.origin()], patient());
        for asked in ["next", "v1", "refs/tags/v1", "refs/heads/main"] {
            let answer = checker
                .check_ref(&sample.url(), Some(asked), visitor())
                .await
                .unwrap();
            assert_eq!(answer.state, GitState::Ok, "{speaks:?} {asked}: {answer:?}");
            assert_eq!(
                answer.commit.as_ref(),
                Some(&sample.commit),
                "{speaks:?} {asked}"
            );
        }
        for asked in ["v2", "nex", "a\nb", ""] {
            let answer = checker
                .check_ref(&sample.url(), Some(asked), visitor())
                .await
                .unwrap();
            assert_eq!(
                answer.state,
                GitState::NoSuchRef,
                "{speaks:?} {asked:?}: {answer:?}"
            );
            assert!(answer.message.contains("main, next"), "{}", answer.message);
        }
    }
}

#[tokio::test]
async fn repositories_with_sha256_names_work() {
    for speaks in ALL {
        let sample = Sample::start(speaks).await;
        let root = sample.root.path();
        git(
            root,
            &[
                "init",
                "--quiet",
                "--object-format=sha256",
                "-b",
                "main",
                "long",
            ],
        )
        .unwrap();
        let work = root.join("long");
        git(
            &work,
            &["commit", "--quiet", "--allow-empty", "--message", "x"],
        )
        .unwrap();
        let answer = check(&sample.server.origin(), "/long").await;
        assert_eq!(
            answer.commit,
            Some(git(&work, &["rev-parse", "HEAD"]).unwrap()),
            "{speaks:?}"
        );
        assert_eq!(answer.commit.unwrap().len(), 64);
    }
}

#[tokio::test]
async fn big_repositories_are_understood_from_their_start() {
    for speaks in ALL {
        let sample = Sample::start(speaks).await;
        let refs = (0..5000).map(|n| format!("{} refs/heads/b{n:04}\n", sample.commit));
        let header = "# pack-refs with: peeled fully-peeled sorted \n".to_owned();
        let packed = std::iter::once(header).chain(refs).collect::<String>();
        fs::write(sample.root.path().join("sample.git/packed-refs"), packed).unwrap();
        let checker = checker(&[sample.server.origin()], patient());
        let answer = checker.check(&sample.url(), visitor()).await.unwrap();
        assert_eq!(
            answer.commit.as_ref(),
            Some(&sample.commit),
            "{speaks:?}: {answer:?}"
        );
        if speaks == Speaks::V2 {
            let last = checker
                .check_ref(&sample.url(), Some("b4999"), visitor())
                .await
                .unwrap();
            assert_eq!(last.state, GitState::Ok, "{last:?}");
            let none = checker
                .check_ref(&sample.url(), Some("c"), visitor())
                .await
                .unwrap();
            assert_eq!(none.state, GitState::NoSuchRef, "{none:?}");
        }
    }
}

#[tokio::test]
async fn what_needs_a_login_or_is_not_there_is_not_public() {
    for status in [
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "410 Gone",
    ] {
        let login = [("www-authenticate", "Basic realm=\"git\"")];
        assert_eq!(
            against(http(status, &login, b"")).await.state,
            GitState::NotPublic,
            "{status}"
        );
    }
    let sample = Sample::start(Speaks::V2).await;
    assert_eq!(
        check(&sample.server.origin(), "/other.git").await.state,
        GitState::NotPublic
    );
    let declined = [
        packet("# service=git-upload-pack"),
        b"0000".into(),
        packet("ERR no"),
    ]
    .concat();
    let answer = against(http("200 OK", &[ADVERTISEMENT], &declined)).await;
    assert_eq!(answer.state, GitState::NotPublic);
}

#[tokio::test]
async fn what_is_not_a_repository_is_not_git() {
    let html = [("content-type", "text/html")];
    let lies = http(
        "200 OK",
        &[ADVERTISEMENT],
        b"<!doctype html><title>A page</title>",
    );
    for answer in [
        http("200 OK", &html, b"<!doctype html><title>A page</title>"),
        http("200 OK", &html, b""),
        http("200 OK", &[], b""),
        http("200 OK", &[ADVERTISEMENT], b""),
        http("204 No Content", &[ADVERTISEMENT], b""),
        http("400 Bad Request", &[], b""),
        http("304 Not Modified", &[], b""),
        lies,
    ] {
        let text = String::from_utf8_lossy(&answer).into_owned();
        let answer = against(answer).await;
        assert_eq!(answer.state, GitState::NotGit, "{text}: {answer:?}");
    }
}

#[tokio::test]
async fn a_repository_as_plain_files_has_a_message_of_its_own() {
    let refs = b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\trefs/heads/main\n";
    let answer = against(http("200 OK", &[("content-type", "text/plain")], refs)).await;
    assert_eq!(answer.state, GitState::NotGit);
    assert!(answer.message.contains("dumb"), "{}", answer.message);
}

#[tokio::test]
async fn a_host_in_trouble_or_gone_is_unreachable() {
    for status in [
        "500 Oops",
        "502 Bad Gateway",
        "503 Busy",
        "429 Too Many Requests",
    ] {
        assert_eq!(
            against(http(status, &[], b"")).await.state,
            GitState::Unreachable,
            "{status}"
        );
    }
    assert_eq!(
        against(b"SSH-2.0-OpenSSH_9.9\r\n".into()).await.state,
        GitState::Unreachable
    );
    assert_eq!(against(Vec::new()).await.state, GitState::Unreachable);
    let closed = Hostile::start(Manner::Silent).await.unwrap().origin();
    assert_eq!(check(&closed, "/r").await.state, GitState::Unreachable);
}

#[tokio::test]
async fn a_text_that_is_no_url_is_echoed_with_what_is_wrong() {
    let checker = checker::<&str>(&[], patient());
    let answer = checker
        .check("http://github.com/a/b", visitor())
        .await
        .unwrap();
    assert_eq!((answer.state, answer.host), (GitState::InvalidUrl, None));
    assert_eq!(answer.url, "http://github.com/a/b");
    assert!(!answer.message.is_empty());
    let long = checker
        .check(&"x".repeat(100_000), visitor())
        .await
        .unwrap();
    assert_eq!((long.state, long.url.len()), (GitState::InvalidUrl, 2048));
}

#[tokio::test]
async fn https_works_and_certificates_are_checked() {
    let sample = Sample::start(Speaks::V2).await;
    let front = TlsFront::start("git.test", sample.server.address())
        .await
        .unwrap();
    let port = front.address().port();
    let ask = async |host: &str, extra_roots| {
        let origin = format!("https://{host}:{port}");
        let config = allowing(&[&origin], patient());
        let config = GitCheckConfig {
            extra_roots,
            ..config
        };
        let checker = GitChecker::new(config, Stub::loopback()).unwrap();
        checker
            .check(&format!("{origin}/sample.git"), visitor())
            .await
            .unwrap()
    };
    let good = ask("git.test", vec![front.certificate()]).await;
    assert_eq!(good.commit.as_ref(), Some(&sample.commit), "{good:?}");
    let requests = sample.server.requests();
    let untrusted = ask("git.test", vec![]).await;
    let misnamed = ask("other.test", vec![front.certificate()]).await;
    for bad in [untrusted, misnamed] {
        assert_eq!(bad.state, GitState::Unreachable);
        assert!(bad.message.contains("certificate"), "{}", bad.message);
    }
    assert_eq!(sample.server.requests(), requests);
}
