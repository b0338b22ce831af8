//! What a repository says about its branches and tags, and which of them is meant.

use order::is_invisible;

/// The refs of a repository, or the start of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Refs {
    /// The commit `HEAD` points to; none in an empty repository.
    pub(super) head: Option<String>,
    /// The full name of the branch `HEAD` stands for, even when that branch does not exist.
    pub(super) head_branch: Option<String>,
    /// Full names and the commits they lead to; annotated tags already peeled.
    pub(super) list: Vec<(String, String)>,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    /// The branch or tag, without its `refs/…/`; none when `HEAD` is no branch.
    pub(super) name: Option<String>,
    /// The commit, hex.
    pub(super) commit: String,
}

impl Refs {
    /// Adds one ref as advertised; `name^{}` is the commit behind the annotated tag before it.
    /// Names that no git would make are left out: they would be shown to the visitor.
    pub(super) fn add(&mut self, name: &str, commit: &str) {
        if !is_commit(commit) || !is_showable(name) {
            return;
        }
        if name == "HEAD" {
            self.head = Some(commit.to_owned());
        } else if let Some(tag) = name.strip_suffix("^{}") {
            if let Some(last) = self.list.last_mut().filter(|(last, _)| last == tag) {
                commit.clone_into(&mut last.1);
            }
        } else {
            self.list.push((name.to_owned(), commit.to_owned()));
        }
    }

    /// The default branch, or the branch or tag asked for by its short or full name.
    pub(super) fn choose(&self, asked: Option<&str>) -> Option<Chosen> {
        let Some(asked) = asked else {
            let commit = self.head.clone()?;
            let name = self.default_branch().map(|name| short(name).to_owned());
            return Some(Chosen { name, commit });
        };
        let full = [
            format!("refs/heads/{asked}"),
            format!("refs/tags/{asked}"),
            asked.to_owned(),
        ];
        full.iter().find_map(|full| {
            let (name, commit) = self.list.iter().find(|(name, _)| name == full)?;
            Some(Chosen {
                name: Some(short(name).to_owned()),
                commit: commit.clone(),
            })
        })
    }

    /// The short names of the branches.
    pub(super) fn branches(&self) -> Vec<String> {
        let branches = self
            .list
            .iter()
            .filter_map(|(name, _)| name.strip_prefix("refs/heads/"));
        branches.map(str::to_owned).collect()
    }

    /// As advertised; an old server tells only the commit, so then a branch with the same one, the
    /// usual names first (as git guesses).
    fn default_branch(&self) -> Option<&str> {
        if let Some(branch) = &self.head_branch {
            return Some(branch);
        }
        let head = self.head.as_ref()?;
        let same = || {
            let same = self.list.iter().filter(|(_, commit)| commit == head);
            same.map(|(name, _)| name.as_str())
                .filter(|name| name.starts_with("refs/heads/"))
        };
        let usual = |name: &&str| matches!(*name, "refs/heads/main" | "refs/heads/master");
        same().find(usual).or_else(|| same().next())
    }
}

/// SHA-1 or SHA-256 in lower-case hex, and not the null id.
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64)
        && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        && text.bytes().any(|b| b != b'0')
}

/// Nothing that is not seen or turns the direction, no space, nothing that was no text, not absurdly
/// long.
pub(super) fn is_showable(name: &str) -> bool {
    let odd = |c: char| is_invisible(c) || c.is_whitespace() || c == char::REPLACEMENT_CHARACTER;
    !name.is_empty() && name.len() <= 255 && !name.contains(odd)
}

fn short(name: &str) -> &str {
    name.strip_prefix("refs/heads/")
        .or_else(|| name.strip_prefix("refs/tags/"))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    fn refs(head_branch: Option<&str>, list: &[(&str, &str)]) -> Refs {
        let mut refs = Refs {
            head_branch: head_branch.map(str::to_owned),
            ..Refs::default()
        };
        list.iter()
            .for_each(|(name, commit)| refs.add(name, commit));
        refs
    }

    #[test]
    fn the_default_branch_is_what_head_stands_for() {
        let list = [("HEAD", A), ("refs/heads/main", A), ("refs/heads/x", A)];
        let name = |refs: Refs| refs.choose(None).unwrap().name;
        assert_eq!(
            name(refs(Some("refs/heads/x"), &list)).as_deref(),
            Some("x")
        );
        assert_eq!(name(refs(None, &list)).as_deref(), Some("main"));
        assert_eq!(
            name(refs(None, &[("HEAD", A), ("refs/heads/x", A)])).as_deref(),
            Some("x")
        );
        assert_eq!(name(refs(None, &[("HEAD", A), ("refs/heads/x", B)])), None);
    }

    #[test]
    fn a_branch_goes_before_a_tag_and_tags_are_peeled() {
        let refs = refs(
            None,
            &[
                ("refs/heads/v1", A),
                ("refs/tags/v1", B),
                ("refs/tags/v2", A),
                ("refs/tags/v2^{}", B),
            ],
        );
        assert_eq!(refs.choose(Some("v1")).unwrap().commit, A);
        assert_eq!(refs.choose(Some("refs/tags/v1")).unwrap().commit, B);
        assert_eq!(refs.choose(Some("v2")).unwrap().commit, B);
        assert_eq!(refs.choose(Some("v3")), None);
        assert_eq!(refs.choose(None), None);
    }

    #[test]
    fn what_no_git_would_make_is_left_out() {
        let refs = refs(
            None,
            &[
                ("refs/heads/a\u{1b}[31m", A),
                ("refs/heads/a b", A),
                ("refs/heads/\u{202e}txt", A),
                ("refs/heads/c", "zz"),
                ("refs/heads/d", &"0".repeat(40)),
                ("refs/heads/e", &"c".repeat(64)),
            ],
        );
        assert_eq!(refs.branches(), ["e"]);
    }
}
