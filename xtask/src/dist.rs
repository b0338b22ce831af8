//! `cargo xtask dist`: the widget for any static host, in any folder of it.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use flate2::{Compression, write::GzEncoder};
use words::Lang;

use crate::{budget, hosting, paths, steps::Steps, tools, widget};

/// What is asked for.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    /// The origin of the API; empty: the page's own.
    pub(crate) api: String,
    /// The site, as the service's operator named it; empty: `default`.
    pub(crate) site: String,
    /// The origins that may frame the page, with a space between them; empty: nobody.
    pub(crate) ancestors: String,
    /// Where to write to.
    into: Option<PathBuf>,
    /// Whether the site's mode is `invite`: the form asks for a code.
    invite: bool,
    /// Whether the widget was built before.
    built: bool,
}

pub(crate) const HELP: &str = "\
  cargo xtask dist     the widget for any static host, in dist/, with files that set its headers
      --api https://api.example            where the API is, if not at the page's own origin
      --site mysite                        which of its sites this is; else `default`
      --invite                             its mode is \"invite\": the form asks for a code
      --frame-ancestors 'https://a.example https://b.example'
                                           who may embed the page; else nobody
      --into FOLDER                        write there instead of to dist/
      --built                              take the widget that was built last";

impl Options {
    /// Reads the command line after `dist`.
    ///
    /// # Errors
    /// When it has something else, or what is no origin.
    pub(crate) fn parse(arguments: &[&str]) -> anyhow::Result<Self> {
        let mut options = Self::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || {
                let value = rest
                    .next()
                    .with_context(|| format!("{argument} wants a value"))?;
                anyhow::Ok((*value).to_owned())
            };
            match *argument {
                "--api" => options.api = value()?.trim_end_matches('/').to_owned(),
                "--site" => options.site = value()?,
                "--frame-ancestors" => options.ancestors = value()?,
                "--into" => options.into = Some(value()?.into()),
                "--invite" => options.invite = true,
                "--built" => options.built = true,
                other => bail!("`dist` has no option `{other}`.\n{HELP}"),
            }
        }
        let origins = options
            .ancestors
            .split_whitespace()
            .chain([options.api.as_str()]);
        for origin in origins.filter(|o| !o.is_empty()) {
            ensure!(
                is_origin(origin),
                "`{origin}` is no origin: write it as https://host.example"
            );
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        ensure!(
            options.site.chars().all(plain),
            "`{}` is no site: it has letters, digits and dashes",
            options.site
        );
        Ok(options)
    }
}

/// Scheme, host and perhaps a port; nothing that could end an attribute or a header.
fn is_origin(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or(text.strip_prefix("http://"));
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    host.is_some_and(|host| !host.is_empty() && host.chars().all(plain))
}

/// Builds it and writes it.
///
/// # Errors
/// Names the step that fails.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let mut steps = Steps::default();
    if !options.built {
        steps.step("tools", tools::prepare)?;
        steps.step("widget", widget::build)?;
        steps.step("size budget", budget::check)?;
    }
    let into = options.into.clone().unwrap_or_else(paths::dist);
    steps.step("files for a static host", || write(options, &into))?;
    eprintln!(
        "\n{} is ready: put it into any folder of a static host, and let the host send the headers\n\
         (_headers: Netlify and Cloudflare Pages; .htaccess: Apache; nginx.conf and Caddyfile: to include).\n\
         On a host that sends none the widget works; but then anybody may frame it, for `frame-ancestors`\n\
         is a header only, and pages with `Cross-Origin-Embedder-Policy` show an empty frame.",
        into.display()
    );
    Ok(())
}

fn write(options: &Options, into: &Path) -> anyhow::Result<()> {
    let from = paths::dist();
    fs::create_dir_all(into)?;
    let files = widget::files(&from)?;
    for file in &files {
        let name = file.file_name().context("a file without a name")?;
        if from != into {
            fs::copy(file, into.join(name))?;
        }
    }
    for lang in Lang::ALL {
        let path = into.join(lang.page());
        let page = fs::read_to_string(&path)?;
        let page = fill(&page, "gridtube-api", &options.api)?;
        let page = fill(&page, "gridtube-site", &options.site)?;
        let page = fill(
            &page,
            "gridtube-grant",
            if options.invite { "invite" } else { "" },
        )?;
        fs::write(&path, fill(&page, "gridtube-origins", &options.ancestors)?)?;
    }
    for file in files {
        let path = into.join(file.file_name().context("a file without a name")?);
        let content = fs::read(&path)?;
        fs::write(beside(&path, ".br"), budget::brotli(&content)?)?;
        let mut gzip = GzEncoder::new(vec![], Compression::best());
        gzip.write_all(&content)?;
        fs::write(beside(&path, ".gz"), gzip.finish()?)?;
    }
    for (name, content) in hosting::files(&options.api, &options.ancestors) {
        fs::write(into.join(name), content)?;
    }
    Ok(())
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut beside = path.to_owned().into_os_string();
    beside.push(end);
    beside.into()
}

/// Fills in a `<meta>`, whatever stood in it.
fn fill(page: &str, name: &str, value: &str) -> anyhow::Result<String> {
    let begin = format!("<meta name=\"{name}\" content=\"");
    let (before, rest) = page
        .split_once(&begin)
        .with_context(|| format!("the page has no <meta name=\"{name}\">"))?;
    let (_, after) = rest.split_once('"').context("the page is cut off")?;
    Ok([before, &begin, value, "\"", after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_held_to_what_a_header_can_carry() {
        let options = Options::parse(&["--api", "https://api.example/", "--site", "club"]).unwrap();
        assert_eq!(
            (options.api.as_str(), options.site.as_str()),
            ("https://api.example", "club")
        );
        for bad in [
            &["--api", "api.example"][..],
            &["--api", "https://a.example\"; x"],
            &["--frame-ancestors", "https://a.example *"],
            &["--site", "a\"b"],
            &["--site"],
            &["--what"],
        ] {
            assert!(Options::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_page_is_filled_in_as_often_as_one_likes() {
        let page = "<meta name=\"gridtube-api\" content=\"\"><b>";
        let once = fill(page, "gridtube-api", "https://api.example").unwrap();
        assert_eq!(
            once,
            "<meta name=\"gridtube-api\" content=\"https://api.example\"><b>"
        );
        assert_eq!(fill(&once, "gridtube-api", "").unwrap(), page);
        assert!(fill(page, "gridtube-site", "x").is_err());
    }
}
