//! What site owners are told to paste is what `embed.js` understands, and what the end-to-end tests play.

use std::collections::BTreeSet;

use crate::pages::{all, page, quoted, read};

/// Attributes that any element has, and those that React reads itself.
const OF_ALL: [&str; 5] = ["id", "class", "dir", "ref", "onEvent"];

fn script() -> String {
    read("public/embed.js")
}

/// The texts in the array that begins here, such as `["a", "b"]`; names in it are left out.
fn strings(text: &str) -> Vec<String> {
    let (inside, _) = text.split_once(']').expect("an array");
    inside
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

fn array(script: &str, name: &str) -> Vec<String> {
    let (_, after) = script
        .split_once(&format!("{name} = ["))
        .unwrap_or_else(|| panic!("embed.js has no {name}"));
    strings(after)
}

fn events() -> BTreeSet<String> {
    array(&script(), "EVENTS").into_iter().collect()
}

/// What a frame's address may say.
fn look() -> Vec<String> {
    array(&script(), "const LOOK")
}

fn attributes() -> BTreeSet<String> {
    let own = array(&script(), "const OPTIONS");
    own.into_iter().chain(look()).collect()
}

/// Every piece of HTML that is shown: snippets, examples, the gallery. Where from, and what.
fn pieces() -> Vec<(String, String)> {
    let mut pieces = vec![];
    for page in all() {
        for snippet in page.snippets_in(&["html", "jsx", "js"]) {
            pieces.push((page.path.clone(), snippet.code.clone()));
        }
    }
    for path in [
        "crates/harness/src/gallery.rs",
        "docs/examples/token/members.html",
    ] {
        pieces.push((path.into(), read(path)));
    }
    assert!(pieces.len() > 15, "only {} pieces were found", pieces.len());
    pieces
}

/// The names of the attributes of each tag of this name.
fn tags(html: &str, name: &str) -> Vec<Vec<(String, String)>> {
    let open = format!("<{name} ");
    html.split(&open).skip(1).map(read_tag).collect()
}

fn read_tag(mut rest: &str) -> Vec<(String, String)> {
    let mut found = vec![];
    loop {
        rest = rest.trim_start();
        if rest.starts_with('>') || rest.starts_with("/>") || rest.is_empty() {
            return found;
        }
        // JSX: all that is left over.
        if let Some(spread) = rest.strip_prefix('{') {
            rest = spread.split_once('}').expect("a spread ends").1;
            continue;
        }
        let end = rest.find(|c: char| c == '=' || c == '>' || c.is_whitespace());
        let (name, after) = rest.split_at(end.expect("a tag ends"));
        let (value, after) = match after.strip_prefix('=') {
            None => ("", after),
            Some(quoted) if quoted.starts_with('{') => braces(quoted),
            Some(quoted) => {
                let quote = quoted.chars().next().expect("a value");
                quoted[1..].split_once(quote).expect("a value ends")
            }
        };
        found.push((name.to_owned(), value.to_owned()));
        rest = after;
    }
}

/// `{a {b}} rest` → (`a {b}`, ` rest`)
fn braces(text: &str) -> (&str, &str) {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (&text[1..at], &text[at + 1..]);
        }
    }
    panic!("no end: {text}");
}

#[test]
fn every_attribute_that_is_shown_is_one() {
    let known = attributes();
    let mut seen = 0;
    for (path, html) in pieces() {
        for (name, value) in tags(&html, "peertube-deploy").into_iter().flatten() {
            seen += 1;
            let fine = known.contains(&name) || OF_ALL.contains(&name.as_str());
            assert!(fine, "{path}: <peertube-deploy> has no attribute {name}");
            if name == "prefill" && value.starts_with('{') && value.contains('"') {
                let keys: serde_json::Value =
                    serde_json::from_str(&value).expect("prefill is JSON");
                for key in keys.as_object().unwrap().keys() {
                    let known = ["size", "location", "name", "domain", "git_url"];
                    assert!(
                        known.contains(&key.as_str()),
                        "{path}: prefill has no {key}"
                    );
                }
            }
        }
    }
    assert!(seen > 15, "only {seen} attributes were found");
    assert_eq!(
        read_tag("a=\"1\" b='{\"x\":2}' c={f({})} {...d} e>f g").len(),
        4
    );
}

#[test]
fn every_event_that_is_shown_is_one() {
    let known = events();
    for (path, code) in pieces() {
        for after in code.split("peertube-deploy:").skip(1) {
            let plain = |c: &char| c.is_ascii_lowercase() || *c == '-';
            let name: String = after.chars().take_while(plain).collect();
            // `:not(:defined)` is CSS.
            let css = after[name.len()..].starts_with('(');
            assert!(
                css || name.is_empty() || known.contains(&name),
                "{path}: {name}"
            );
        }
        // Names in a list that one loops over.
        if !code.contains("peertube-deploy:${") {
            continue;
        }
        let lists = ["of [", "EVENTS = ["].map(|open| code.split(open).skip(1));
        for name in lists.into_iter().flatten().flat_map(strings) {
            assert!(known.contains(&name), "{path}: {name}");
        }
    }
    let react = array(&read("docs/examples/react/PeertubeDeploy.jsx"), "EVENTS");
    assert_eq!(react.into_iter().collect::<BTreeSet<_>>(), known);
}

