//! How static hosts are told the widget's headers, each in its own words. The headers are
//! `order::page`'s, the same that the service sends.

use order::page::{FILE_HEADERS, cache_control, page_headers};

/// Name and content of a file for each kind of host.
pub(crate) fn files(api: &str, ancestors: &str) -> [(&'static str, String); 4] {
    let page = page_headers(api, ancestors);
    [
        ("_headers", netlify(&page)),
        (".htaccess", apache(&page)),
        ("nginx.conf", nginx(&page)),
        ("Caddyfile", caddy(&page)),
    ]
}

type Page = [(&'static str, String); 7];

/// Of files with their hash in the name.
fn for_ever() -> &'static str {
    cache_control("gridtube-0123456789abcdef.js")
}

/// Netlify and Cloudflare Pages. Rules add up, so the page's own come without a wildcard.
fn netlify(page: &Page) -> String {
    let mut text = String::from(
        "# Netlify, Cloudflare Pages. For another folder than the root put it before each path.\n",
    );
    let pages = [
        "/",
        "/index.html",
        "/index.nl.html",
        "/index.fr.html",
        "/index.de.html",
        "/index.ar.html",
    ];
    for path in pages {
        text.push_str(&format!("{path}\n"));
        for (name, value) in page {
            text.push_str(&format!("  {name}: {value}\n"));
        }
    }
    for (path, cache) in [
        ("/gridtube-*", for_ever()),
        ("/main-*", for_ever()),
        ("/boot.js", cache_control("boot.js")),
        ("/embed.js", cache_control("embed.js")),
    ] {
        text.push_str(&format!("{path}\n  cache-control: {cache}\n"));
        for (name, value) in FILE_HEADERS {
            text.push_str(&format!("  {name}: {value}\n"));
        }
    }
    text
}

fn apache(page: &Page) -> String {
    let set = |name: &str, value: &str| format!("    Header always set {name} \"{value}\"\n");
    let page: String = page.iter().map(|(name, value)| set(name, value)).collect();
    let file: String = FILE_HEADERS
        .iter()
        .map(|(name, value)| set(name, value))
        .collect();
    format!(
        "# Apache 2.4 with mod_headers; this file works where it lies (AllowOverride FileInfo Indexes).\n\
         DirectoryIndex index.html\n\
         AddType application/wasm .wasm\n\
         <FilesMatch \"\\.html$\">\n{page}</FilesMatch>\n\
         <FilesMatch \"\\.(js|css|wasm|ts)$\">\n{file}{}</FilesMatch>\n\
         <FilesMatch \"-[0-9a-f]{{16}}\">\n{}</FilesMatch>\n",
        set("cache-control", cache_control("boot.js")),
        set("cache-control", for_ever()),
    )
}

fn nginx(page: &Page) -> String {
    let add = |name: &str, value: &str| format!("    add_header {name} \"{value}\" always;\n");
    let page: String = page.iter().map(|(name, value)| add(name, value)).collect();
    let file: String = FILE_HEADERS
        .iter()
        .map(|(name, value)| add(name, value))
        .collect();
    format!(
        "# nginx: include it in a `server` whose `root` has the folder. It adds headers to every page and\n\
         # file of that server; for a server with other pages put it into a `location` of the folder.\n\
         location ~ (/|\\.html)$ {{\n{page}    index index.html;\n}}\n\
         location ~ \\.(js|css|wasm|ts)$ {{\n    types {{ text/javascript js; text/css css; application/wasm wasm; text/plain ts; }}\n{file}{}\
         \x20   location ~ \"-[0-9a-f]{{16}}\" {{\n{file}{}    }}\n}}\n\
         # With the module: the copies beside the files are sent as they are.\n\
         gzip_static on;\n",
        add("cache-control", cache_control("boot.js")),
        add("cache-control", for_ever()),
    )
}

fn caddy(page: &Page) -> String {
    let set = |name: &str, value: &str| format!("    {name} `{value}`\n");
    let page: String = page.iter().map(|(name, value)| set(name, value)).collect();
    let file: String = FILE_HEADERS
        .iter()
        .map(|(name, value)| set(name, value))
        .collect();
    format!(
        "# Caddy 2: import it in the site's block, after `root`.\n\
         @page path */ *.html\nheader @page {{\n{page}}}\n\
         @file path *.js *.css *.wasm *.ts\nheader @file {{\n{file}{}}}\n\
         @hashed path_regexp -[0-9a-f]{{16}}\nheader @hashed {{\n{}}}\n\
         file_server {{\n    precompressed br gzip\n}}\n",
        set("cache-control", cache_control("boot.js")),
        set("cache-control", for_ever()),
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::paths;

    /// What stands in the documents is what is written: with `UPDATE=1` it is written there.
    #[test]
    fn the_documents_show_these_files() {
        let folder = paths::root().join("docs/hosting");
        for (name, content) in files("https://api.example", "https://www.example") {
            let shown = folder.join(name.trim_start_matches('.'));
            if std::env::var_os("UPDATE").is_some() {
                fs::create_dir_all(&folder).unwrap();
                fs::write(&shown, &content).unwrap();
            }
            let text = fs::read_to_string(&shown).unwrap_or_default();
            assert_eq!(
                text, content,
                "UPDATE=1 cargo test -p xtask writes {name} anew"
            );
        }
    }

    #[test]
    fn every_host_sends_every_header() {
        for (name, content) in files("https://api.example", "") {
            for (header, value) in page_headers("https://api.example", "") {
                assert!(
                    content.contains(header) && content.contains(&value),
                    "{name}: {header}"
                );
            }
            for (header, value) in FILE_HEADERS {
                assert!(
                    content.contains(header) && content.contains(value),
                    "{name}: {header}"
                );
            }
            assert!(content.contains(for_ever()), "{name}");
        }
    }
}
