//! `cargo xtask docs`: the documents as a book. What they say of the widget is held against the widget by
//! the tests here, which need no mdbook.

use crate::{
    paths,
    steps::{Steps, command, run as run_command},
    tools,
};

/// Builds the book into `target/book`.
///
/// # Errors
/// When mdbook cannot be installed, or finds a fault.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut steps = Steps::default();
    steps.step("mdbook", tools::mdbook)?;
    steps.step("book", build)?;
    println!("{}", paths::root().join("target/book/index.html").display());
    Ok(())
}

/// The book alone, by a mdbook that is there.
///
/// # Errors
/// When mdbook finds a fault.
pub(crate) fn build() -> anyhow::Result<()> {
    run_command(
        command("mdbook")
            .arg("build")
            .arg(paths::root().join("docs")),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    fn read(path: impl AsRef<Path>) -> String {
        let path = paths::root().join(path);
        fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// Each page with its text.
    fn pages() -> Vec<(String, String)> {
        let folder = fs::read_dir(paths::root().join("docs")).unwrap();
        let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let pages = names.filter(|name| name.ends_with(".md"));
        let pages: Vec<_> = pages
            .map(|name| (name.clone(), read(format!("docs/{name}"))))
            .collect();
        assert!(pages.len() > 10);
        pages
    }

    /// What stands between these two, each time.
    fn between<'a>(text: &'a str, from: &'a str, to: &'a str) -> impl Iterator<Item = &'a str> {
        text.split(from)
            .skip(1)
            .filter_map(move |rest| Some(rest.split_once(to)?.0))
    }

    /// The words of a list in `embed.js`.
    fn listed(of: &str) -> BTreeSet<String> {
        let script = read("public/embed.js");
        let list = between(&script, of, "]").next().unwrap();
        let look = between(&script, "const LOOK = [", "]").next().unwrap();
        let list = list.replace("...LOOK", look);
        list.split('"')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    }

    /// The first column of a table, under this heading.
    fn column(text: &str, heading: &str) -> BTreeSet<String> {
        let (_, part) = text.split_once(heading).unwrap();
        let part = part.split("\n## ").next().unwrap();
        let rows = part.lines().filter_map(|line| line.strip_prefix("| `"));
        rows.map(|row| row.split('`').next().unwrap().to_owned())
            .collect()
    }

    fn anchor(heading: &str) -> String {
        let kept = heading
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    }

    #[test]
    fn every_link_leads_somewhere_and_every_page_is_in_the_book() {
        let summary = read("docs/SUMMARY.md");
        for (name, text) in pages() {
            assert!(
                name == "SUMMARY.md" || summary.contains(&format!("({name})")),
                "{name}"
            );
            for link in between(&text, "](", ")") {
                if link.starts_with("https://") {
                    continue;
                }
                let (file, part) = link.split_once('#').unwrap_or((link, ""));
                let file = if file.is_empty() { &name } else { file };
                let there = paths::root().join("docs").join(file);
                assert!(there.exists(), "{name}: {link}");
                if !part.is_empty() {
                    let there = fs::read_to_string(there).unwrap();
                    let mut headings = there.lines().filter(|line| line.starts_with('#'));
                    let found = headings.any(|h| anchor(h.trim_start_matches(['#', ' '])) == part);
                    assert!(found, "{name}: {link}");
                }
            }
        }
    }

    #[test]
    fn the_element_is_described_whole_and_used_as_described() {
        let page = read("docs/element.md");
        let attributes = listed("const OPTIONS = [");
        assert_eq!(column(&page, "## Attributes"), attributes);
        let events = listed("const EVENTS = [");
        let named = |event: &String| format!("peertube-deploy:{event}");
        let events: BTreeSet<String> = events.iter().map(named).collect();
        assert_eq!(column(&page, "## Events"), events);
        let types = read("public/embed.d.ts");
        assert!(
            events
                .iter()
                .all(|event| types.contains(&format!("\"{event}\":")))
        );
        let mut seen = 0;
        for (name, text) in pages() {
            for used in between(&text, "<peertube-deploy ", ">") {
                // Values hold what they like.
                let names = used
                    .split(['"', '\''])
                    .step_by(2)
                    .flat_map(str::split_whitespace);
                for used in names.filter(|word| word.ends_with('=') && !word.contains('{')) {
                    let used = used.trim_end_matches('=');
                    assert!(attributes.contains(used), "{name}: {used}");
                    seen += 1;
                }
            }
            for used in between(&text, "\"peertube-deploy:", "\"") {
                assert!(events.contains(&named(&used.to_owned())), "{name}: {used}");
                seen += 1;
            }
        }
        assert!(seen > 15, "{seen}");
    }

    /// Every function of every test file.
    fn functions(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") && !path.ends_with(".git") {
                functions(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(path).unwrap();
                found.extend(between(&text, "fn ", "(").map(str::to_owned));
            }
        }
    }

    #[test]
    fn the_tests_that_the_security_page_names_exist() {
        let mut tests = BTreeSet::new();
        functions(&paths::root(), &mut tests);
        let page = read("docs/security.md");
        let rows = page
            .lines()
            .filter(|line| line.starts_with("| ") && !line.contains("---"));
        let named: Vec<_> = rows.flat_map(|row| between(row, " `", "`")).collect();
        let named = named.iter().filter(|name| name.matches('_').count() > 2);
        let missing: Vec<_> = named
            .clone()
            .filter(|name| !tests.contains(**name))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(named.count() > 30);
    }
}
