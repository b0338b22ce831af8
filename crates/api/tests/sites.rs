//! `gridtube sites …`, on a config file as an operator has one.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Output},
};

use api::config::{Config, SiteMode};
use tempfile::TempDir;

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        let example = include_str!("../../../gridtube.example.toml");
        fs::write(home.config(), example).unwrap();
        home
    }

    fn config(&self) -> PathBuf {
        self.0.path().join("gridtube.toml")
    }

    fn read(&self) -> Config {
        Config::read(&self.config()).unwrap()
    }

    fn run(&self, what: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gridtube"));
        let command = command.args(what.split(' ')).current_dir(self.0.path());
        command.output().unwrap()
    }

    fn says(&self, what: &str) -> String {
        let output = self.run(what);
        assert!(output.status.success(), "{what}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn complains(&self, what: &str) -> String {
        let before = fs::read_to_string(self.config()).unwrap();
        let output = self.run(what);
        assert!(!output.status.success(), "{what}: {output:?}");
        assert_eq!(fs::read_to_string(self.config()).unwrap(), before);
        String::from_utf8(output.stderr).unwrap()
    }
}

const ADD: &str =
    "sites add --site club --origin https://a.example --origin https://b.example:8443";

#[test]
fn a_site_is_added_and_nothing_else_changes() {
    let home = Home::new();
    let before = fs::read_to_string(home.config()).unwrap();
    home.says(&format!("{ADD} --mode invite"));
    let text = fs::read_to_string(home.config()).unwrap();
    let lines: Vec<_> = text.lines().collect();
    for line in before.lines() {
        assert!(lines.contains(&line), "{line}");
    }
    assert_eq!(lines.len(), before.lines().count() + 5, "{text}");
    let config = home.read();
    let site = config.site("club").unwrap();
    assert_eq!(site.mode, SiteMode::Invite);
    assert_eq!(
        site.origins,
        ["https://a.example", "https://b.example:8443"]
    );
    let list = home.says("sites list");
    assert!(list.contains("club  invite  running any, "), "{list}");
    assert_eq!(list.lines().count(), 2);
}

#[test]
fn a_secret_is_made_and_changed_with_both_good_in_between() {
    let home = Home::new();
    home.says(&format!("{ADD} --mode token"));
    let files = || home.read().site("club").unwrap().secret_files.clone();
    let secrets = || {
        let text = |path: PathBuf| fs::read_to_string(path).unwrap().trim().to_owned();
        files().into_iter().map(text).collect::<Vec<_>>()
    };
    let first = secrets();
    assert_eq!(first[0].len(), 64);
    let mode = fs::metadata(&files()[0]).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    home.says("sites rotate --site club");
    let both = secrets();
    assert_eq!((both.len(), &both[1]), (2, &first[0]));
    assert_ne!(both[0], first[0]);
    let why = home.complains("sites rotate --site club");
    assert!(why.contains("--drop-old"), "{why}");
    home.says("sites rotate --site club --drop-old");
    assert_eq!(secrets(), both[..1]);
    let why = home.complains("sites rotate --site club --drop-old");
    assert!(why.contains("nothing to drop"), "{why}");
}

/// Only root can give files away.
#[test]
fn what_root_makes_is_the_services_and_what_it_changes_stays_whose_it_was() {
    use std::os::unix::fs::{MetadataExt, chown, symlink};
    let home = Home::new();
    if fs::metadata(home.config()).unwrap().uid() != 0 {
        eprintln!("skipped: not root");
        return;
    }
    let text = fs::read_to_string(home.config()).unwrap();
    let data = home.0.path().join("data");
    fs::create_dir(&data).unwrap();
    chown(&data, Some(4711), Some(4712)).unwrap();
    let real = home.0.path().join("real.toml");
    fs::write(
        &real,
        text.replace("data_dir = \"var\"", &format!("data_dir = {data:?}")),
    )
    .unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    chown(&real, Some(0), Some(4712)).unwrap();
    fs::remove_file(home.config()).unwrap();
    symlink(&real, home.config()).unwrap();
    home.says(&format!("{ADD} --mode token"));
    let of = |path: &PathBuf| {
        let of = fs::symlink_metadata(path).unwrap();
        (of.uid(), of.gid(), of.permissions().mode() & 0o777)
    };
    assert_eq!(
        of(&home.read().site("club").unwrap().secret_files[0]),
        (4711, 4712, 0o600)
    );
    assert_eq!(of(&real), (0, 4712, 0o640));
    assert!(fs::symlink_metadata(home.config()).unwrap().is_symlink());
}

#[test]
fn what_would_be_no_good_config_changes_nothing() {
    let home = Home::new();
    let bad = "sites add --site club --origin https://a.example; --mode invite";
    assert!(home.complains(bad).contains("is no origin"));
    let twice = "sites add --site default --origin https://a.example --mode token";
    assert!(home.complains(twice).contains("stands twice"));
    let path = "sites add --site ../x --origin https://a.example --mode token";
    assert!(home.complains(path).contains("may have a-z"));
    assert!(
        home.complains("sites rotate --site default")
            .contains("mode \"token\"")
    );
    assert_eq!(
        fs::read_dir(home.0.path()).unwrap().count(),
        1,
        "no secret is left"
    );
}
