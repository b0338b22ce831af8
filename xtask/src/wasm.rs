//! The import section of a wasm module: the names by which it asks for JavaScript functions.
//! Source: WebAssembly core specification, binary format, 5.5.5.

use std::collections::BTreeMap;

use anyhow::{Context, bail};

const HEADER: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const DATA: u8 = 11;

/// Where the sources of the standard library lie, and those of all others once `widget` has it so.
const ROOTS: [&str; 2] = ["/rustc/", LIBRARIES];
/// The folder that stands for cargo's own, as in the standard library's own paths.
pub(crate) const LIBRARIES: &str = "/rust/deps/";

/// The module with every import's name replaced by a short one, and which name became which.
/// wasm-bindgen's own names carry a hash each, which does not compress. Custom sections, which say
/// who made the module and mean nothing to a browser, are left out, and so are the paths of the sources
/// of libraries: a panic ends the widget without a word, and they tell of the builder's machine.
///
/// # Errors
/// When it is no wasm module, or imports something other than functions.
pub(crate) fn shorten_imports(
    module: &[u8],
) -> anyhow::Result<(Vec<u8>, BTreeMap<String, String>)> {
    let mut rest = module
        .strip_prefix(HEADER)
        .context("this is no wasm module")?;
    let mut made = HEADER.to_vec();
    let mut names = BTreeMap::new();
    while let Some((&id, after)) = rest.split_first() {
        rest = after;
        let length = number(&mut rest)?;
        let section = take(&mut rest, length)?;
        if id == CUSTOM {
            continue;
        }
        made.push(id);
        if id == IMPORTS {
            let section = shorten(section, &mut names)?;
            put_bytes(&mut made, &section);
        } else if id == DATA {
            put_bytes(&mut made, &without_paths(section));
        } else {
            put_bytes(&mut made, section);
        }
    }
    Ok((made, names))
}

/// Zeros in place of paths such as `/rust/deps/registry/src/…/lib.rs`. Nothing moves, and what is
/// cut out begins and ends where a path certainly does.
fn without_paths(data: &[u8]) -> Vec<u8> {
    let mut data = data.to_vec();
    let of_path = |b: &u8| b.is_ascii_alphanumeric() || b"/._-".contains(b);
    for at in 0..data.len() {
        let rest = &data[at..];
        if !ROOTS.iter().any(|root| rest.starts_with(root.as_bytes())) {
            continue;
        }
        let length = rest.iter().take_while(|b| of_path(b)).count();
        let end = rest[..length].windows(3).position(|end| end == b".rs");
        if let Some(end) = end {
            data[at..at + end + 3].fill(0);
        }
    }
    data
}

fn shorten(mut section: &[u8], names: &mut BTreeMap<String, String>) -> anyhow::Result<Vec<u8>> {
    let count = number(&mut section)?;
    let mut made = vec![];
    put_number(&mut made, count);
    for _ in 0..count {
        let length = number(&mut section)?;
        put_bytes(&mut made, take(&mut section, length)?);
        let length = number(&mut section)?;
        let name = std::str::from_utf8(take(&mut section, length)?)?.to_owned();
        let next = short(names.len());
        let name = names.entry(name).or_insert(next);
        put_bytes(&mut made, name.as_bytes());
        let kind = take(&mut section, 1)?;
        if kind != [0] {
            bail!("the import {name} is no function");
        }
        made.extend(kind);
        put_number(&mut made, number(&mut section)?);
    }
    Ok(made)
}

/// `a`, `b` … `z`, `aa` …
fn short(mut index: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'a' + (index % 26) as u8));
        index /= 26;
        if index == 0 {
            return name;
        }
        index -= 1;
    }
}

fn take<'a>(from: &mut &'a [u8], length: usize) -> anyhow::Result<&'a [u8]> {
    let (taken, rest) = from
        .split_at_checked(length)
        .context("the wasm module ends too early")?;
    *from = rest;
    Ok(taken)
}

/// An unsigned LEB128 number of at most 32 bits.
fn number(from: &mut &[u8]) -> anyhow::Result<usize> {
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let byte = take(from, 1)?[0];
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    bail!("a number in the wasm module is too long")
}

fn put_number(to: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        to.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

fn put_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    put_number(to, bytes.len());
    to.extend(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(kind: u8) -> Vec<u8> {
        let mut section = vec![2];
        for name in ["__wbg_abort_f8d1589eb0c65ee2", "other"] {
            put_bytes(&mut section, b"./glue.js");
            put_bytes(&mut section, name.as_bytes());
            section.extend([kind, 0x80, 0x01]);
        }
        let mut module = HEADER.to_vec();
        let producers = b"\x09producers\x00";
        for (id, bytes) in [
            (1, &[0][..]),
            (IMPORTS, &section),
            (10, &[0; 300]),
            (CUSTOM, producers),
        ] {
            module.push(id);
            put_bytes(&mut module, bytes);
        }
        module
    }

    #[test]
    fn names_become_short_and_custom_sections_go() {
        let (made, names) = shorten_imports(&module(0)).unwrap();
        assert_eq!(names["__wbg_abort_f8d1589eb0c65ee2"], "a");
        assert_eq!(names["other"], "b");
        let custom = 2 + "9producers0".len();
        let saved = "__wbg_abort_f8d1589eb0c65ee2".len() + "other".len() - 2 + custom;
        assert_eq!(made.len(), module(0).len() - saved);
        let (again, same) = shorten_imports(&made).unwrap();
        assert_eq!((again, same["a"].as_str()), (made, "a"));
    }

    #[test]
    fn paths_of_libraries_are_forgotten_and_nothing_moves() {
        let path = b"/rust/deps/registry/src/abc/src/a/lib.rs";
        let data = [&b"before/x.rs"[..], path, b"after /rustc/ without.an.end"].concat();
        let gone = [
            &b"before/x.rs"[..],
            &[0; 40],
            b"after /rustc/ without.an.end",
        ]
        .concat();
        assert_eq!(path.len(), 40);
        assert_eq!(without_paths(&data), gone);
    }

    #[test]
    fn what_it_does_not_know_is_refused() {
        assert!(shorten_imports(&module(1)).is_err());
        assert!(shorten_imports(b"<!doctype html>").is_err());
        let whole = module(0);
        assert!(shorten_imports(&whole[..whole.len() - 1]).is_err());
    }

    #[test]
    fn short_names_are_all_different() {
        let names: std::collections::BTreeSet<_> = (0..1000).map(short).collect();
        assert_eq!(names.len(), 1000);
        assert_eq!((short(25), short(26)), ("z".into(), "aa".into()));
    }
}
