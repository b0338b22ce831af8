//! The answer to `GET …/info/refs?service=git-upload-pack` in protocol v0, v1 and v2
//! (gitprotocol-http "Smart Clients", gitprotocol-pack "Reference Discovery", gitprotocol-v2).

use super::{
    pkt_line::{Body, Packet, packets},
    refs::{Refs, is_showable},
};

/// What the server offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Advertisement {
    /// v2: no refs yet, but the commands it knows.
    Commands(Commands),
    /// v0 and v1: the refs themselves.
    Refs(Refs),
}

/// What a v2 server said about `ls-refs`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Commands {
    /// It can name the default branch of a repository without commits.
    pub(super) unborn: bool,
    /// The hash its names are in, when it says so; to be repeated in requests.
    pub(super) object_format: Option<String>,
}

/// Why a body is not an advertisement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotAdvertised {
    /// Not git's protocol.
    NotGit,
    /// Git's protocol, carrying the server's refusal.
    Declined,
}

/// Reads an advertisement, or as much of it as there is.
///
/// # Errors
/// When it is none.
pub(super) fn parse(body: &Body) -> Result<Advertisement, NotAdvertised> {
    let mut packets = packets(body).map(|packet| packet.map_err(|_| NotAdvertised::NotGit));
    let mut next = || packets.next().transpose();

    let mut first = next()?.ok_or(NotAdvertised::NotGit)?;
    // git's own http-backend sends no service line in v2.
    if first == Packet::Line(b"# service=git-upload-pack") {
        if next()? != Some(Packet::Flush) {
            return Err(NotAdvertised::NotGit);
        }
        first = next()?.ok_or(NotAdvertised::NotGit)?;
    }
    match first {
        Packet::Line(b"version 2") => {
            let mut commands = Commands::default();
            let mut lists_refs = false;
            while let Some(Packet::Line(line)) = next()? {
                lists_refs |= note_command(line, &mut commands);
            }
            let commands = lists_refs.then_some(Advertisement::Commands(commands));
            commands.ok_or(NotAdvertised::NotGit)
        }
        mut packet => {
            if packet == Packet::Line(b"version 1") {
                packet = next()?.ok_or(NotAdvertised::NotGit)?;
            }
            let mut refs = Refs::default();
            while let Packet::Line(line) = packet {
                note_ref(line, &mut refs)?;
                match next()? {
                    Some(following) => packet = following,
                    None => break,
                }
            }
            Ok(Advertisement::Refs(refs))
        }
    }
}

/// Notes one capability; true when it is `ls-refs` itself.
fn note_command(line: &[u8], commands: &mut Commands) -> bool {
    let line = std::str::from_utf8(line).unwrap_or_default();
    let (key, value) = line.split_once('=').unwrap_or((line, ""));
    match key {
        "ls-refs" => commands.unborn = value.split(' ').any(|word| word == "unborn"),
        "object-format" if matches!(value, "sha1" | "sha256") => {
            commands.object_format = Some(value.to_owned());
        }
        _ => {}
    }
    key == "ls-refs"
}

fn note_ref(line: &[u8], refs: &mut Refs) -> Result<(), NotAdvertised> {
    if line.starts_with(b"ERR ") {
        return Err(NotAdvertised::Declined);
    }
    let (line, capabilities) = match line.iter().position(|byte| *byte == 0) {
        Some(at) => (&line[..at], String::from_utf8_lossy(&line[at + 1..])),
        None => (line, "".into()),
    };
    for capability in capabilities.split(' ') {
        if let Some(branch) = capability
            .strip_prefix("symref=HEAD:")
            .filter(|b| is_showable(b))
        {
            refs.head_branch = Some(branch.to_owned());
        }
    }
    if line.starts_with(b"shallow ") {
        return Ok(());
    }
    let at = line
        .iter()
        .position(|byte| *byte == b' ')
        .ok_or(NotAdvertised::NotGit)?;
    let (id, name) = (&line[..at], &line[at + 1..]);
    let id = std::str::from_utf8(id)
        .ok()
        .filter(|id| matches!(id.len(), 40 | 64));
    let id = id.ok_or(NotAdvertised::NotGit)?;
    // A name in another encoding is legal in git; it can only not be shown.
    if let Ok(name) = std::str::from_utf8(name) {
        refs.add(name, id);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn body(lines: &[&str]) -> Body {
        let framed = lines.iter().map(|line| match *line {
            "" => "0000".to_owned(),
            line => format!("{:04x}{line}\n", line.len() + 5),
        });
        Body {
            bytes: framed.collect::<String>().into_bytes(),
            cut: false,
        }
    }

    fn refs(body: &Body) -> Refs {
        match parse(body) {
            Ok(Advertisement::Refs(refs)) => refs,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn v0_and_v1_carry_the_refs() {
        let head = format!("{A} HEAD\0multi_ack symref=HEAD:refs/heads/main agent=git/2.1");
        let main = format!("{A} refs/heads/main");
        let v0 = body(&["# service=git-upload-pack", "", &head, &main, ""]);
        let v1 = body(&[
            "# service=git-upload-pack",
            "",
            "version 1",
            &head,
            &main,
            "",
        ]);
        for advert in [v0, v1] {
            let refs = refs(&advert);
            assert_eq!(refs.head.as_deref(), Some(A));
            assert_eq!(refs.head_branch.as_deref(), Some("refs/heads/main"));
            assert_eq!(refs.branches(), ["main"]);
        }
    }

    #[test]
    fn an_empty_repository_has_no_refs() {
        let null = format!(
            "{} capabilities^{{}}\0symref=HEAD:refs/heads/main",
            "0".repeat(40)
        );
        assert_eq!(
            refs(&body(&["# service=git-upload-pack", "", &null, ""])).head,
            None
        );
        assert_eq!(
            refs(&body(&["# service=git-upload-pack", "", ""])).head,
            None
        );
    }

    #[test]
    fn v2_with_and_without_the_service_line() {
        let expected = Commands {
            unborn: true,
            object_format: Some("sha256".into()),
        };
        let lines = [
            "version 2",
            "agent=git/2.47",
            "object-format=sha256",
            "ls-refs=unborn",
            "fetch",
            "",
        ];
        let bare = parse(&body(&lines));
        assert_eq!(bare, Ok(Advertisement::Commands(expected)));
        let announced = [&["# service=git-upload-pack", ""], &lines[..]].concat();
        assert_eq!(parse(&body(&announced)), bare);
    }

    #[test]
    fn the_start_of_a_big_advertisement_is_enough() {
        let mut big = body(&["# service=git-upload-pack", "", &format!("{A} HEAD\0x")]);
        big.bytes.extend_from_slice(b"003faaaa");
        big.cut = true;
        assert_eq!(refs(&big).head.as_deref(), Some(A));
    }

    #[test]
    fn other_bodies_are_not_git() {
        let bad = [
            body(&[]),
            body(&["# service=git-receive-pack", ""]),
            body(&["# service=git-upload-pack", "x"]),
            body(&["version 2", "fetch", ""]),
            body(&["version 1"]),
            body(&["zz refs/heads/main", ""]),
            body(&["hello", ""]),
            Body {
                bytes: b"<!doctype html>".to_vec(),
                cut: true,
            },
        ];
        for body in bad {
            assert_eq!(parse(&body), Err(NotAdvertised::NotGit), "{body:?}");
        }
        let declined = body(&["# service=git-upload-pack", "", "ERR access denied"]);
        assert_eq!(parse(&declined), Err(NotAdvertised::Declined));
    }
}
