//! What the documents tell operators and site owners to do, done.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::UNIX_EPOCH,
};

use api::{access::token::Token, config::Config};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The config snippets of all pages, each with its page's name.
fn snippets() -> Vec<(String, String)> {
    let pages = fs::read_dir(root().join("docs")).unwrap();
    let pages = pages.map(|page| page.unwrap().path());
    let mut snippets = vec![];
    for page in pages.filter(|page| page.extension().is_some_and(|e| e == "md")) {
        let text = fs::read_to_string(&page).unwrap();
        for block in text.split("```toml\n").skip(1) {
            let block = block.split("```").next().unwrap();
            snippets.push((page.display().to_string(), block.to_owned()));
        }
    }
    snippets
}

#[test]
fn every_config_in_the_documents_is_one() {
    let snippets = snippets();
    for (page, snippet) in &snippets {
        if let Err(error) = Config::parse(snippet) {
            panic!("{page}:\n{snippet}\n{error}");
        }
    }
    assert!(snippets.len() >= 5, "{}", snippets.len());
}

#[test]
fn a_token_of_every_example_is_good() {
    let folder = tempfile::tempdir().unwrap();
    let secret = "8d1b1f5a2c6e4d7f9a0b3c5d7e9f1a2b";
    let file = folder.path().join("secret");
    fs::write(&file, format!("{secret}\n")).unwrap();
    let examples = root().join("docs/examples/token");
    let example = |name: &str| examples.join(name).into_os_string();
    let rust = ["run", "-q", "-p", "api", "--example", "token", "--"].map(Into::into);
    let calls = [
        ("node", vec![example("node.mjs")]),
        ("python3", vec![example("python.py")]),
        ("php", vec![example("php.php")]),
        ("go", vec!["run".into(), example("go.go")]),
        ("cargo", rust.to_vec()),
    ];
    let mut tried = 0;
    for (program, call) in calls {
        if Command::new(program).arg("--help").output().is_err() {
            eprintln!("skipped: {program} is not here");
            continue;
        }
        for sizes in ["", "small+mid"] {
            let made = Command::new(program)
                .args(&call)
                .arg(&file)
                .args(["club", "user-7"])
                .args((!sizes.is_empty()).then_some(sizes))
                .output()
                .unwrap();
            let said = String::from_utf8(made.stdout).unwrap();
            let now = UNIX_EPOCH.elapsed().unwrap().as_secs();
            let token = Token::read(said.trim(), "club", &[secret.as_bytes()], now);
            let token = token.unwrap_or_else(|e| {
                panic!(
                    "{program}: {e}: {said}{}",
                    String::from_utf8_lossy(&made.stderr)
                )
            });
            assert_eq!(token.subject, "user-7", "{program}");
            assert_eq!(token.sizes.join("+"), sizes, "{program}");
        }
        tried += 1;
    }
    assert!(tried > 0);
}
