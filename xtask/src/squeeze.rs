//! Makes scripts smaller: no comments, no indentation; in the glue that wasm-bindgen writes also short
//! names for what the wasm imports. Nothing in it is understood beyond whole lines, so nothing is changed in one.

use std::collections::BTreeMap;

use anyhow::ensure;

/// The glue with each import under its new name.
///
/// # Errors
/// When an import does not stand in it exactly once: then glue and wasm would not fit together.
pub(crate) fn glue(text: &str, names: &BTreeMap<String, String>) -> anyhow::Result<String> {
    let mut made = String::with_capacity(text.len());
    let mut renamed = 0;
    for line in lines(text) {
        let import = line
            .split_once(": function(")
            .and_then(|(name, rest)| Some((names.get(name)?, rest)));
        match import {
            Some((short, rest)) => {
                renamed += 1;
                made.push_str(short);
                made.push_str(": function(");
                made.push_str(rest);
            }
            None => made.push_str(line),
        }
        made.push('\n');
    }
    ensure!(
        renamed == names.len(),
        "the wasm imports {} functions, the glue gives {renamed} of them: has wasm-bindgen changed \
         how it writes the glue?",
        names.len()
    );
    Ok(made)
}

/// A script without comments that have lines of their own, and without indentation.
pub(crate) fn script(text: &str) -> String {
    lines(text).flat_map(|line| [line, "\n"]).collect()
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut in_comment = false;
    text.lines().map(str::trim).filter(move |line| {
        if in_comment || line.starts_with("/*") {
            in_comment = !line.ends_with("*/");
            return false;
        }
        !line.is_empty() && !line.starts_with("//")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "\
/**
 * @returns {number}
 */
function get() {
    // why
    return `a // b`;
}
const imports = {
    __wbg_abort_f8d1589eb0c65ee2: function(arg0) {
        arg0.abort();
    },
};
/* one line */
";

    #[test]
    fn comments_and_indentation_go_and_imports_are_renamed() {
        let names = BTreeMap::from([("__wbg_abort_f8d1589eb0c65ee2".into(), "a".into())]);
        let made = glue(GLUE, &names).unwrap();
        let wanted = "function get() {\nreturn `a // b`;\n}\nconst imports = {\na: function(arg0) {\n\
                      arg0.abort();\n},\n};\n";
        assert_eq!(made, wanted);
    }

    #[test]
    fn a_script_keeps_what_it_does() {
        let text = "// why\n{\n  const a = `// b`;\n\n  /** what */\n  go(a); // now\n}\n";
        assert_eq!(script(text), "{\nconst a = `// b`;\ngo(a); // now\n}\n");
    }

    #[test]
    fn an_import_that_the_glue_lacks_is_an_error() {
        let names = BTreeMap::from([("__wbg_gone_0000000000000000".into(), "a".into())]);
        assert!(glue(GLUE, &names).is_err());
    }
}
