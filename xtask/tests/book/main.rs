//! The book holds: its links lead somewhere, its snippets use what there is, its tables are whole. It
//! needs no mdBook.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod embedding;
#[allow(unreachable_pub, missing_docs)]
mod pages;
mod service;

use std::path::Path;

use pages::{Page, all, page, quoted, read, root, sources};

/// Pages are copied beside each other; this one lies beside the book's folder, and the book has it.
const BESIDE: &str = "screenshot.png";

#[test]
fn every_link_leads_somewhere() {
    let pages = all();
    let mut links = 0;
    for from in &pages {
        for target in from.text.iter().flat_map(|line| targets(line)) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            links += 1;
            assert!(leads(&pages, from, &target), "{}: {target}", from.path);
        }
    }
    assert!(links > 30, "only {links} links were found");
}

/// What links of this line point to: `[text](target)`.
fn targets(line: &str) -> Vec<String> {
    let text: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
    let after = text.split("](").skip(1);
    after
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

fn leads(pages: &[Page], from: &Page, target: &str) -> bool {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let folder = from.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = match path {
        "" => from.path.clone(),
        path => normal(&format!("{folder}/{path}")),
    };
    let beside = folder == "docs/src" && path == format!("docs/src/{BESIDE}");
    let path = match beside {
        true => format!("docs/{BESIDE}"),
        false => path,
    };
    // The book has its own pages and nothing else of the repository.
    let outside = folder == "docs/src" && !beside && !path.starts_with("docs/src/");
    let anchored = || {
        let to = pages.iter().find(|page| page.path == path);
        to.is_some_and(|page| page.anchors().iter().any(|a| a == anchor))
    };
    !outside && root().join(&path).exists() && (anchor.is_empty() || anchored())
}

/// `a/../b` → `b`
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = vec![];
    for part in path.split('/').filter(|part| !part.is_empty()) {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let pages = all();
    let from = pages.iter().find(|p| p.path.ends_with("tokens.md"));
    let leads = |target| leads(&pages, from.unwrap(), target);
    assert!(leads("reference.md#events") && leads("#tokens") && leads("screenshot.png"));
    for bad in [
        "referenc.md",
        "reference.md#event",
        "#nothing",
        "../decisions.md",
    ] {
        assert!(!leads(bad), "{bad}");
    }
    let line = "[a](b.md) and `[no](link)`, ![c](d.png)";
    assert_eq!(targets(line), ["b.md", "d.png"]);
}

#[test]
fn the_summary_has_every_page() {
    let summary = read("docs/src/SUMMARY.md");
    for path in pages::files("docs/src", "md") {
        let name = path.trim_start_matches("docs/src/");
        let listed = summary.contains(&format!("]({name})"));
        assert!(listed || name == "SUMMARY.md", "{name} is on no list");
    }
}

/// A test that the documents name is a test.
#[test]
fn what_is_said_to_be_tested_is() {
    let sources = sources();
    let is_test = |name: &str| sources.contains(&format!("fn {name}("));
    let names = |page: &Page| -> Vec<String> {
        let cells = page.text.iter().filter(|line| line.starts_with('|'));
        let words = cells.flat_map(|line| quoted(line).map(str::to_owned).collect::<Vec<_>>());
        let like_a_name = |word: &String| {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            word.chars().all(plain) && word.matches('_').count() > 1
        };
        words.filter(like_a_name).collect()
    };
    let security = page("security.md");
    for page in [&security, &page("accessibility.md")] {
        let names = names(page);
        assert!(names.len() > 3, "{}: {names:?}", page.path);
        for name in names {
            assert!(is_test(&name), "{}: there is no test {name}", page.path);
        }
    }
    let rows = security.table("#");
    for (number, row) in (1..).zip(&rows) {
        assert_eq!(row[0], format!("{number}"), "{row:?}");
        let its_own = format!("s{number:02}_");
        let tested = quoted(&row[2]).any(|name| name.starts_with(&its_own));
        assert!(tested, "row {number} names no test {its_own}…");
    }
    assert_eq!(rows.len(), 25);
}

/// The parts of a message that is quoted in “Troubleshooting” stand in the source.
#[test]
fn messages_are_quoted_as_they_are_printed() {
    let sources = unfolded(&sources());
    let page = page("troubleshooting.md");
    let rows = page.text.iter().filter(|line| line.starts_with("| "));
    let mut quotes = 0;
    for row in rows {
        let first = row.trim_start_matches('|').split('|').next().unwrap();
        let visitors = first.split('“').skip(1).filter_map(|q| q.split('”').next());
        let printed = quoted(first).filter(|q| q.contains(' '));
        for message in visitors.chain(printed) {
            for part in message.split('…').map(str::trim) {
                // What is shorter says too little; the parser's own words stand in its own source.
                let part = part.trim_end_matches(['.', ':', '(', ' ']);
                if part.len() < 12 || part == "unknown field" {
                    continue;
                }
                quotes += 1;
                assert!(sources.contains(part), "nothing prints “{part}”");
            }
        }
    }
    assert!(quotes > 30, "only {quotes} were found");
}

/// Texts that are broken over lines in the source, in one piece.
fn unfolded(source: &str) -> String {
    let mut lines = source.lines();
    let mut text = String::new();
    while let Some(line) = lines.next() {
        match line.strip_suffix('\\') {
            Some(start) => {
                text.push_str(start);
                let mut next = lines.next().unwrap_or_default().trim_start();
                while let Some(more) = next.strip_suffix('\\') {
                    text.push_str(more);
                    next = lines.next().unwrap_or_default().trim_start();
                }
                text.push_str(next);
            }
            None => text.push_str(line),
        }
        text.push('\n');
    }
    text.replace("\\\"", "\"")
}

/// The picture that the book shows is there, and the task that builds it brings it along.
#[test]
fn the_picture_is_brought_along() {
    assert!(Path::new(&root().join("docs").join(BESIDE)).exists());
    assert!(read("xtask/src/docs.rs").contains(BESIDE));
}
