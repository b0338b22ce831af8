//! The book's pages as a reader gets them: includes filled in, told apart into text and snippets.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A Markdown file.
pub struct Page {
    /// From the repository's root, such as `docs/src/tokens.md`.
    pub path: String,
    /// What is no snippet, a line each.
    pub text: Vec<String>,
    /// What is: each fenced block.
    pub snippets: Vec<Snippet>,
}

/// A fenced block.
pub struct Snippet {
    /// `html`, `toml`, `sh` …
    pub language: String,
    pub code: String,
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A file of the repository.
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// Every page of the book, and the documents at the repository's root.
pub fn all() -> Vec<Page> {
    let mut paths = files("docs/src", "md");
    paths.extend(files(".", "md").iter().map(|p| p.replacen("./", "", 1)));
    paths.push("docs/decisions.md".into());
    paths.iter().map(|path| Page::read(path)).collect()
}

/// One of the book's pages.
pub fn page(name: &str) -> Page {
    Page::read(&format!("docs/src/{name}"))
}

/// The files in a folder of the repository whose name ends so.
pub fn files(folder: &str, ending: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.rsplit_once('.').is_some_and(|(_, end)| end == ending))
        .map(|name| format!("{folder}/{name}"))
        .collect();
    names.sort();
    names
}

/// All source of the workspace in Rust, one text; what is outside of `target`.
pub fn sources() -> String {
    fn gather(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, text);
            } else if path.extension().is_some_and(|end| end == "rs") {
                text.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut text = String::new();
    for folder in ["crates", "src", "tests", "xtask"] {
        gather(&root().join(folder), &mut text);
    }
    text
}

impl Page {
    fn read(path: &str) -> Self {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let (mut text, mut snippets) = (vec![], vec![]);
        let mut open: Option<Snippet> = None;
        for line in read(path).lines() {
            let fence = line.trim_start().strip_prefix("```");
            match (&mut open, fence) {
                (None, Some(language)) => {
                    open = Some(Snippet {
                        language: language.trim().to_owned(),
                        code: String::new(),
                    });
                }
                (Some(_), Some(_)) => snippets.extend(open.take()),
                (Some(snippet), None) => {
                    snippet.code.push_str(&included(folder, line));
                    snippet.code.push('\n');
                }
                (None, None) => text.push(line.to_owned()),
            }
        }
        assert!(open.is_none(), "{path}: a snippet has no end");
        Self {
            path: path.to_owned(),
            text,
            snippets,
        }
    }

    /// Snippets in one of these languages.
    pub fn snippets_in(&self, languages: &[&str]) -> impl Iterator<Item = &Snippet> {
        self.snippets
            .iter()
            .filter(move |s| languages.contains(&s.language.as_str()))
    }

    /// The rows of the table whose head begins with this column, cell by cell.
    pub fn table(&self, first: &str) -> Vec<Vec<String>> {
        let cells = |line: &String| -> Vec<String> {
            let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
            inner.split('|').map(|c| c.trim().to_owned()).collect()
        };
        let head = format!("| {first} |");
        let mut lines = self.text.iter().skip_while(|l| !l.starts_with(&head));
        assert!(lines.next().is_some(), "{}: no table {head}", self.path);
        let rows = lines.skip(1).take_while(|line| line.starts_with('|'));
        rows.map(cells).collect()
    }

    /// The anchors of its headings, as mdBook and forges make them.
    pub fn anchors(&self) -> Vec<String> {
        let mut anchors: Vec<String> = vec![];
        for line in &self.text {
            let Some(heading) = line.starts_with('#').then(|| line.trim_start_matches('#')) else {
                continue;
            };
            let kept = |c: char| match c {
                ' ' => Some('-'),
                c if c.is_alphanumeric() || "-_".contains(c) => Some(c.to_ascii_lowercase()),
                _ => None,
            };
            let anchor: String = heading.trim().chars().filter_map(kept).collect();
            let before = anchors.iter().filter(|a| **a == anchor).count();
            anchors.push(match before {
                0 => anchor,
                number => format!("{anchor}-{number}"),
            });
        }
        anchors
    }
}

/// A line, or the file that it includes.
fn included(folder: &str, line: &str) -> String {
    let include = line.trim().strip_prefix("{{#include ");
    match include.and_then(|rest| rest.strip_suffix("}}")) {
        Some(path) => read(&format!("{folder}/{path}")),
        None => line.to_owned(),
    }
}

/// What stands in backticks.
pub fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}
