//! Git's framing: four hex digits of length, themselves included, then the data
//! (gitprotocol-common, "pkt-line Format").

/// An answer's body, or the start of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Body {
    /// What was read.
    pub(super) bytes: Vec<u8>,
    /// Whether there was more than was read.
    pub(super) cut: bool,
}

/// One packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packet<'a> {
    /// `0000`, the end of a section.
    Flush,
    /// `0001`, between parts of a section (protocol v2).
    Delimiter,
    /// A line, its line feed taken off.
    Line(&'a [u8]),
}

/// This is not git's framing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotPackets;

/// The longest packet git allows, its length digits included.
const LONGEST: usize = 65520;

/// The packets of a body. Where the body was cut, the last and incomplete one is left out.
pub(super) fn packets(body: &Body) -> impl Iterator<Item = Result<Packet<'_>, NotPackets>> {
    let mut rest = body.bytes.as_slice();
    let cut = body.cut;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let read = next(&mut rest);
        if read.is_none() {
            rest = &[];
        }
        match read {
            Some(Err(NotPackets)) => {
                rest = &[];
                Some(Err(NotPackets))
            }
            None if !cut => Some(Err(NotPackets)),
            read => read,
        }
    })
}

/// Adds one line to a request.
pub(super) fn push_line(request: &mut Vec<u8>, line: &str) {
    request.extend(format!("{:04x}{line}\n", line.len() + 5).into_bytes());
}

/// `None` when the packet is not all there.
fn next<'a>(rest: &mut &'a [u8]) -> Option<Result<Packet<'a>, NotPackets>> {
    let (digits, after) = rest.split_at_checked(4)?;
    let length = std::str::from_utf8(digits)
        .ok()
        .filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))
        .and_then(|text| usize::from_str_radix(text, 16).ok());
    let (packet, after) = match length {
        Some(0) => (Packet::Flush, after),
        Some(1) => (Packet::Delimiter, after),
        Some(length @ 4..=LONGEST) => {
            let (line, after) = after.split_at_checked(length - 4)?;
            (
                Packet::Line(line.strip_suffix(b"\n").unwrap_or(line)),
                after,
            )
        }
        _ => return Some(Err(NotPackets)),
    };
    *rest = after;
    Some(Ok(packet))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], cut: bool) -> Vec<Result<String, NotPackets>> {
        packets(&Body {
            bytes: text.to_vec(),
            cut,
        })
        .map(|packet| {
            packet.map(|packet| match packet {
                Packet::Flush => "<flush>".into(),
                Packet::Delimiter => "<delimiter>".into(),
                Packet::Line(line) => String::from_utf8_lossy(line).into_owned(),
            })
        })
        .collect()
    }

    #[test]
    fn lines_flush_and_delimiter() {
        let expected = ["hi", "<delimiter>", "a", "", "<flush>"].map(|text| Ok(text.to_owned()));
        assert_eq!(read(b"0007hi\n00010005a00040000", false), expected);
    }

    #[test]
    fn a_packet_that_is_not_all_there_is_an_error_unless_the_body_was_cut() {
        for text in [&b"0006a"[..], b"000", b"0000000"] {
            assert_eq!(read(text, false).last(), Some(&Err(NotPackets)));
            assert!(read(text, true).iter().all(Result::is_ok));
        }
    }

    #[test]
    fn other_text_is_an_error_and_the_end() {
        for text in [
            &b"<!doctype html>"[..],
            b"0002",
            b"0003",
            b"+005a",
            b"fff1a",
            b"\xff\xff\xff\xff",
        ] {
            assert_eq!(read(text, true), [Err(NotPackets)], "{text:?}");
        }
    }

    #[test]
    fn a_line_of_ours_reads_back() {
        let mut request = Vec::new();
        push_line(&mut request, "command=ls-refs");
        assert_eq!(request, b"0014command=ls-refs\n");
    }
}
