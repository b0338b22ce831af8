//! Builds the widget into `dist/`: trunk, then smaller glue and wasm, then a brotli copy beside each
//! file, which the service and most static hosts send as it is.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha384};
use words::{Lang, Untranslated};

use crate::{
    budget, paths, squeeze,
    steps::{Steps, command, run as run_command},
    tools, wasm,
};

/// `cargo xtask widget`: builds it and holds it against its budget.
///
/// # Errors
/// Names the step that fails.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut steps = Steps::default();
    steps.step("tools", tools::prepare)?;
    steps.step("widget", build)?;
    steps.step("size budget", budget::check)
}

/// Without reference types and multiple values, which cost 1 K; wasm-bindgen's test runner needs them.
/// The first of them stands in `.cargo/config.toml` too, which says why.
const FLAGS: &str = "--cfg sha2_backend_soft=\"compact\" -C target-cpu=mvp \
    -C target-feature=+bulk-memory,+sign-ext,+mutable-globals,+nontrapping-fptoint";

/// Builds it.
///
/// # Errors
/// When trunk fails, or has written something else than expected.
pub(crate) fn build() -> anyhow::Result<()> {
    // trunk reads NO_COLOR as its own flag and refuses the value 1.
    let mut trunk = command("trunk");
    trunk.args(["build", "--release"]).env_remove("NO_COLOR");
    // The same bytes on every machine.
    let cargo = paths::cargo_home();
    let flags = format!(
        "{FLAGS} --remap-path-prefix={}={}",
        cargo.display(),
        wasm::LIBRARIES
    );
    run_command(trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags))?;
    let dist = paths::dist();
    shrink(&dist)?;
    for name in ["boot.js", "embed.js"] {
        let script = dist.join(name);
        fs::write(&script, squeeze::script(&fs::read_to_string(&script)?))?;
    }
    translate(&dist)?;
    for file in files(&dist)? {
        let packed = budget::brotli(&fs::read(&file)?)?;
        let mut beside = file.into_os_string();
        beside.push(".br");
        fs::write(beside, packed)?;
    }
    Ok(())
}

/// The built files, without the brotli copies.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn files(dist: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dist)
        .with_context(|| format!("the widget is not built: {} is missing", dist.display()))?;
    let mut files = vec![];
    for entry in entries {
        let path = entry?.path();
        if path.is_file() && is_shipped(&path) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Neither a packed copy nor a file that only tells a host its headers.
fn is_shipped(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let told = ["_headers", ".htaccess", "nginx.conf", "Caddyfile"];
    !name.ends_with(".br") && !name.ends_with(".gz") && !told.contains(&&*name)
}

/// Shrinks glue and wasm, and gives them names and integrity by their new content.
fn shrink(dist: &Path) -> anyhow::Result<()> {
    let files = files(dist)?;
    let named = |end: &str| {
        let ends = |path: &&PathBuf| path.to_string_lossy().ends_with(end);
        let found = files.iter().find(ends);
        found.with_context(|| format!("trunk wrote no file that ends in {end}"))
    };
    let wasm_path = named("_bg.wasm")?;
    let stem = wasm_path.file_name().unwrap_or_default().to_string_lossy();
    let stem = stem.trim_end_matches("_bg.wasm").to_owned();
    let glue_path = named(&format!("{stem}.js"))?;
    let index_path = named("index.html")?;

    let (old_wasm, old_glue) = (fs::read(wasm_path)?, fs::read_to_string(glue_path)?);
    let (new_wasm, names) = wasm::shorten_imports(&old_wasm)?;
    let new_glue = squeeze::glue(&old_glue, &names)?;

    let content = Sha384::new()
        .chain_update(&new_glue)
        .chain_update(&new_wasm);
    let hash: String = content.finalize()[..8]
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let package = stem
        .rsplit_once('-')
        .map_or(stem.as_str(), |(package, _)| package);
    let new_stem = format!("{package}-{hash}");
    let new_glue = new_glue.replace(&stem, &new_stem);

    let index = fs::read_to_string(index_path)?;
    let index = exchange(&index, &integrity(&old_wasm), &integrity(&new_wasm))?;
    let index = exchange(
        &index,
        &integrity(old_glue.as_bytes()),
        &integrity(new_glue.as_bytes()),
    )?;
    let index = index.replace(&stem, &new_stem);

    fs::remove_file(wasm_path)?;
    fs::remove_file(glue_path)?;
    fs::write(dist.join(format!("{new_stem}_bg.wasm")), new_wasm)?;
    fs::write(dist.join(format!("{new_stem}.js")), new_glue)?;
    fs::write(index_path, index)?;
    Ok(())
}

/// Makes the page in every language, with the widget's texts in it.
fn translate(dist: &Path) -> anyhow::Result<()> {
    let index = fs::read_to_string(dist.join(Lang::En.page()))?;
    for lang in Lang::ALL {
        let page = words::render(&index, lang).map_err(|Untranslated(texts)| {
            let texts: Vec<_> = texts.into_iter().collect();
            anyhow::anyhow!(
                "index.html has texts that no table of crates/words has: {}",
                texts.join(" · ")
            )
        })?;
        fs::write(dist.join(lang.page()), page)?;
    }
    Ok(())
}

fn exchange(text: &str, old: &str, new: &str) -> anyhow::Result<String> {
    ensure!(
        text.matches(old).count() == 1,
        "index.html does not hold the integrity {old}: was it made by another build?"
    );
    Ok(text.replace(old, new))
}

/// As in the `integrity` attribute.
fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", Base64::encode_string(&Sha384::digest(bytes)))
}
