//! `cargo xtask npm`: the element as an npm package, of the same files that the service serves.

use std::fs;

use anyhow::Context;

use crate::paths;

/// What of the repository is in it, and under which name.
const FILES: [(&str, &str); 4] = [
    ("public/embed.js", "embed.js"),
    ("public/embed.d.ts", "embed.d.ts"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
];

const README: &str = "\
# peertube-deploy

The custom element `<peertube-deploy>`: visitors of your page deploy their own PeerTube, through a Gridtube
service. No dependencies; can be imported on servers that render pages.

```js
import \"peertube-deploy\";
```

```html
<peertube-deploy service=\"https://deploy.example/\" site=\"default\"></peertube-deploy>
```

`service` is where the service runs, `site` what its operator calls your site; your page's origin has to be on
its list. Attributes, properties and events are described in `embed.d.ts`.
";

/// Writes the package's folder to `target/npm`, for `npm pack` or `npm publish`.
///
/// # Errors
/// When a file cannot be read or written.
pub(crate) fn run() -> anyhow::Result<()> {
    let folder = paths::root().join("target/npm");
    fs::create_dir_all(&folder)?;
    for (from, to) in FILES {
        fs::copy(paths::root().join(from), folder.join(to)).with_context(|| from.to_owned())?;
    }
    fs::write(folder.join("README.md"), README)?;
    fs::write(folder.join("package.json"), manifest())?;
    println!("{}", folder.display());
    Ok(())
}

/// The workspace's version is the package's.
fn manifest() -> String {
    let manifest = serde_json::json!({
        "name": "peertube-deploy",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "A custom element with which visitors of a page deploy their own PeerTube",
        "license": env!("CARGO_PKG_LICENSE"),
        "keywords": ["peertube", "custom-element", "threefold"],
        "type": "module",
        "exports": { ".": { "types": "./embed.d.ts", "default": "./embed.js" } },
        "types": "./embed.d.ts",
        // It defines the element.
        "sideEffects": true,
        "files": FILES.map(|(_, name)| name),
    });
    format!("{manifest:#}\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::steps::{command, output};

    #[test]
    fn the_package_has_what_its_manifest_names_and_can_be_imported_on_a_server() {
        run().unwrap();
        let folder = paths::root().join("target/npm");
        let manifest = fs::read_to_string(folder.join("package.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        for file in manifest["files"].as_array().unwrap() {
            assert!(folder.join(file.as_str().unwrap()).exists(), "{file}");
        }
        if paths::find("node").is_none() {
            eprintln!("skipped: node is not here");
            return;
        }
        // By its own name, as others import it.
        let import = "const { PeertubeDeploy } = await import('peertube-deploy'); \
            console.log(PeertubeDeploy.observedAttributes.includes('site'))";
        let mut node = command("node");
        node.current_dir(&folder)
            .args(["--input-type=module", "-e", import]);
        assert_eq!(output(&mut node).as_deref().map(str::trim), Some("true"));
    }
}
