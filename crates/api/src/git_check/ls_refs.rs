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

/// Reads the answer, or as much of it as there is.
///
/// # Errors
/// When it is none.
pub(super) fn parse(body: &Body) -> Result<Refs, NotPackets> {
    let mut refs = Refs::default();
    let mut ended = body.cut;
    for packet in packets(body) {
        match packet? {
            Packet::Line(line) => {
                if let Ok(line) = std::str::from_utf8(line) {
                    note(line, &mut refs)?;
                }
            }
            Packet::Flush => ended = true,
            Packet::Delimiter => return Err(NotPackets),
        }
    }
    if ended { Ok(refs) } else { Err(NotPackets) }
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
        assert_eq!(parse(&body), Err(NotPackets));
        body.cut = true;
        assert_eq!(parse(&body).unwrap().head.as_deref(), Some(A));
        assert_eq!(parse(&answer(&["ERR nothing".into()])), Err(NotPackets));
    }
}
