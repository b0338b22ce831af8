//! The conversation with one host: the advertisement, and in protocol v2 `ls-refs`.

use http::{HeaderMap, StatusCode, header};

use super::{
    advertisement::{Advertisement, Commands, NotAdvertised, parse},
    answer::{Finding, NotGit},
    client::{Hop, Reply},
    ls_refs::{self, NotListed},
    pkt_line::Body,
    refs::{Refs, is_commit},
};

/// What came of one hop.
#[derive(Debug)]
pub(super) enum Step {
    /// The check is over.
    Found(Finding),
    /// The host sends on to this location.
    Moved(String),
}

/// Asks one host about one repository.
pub(super) async fn talk(hop: &mut Hop<'_>, asked: Option<&str>) -> Step {
    let reply = match hop.get().await {
        Ok(reply) => reply,
        Err(failure) => return Step::Found(failure.into()),
    };
    if reply.status.is_redirection()
        && let Some(to) = reply.headers.get(header::LOCATION)
    {
        return match to.to_str() {
            Ok(to) => Step::Moved(to.to_owned()),
            Err(_) => Step::Found(Finding::NotGit(NotGit::Elsewhere)),
        };
    }
    Step::Found(match check_reply(&reply, "advertisement") {
        Err(finding) => finding,
        Ok(body) => match parse(body) {
            Ok(Advertisement::Refs(refs)) => found(refs, asked),
            Ok(Advertisement::Commands(commands)) => list(hop, &commands, asked)
                .await
                .unwrap_or_else(|finding| finding),
            Err(NotAdvertised::NotGit) => Finding::NotGit(NotGit::Page),
            Err(NotAdvertised::Declined) => Finding::NotPublic,
        },
    })
}

/// Asks for as little as can answer: all branches only when what is meant is not there.
async fn list(
    hop: &mut Hop<'_>,
    commands: &Commands,
    asked: Option<&str>,
) -> Result<Finding, Finding> {
    let mut prefixes = vec!["HEAD".to_owned()];
    if let Some(asked) = asked {
        prefixes.extend([format!("refs/heads/{asked}"), format!("refs/tags/{asked}")]);
        if asked.starts_with("refs/") {
            prefixes.push(asked.to_owned());
        }
    }
    let refs = ls_refs(hop, commands, &prefixes).await?;
    if refs.choose(asked).is_some() {
        return Ok(found(refs, asked));
    }
    let mut all = ls_refs(
        hop,
        commands,
        &["HEAD".to_owned(), "refs/heads/".to_owned()],
    )
    .await?;
    all.head_branch = all.head_branch.or(refs.head_branch);
    Ok(found(all, asked))
}

async fn ls_refs(
    hop: &mut Hop<'_>,
    commands: &Commands,
    prefixes: &[String],
) -> Result<Refs, Finding> {
    let reply = hop
        .post(ls_refs::request(commands, prefixes))
        .await
        .map_err(Finding::from)?;
    // A redirect is followed for the first request alone, so here it is just another wrong answer.
    let body = check_reply(&reply, "result")?;
    ls_refs::parse(body).map_err(|error| match error {
        NotListed::NotGit => Finding::NotGit(NotGit::Page),
        NotListed::Declined => Finding::NotPublic,
    })
}

fn found(refs: Refs, asked: Option<&str>) -> Finding {
    match refs.choose(asked) {
        Some(chosen) => Finding::Works(chosen),
        None if refs.list.is_empty() && refs.head.is_none() => Finding::Empty,
        None => {
            let missing = asked
                .map(str::to_owned)
                .or_else(|| refs.head_branch.clone());
            Finding::NoSuchRef {
                missing,
                branches: refs.branches(),
            }
        }
    }
}

/// The body, when status and type are git's; else what the answer says about the repository.
fn check_reply<'a>(reply: &'a Reply, kind: &str) -> Result<&'a Body, Finding> {
    match reply.status {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::NOT_FOUND
        | StatusCode::GONE => return Err(Finding::NotPublic),
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            return Err(Finding::Unreachable(format!("it answered {status}")));
        }
        _ => return Err(Finding::NotGit(NotGit::Page)),
    }
    let coding = text(&reply.headers, header::CONTENT_ENCODING);
    if coding.is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(Finding::NotGit(NotGit::Encoded));
    }
    let expected = format!("application/x-git-upload-pack-{kind}");
    // As git reads it: without parameters, in any case.
    let told = text(&reply.headers, header::CONTENT_TYPE).unwrap_or_default();
    let told = told.split(';').next().unwrap_or_default().trim();
    if told.eq_ignore_ascii_case(&expected) {
        return Ok(&reply.body);
    }
    let dumb = is_dumb(&reply.body.bytes);
    Err(Finding::NotGit(if dumb {
        NotGit::Dumb
    } else {
        NotGit::Page
    }))
}

/// The file `info/refs` as a plain web server sends it (gitprotocol-http, "Dumb Clients"):
/// `<commit> TAB <ref>` lines.
fn is_dumb(body: &[u8]) -> bool {
    let line = body.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line).unwrap_or_default();
    line.split_once("\trefs/")
        .is_some_and(|(commit, _)| is_commit(commit))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}