#[test]
fn a_frame_s_address_says_what_it_may() {
    let look = look();
    let mut queries = 0;
    for (path, html) in pieces() {
        for (name, value) in tags(&html, "iframe").into_iter().flatten() {
            let Some((_, query)) = value.split_once('?').filter(|_| name == "src") else {
                continue;
            };
            for pair in query.split("&amp;") {
                queries += 1;
                let key = pair.split('=').next().unwrap();
                assert!(look.iter().any(|l| l == key), "{path}: {pair}");
            }
        }
    }
    assert!(queries > 4, "only {queries} were found");
}

/// What is promised to work is what is tried.
#[test]
fn the_recipes_are_those_of_the_tests() {
    let test = read("crates/harness/tests/e2e_embed.rs");
    let recipes = page("recipes.md");
    let all = recipes.snippets.iter().map(|s| s.code.as_str());
    let all = all.collect::<Vec<_>>().join("\n");
    let of_test = |before: &str, until: char| {
        let (_, after) = test.split_once(before).expect(before);
        let text = after.split_once(until).unwrap().0;
        text.replace("\\\n        ", "")
    };
    let policy =
        of_test("let policy = format!(\"", '"').replace("{service}", "https://deploy.example");
    assert!(
        all.contains(&format!("Content-Security-Policy: {policy}\n")),
        "{policy}"
    );
    let flags = of_test("sandbox='", '\'');
    assert!(all.contains(&format!("sandbox=\"{flags}\"")), "{flags}");
    let place = of_test("let css = \"", '"');
    assert!(all.contains(&place), "{place}");
    let (_, height) = place.split_once("block-size: ").unwrap();
    let height = height.trim_end_matches(" }");
    assert!(
        script().contains(&format!("height: \"{height}\"")),
        "{height}"
    );
    for header in ["cross-origin-embedder-policy", "cross-origin-opener-policy"] {
        let (_, value) = test.split_once(&format!("(\"{header}\", \"")).unwrap();
        let value = value.split_once('"').unwrap().0;
        let line = format!("{header}: {value}\n");
        assert!(all.to_lowercase().contains(&line), "{line}");
    }
}

#[test]
fn the_reference_is_whole() {
    let reference = page("reference.md");
    let first = |head: &str| -> BTreeSet<String> {
        let rows = reference.table(head);
        let name = |row: &Vec<String>| quoted(&row[0]).next().unwrap().to_owned();
        rows.iter().map(name).collect()
    };
    assert_eq!(first("attribute"), attributes());
    let named = |events: BTreeSet<String>| -> BTreeSet<String> {
        events
            .iter()
            .map(|e| format!("peertube-deploy:{e}"))
            .collect()
    };
    assert_eq!(first("event"), named(events()));

    // The types name the same events, with the members that the table has.
    let types = read("public/embed.d.ts");
    let rows = reference.table("event");
    let mut typed = BTreeSet::new();
    for part in types.split("CustomEvent<{").collect::<Vec<_>>().windows(2) {
        let name = part[0].rsplit('"').nth(1).unwrap().to_owned();
        let row = rows.iter().find(|row| row[0].contains(&name));
        let told: BTreeSet<_> = row.map_or("", |row| &row[1]).split(';').collect();
        let told: BTreeSet<_> = told.iter().filter_map(|m| quoted(m).next()).collect();
        let (members, _) = part[1].split_once("}>").unwrap();
        let members = members
            .split(';')
            .filter_map(|m| Some(m.split_once(':')?.0.trim()));
        assert_eq!(told, members.collect(), "{name}");
        typed.insert(name);
    }
    assert_eq!(typed, named(events()));
    for row in &rows {
        assert!(row[2].len() > 10, "{row:?} says not when it is fired");
    }

    let methods = first("method");
    for method in &methods {
        assert!(types.contains(&format!("  {method}: void;")), "{method}");
    }
    assert_eq!(methods.len(), types.matches("(): void;").count());

    let (_, prefill) = types.split_once("interface Prefill {").unwrap();
    let prefill = prefill.split_once('}').unwrap().0;
    let keys = prefill
        .lines()
        .filter_map(|l| Some(l.split_once("?:")?.0.trim().to_owned()));
    assert_eq!(first("key"), keys.collect());

    let wire = read("src/wire/names.rs");
    let (_, codes) = wire.split_once("by_name!(FailureCode {").unwrap();
    let codes = codes.split_once('}').unwrap().0;
    let codes: BTreeSet<_> = codes
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    assert_eq!(first("code"), codes);
}
