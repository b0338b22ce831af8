//! The command `ls-refs` of protocol v2 (gitprotocol-v2, "ls-refs").

use super::{
    advertisement::Commands,
    pkt_line::{Body, NotPackets, Packet, packets, push_line},
    refs::{Refs, is_showable},
};

/// How git servers see us; some forges answer only to names that start with `git/`.
pub(super) const AGENT: &str = "git/2.47";

/// A request for the refs that start with one of these prefixes.
pub(super) fn request(commands: &Commands, prefixes: &[String]) -> Vec<u8> {
    let mut request = Vec::new();
    push_line(&mut request, "command=ls-refs");
    push_line(&mut request, &format!("agent={AGENT}"));
    if let Some(format) = &commands.object_format {
        push_line(&mut request, &format!("object-format={format}"));
    }
    request.extend(b"0001");
    push_line(&mut request, "peel");
    push_line(&mut request, "symrefs");
    if commands.unborn {
        push_line(&mut request, "unborn");
    }
    for prefix in prefixes.iter().filter(|prefix| is_showable(prefix)) {
        push_line(&mut request, &format!("ref-prefix {prefix}"));
    }
    request.extend(b"0000");
    request
}

/// Why there is no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotListed {
    /// It is no answer of git's.
    NotGit,
    /// The host does not want to.
    Declined,
}

impl From<NotPackets> for NotListed {
    fn from(_: NotPackets) -> Self {
        Self::NotGit
    }
}

/// Reads the answer, or as much of it as there is.
///
/// # Errors
/// When it is none.
pub(super) fn parse(body: &Body) -> Result<Refs, NotListed> {
    let mut refs = Refs::default();
    let mut ended = body.cut;
    for packet in packets(body) {
        match packet? {
            Packet::Line(line) if line.starts_with(b"ERR ") => return Err(NotListed::Declined),
            // A name that is no text is not shown, but the commit on its line counts.
            Packet::Line(line) => note(&String::from_utf8_lossy(line), &mut refs)?,
            Packet::Flush => ended = true,
            Packet::Delimiter => return Err(NotListed::NotGit),
        }
    }
    if ended {
        Ok(refs)
    } else {
        Err(NotListed::NotGit)
    }
}

fn note(line: &str, refs: &mut Refs) -> Result<(), NotPackets> {
    let mut words = line.split(' ');
    let (id, name) = (
        words.next().unwrap_or_default(),
        words.next().ok_or(NotPackets)?,
    );
    if id != "unborn" && !matches!(id.len(), 40 | 64) {
        return Err(NotPackets);
    }
    let mut commit = id;
    for attribute in words {
        if let Some(peeled) = attribute.strip_prefix("peeled:") {
            commit = peeled;
        }
        if let Some(branch) = attribute.strip_prefix("symref-target:")
            && name == "HEAD"
            && is_showable(branch)
        {
            refs.head_branch = Some(branch.to_owned());
        }
    }
    if id != "unborn" {
        refs.add(name, commit);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    fn answer(lines: &[String]) -> Body {
        let mut bytes = Vec::new();
        lines.iter().for_each(|line| push_line(&mut bytes, line));
        bytes.extend(b"0000");
        Body { bytes, cut: false }
    }

    #[test]
    fn a_request_is_framed_and_repeats_the_hash() {
        let commands = Commands {
            unborn: true,
            object_format: Some("sha1".into()),
        };
        let request = request(&commands, &["HEAD".into(), "refs/heads/a\nb".into()]);
        let text = String::from_utf8(request).unwrap();
        assert_eq!(
            text,
            "0014command=ls-refs\n0013agent=git/2.47\n0017object-format=sha1\n0001\
             0009peel\n000csymrefs\n000bunborn\n0014ref-prefix HEAD\n0000"
        );
    }

    #[test]
    fn head_branches_and_peeled_tags() {
        let refs = parse(&answer(&[
            format!("{A} HEAD symref-target:refs/heads/main"),
            format!("{A} refs/heads/main"),
            format!("{A} refs/tags/v1 peeled:{B}"),
        ]));
        let refs = refs.unwrap();
        assert_eq!(refs.choose(None).unwrap().name.as_deref(), Some("main"));
        assert_eq!(refs.choose(Some("v1")).unwrap().commit, B);
    }

    #[test]
    fn an_unborn_head_names_its_branch_and_has_no_commit() {
        let refs = parse(&answer(&[
            "unborn HEAD symref-target:refs/heads/trunk".into()
        ]))
        .unwrap();
        assert_eq!(refs.head, None);
        assert_eq!(refs.head_branch.as_deref(), Some("refs/heads/trunk"));
    }

    #[test]
    fn an_answer_without_its_end_is_an_error_unless_it_was_cut() {
        let mut body = answer(&[format!("{A} HEAD")]);
        body.bytes.truncate(body.bytes.len() - 4);
        assert_eq!(parse(&body), Err(NotListed::NotGit));
        body.cut = true;
        assert_eq!(parse(&body).unwrap().head.as_deref(), Some(A));
    }

    #[test]
    fn a_host_that_declines_is_heard() {
        let declined = parse(&answer(&["ERR access denied".into()]));
        assert_eq!(declined, Err(NotListed::Declined));
    }

    #[test]
    fn a_default_branch_whose_name_is_no_text_has_a_commit() {
        let mut body = answer(&[format!("{A} HEAD symref-target:refs/heads/m?in")]);
        let at = body.bytes.iter().position(|b| *b == b'?').unwrap();
        body.bytes[at] = 0xff;
        let refs = parse(&body).unwrap();
        assert_eq!((refs.head.as_deref(), refs.head_branch), (Some(A), None));
    }
}
