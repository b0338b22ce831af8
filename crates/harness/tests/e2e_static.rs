//! The widget on a static host, in a sub-directory, with the API of another origin: as
//! `cargo xtask dist` makes it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, ensure};
use harness::{
    browser::{self, Page},
    gridtube::{Gridtube, Home, QUICK, ReservedPort, Settings},
    static_host::StaticHost,
};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// A static host, the service that it asks, and what was written for it.
struct Stand {
    home: Home,
    service: Option<Gridtube>,
    files: TempDir,
    listener: Option<TcpListener>,
}

impl Stand {
    async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://localhost:{}", listener.local_addr()?.port());
        let mut home = Home::new(Settings {
            more: format!("widget_origins = [{origin:?}]"),
            devgrid: QUICK.into(),
            ..Settings::default()
        })?;
        let service = home.start().await?;
        let files = tempfile::tempdir()?;
        dist(&service.origin(), files.path())?;
        Ok(Self {
            home,
            service: Some(service),
            files,
            listener: Some(listener),
        })
    }

    fn serve(&mut self, headers: bool) -> anyhow::Result<StaticHost> {
        let listener = self.listener.take().context("it serves once")?;
        Ok(StaticHost::start(listener, self.files.path(), headers)?)
    }

    /// The one file whose name ends so.
    fn file(&self, end: &str) -> PathBuf {
        let mut files = fs::read_dir(self.files.path())
            .unwrap()
            .map(|f| f.unwrap().path());
        files.find(|f| f.to_string_lossy().ends_with(end)).unwrap()
    }
}

fn dist(api: &str, into: &Path) -> anyhow::Result<()> {
    let xtask = std::env::var_os("GRIDTUBE_XTASK").context("`cargo xtask test` sets it")?;
    let mut dist = Command::new(xtask);
    dist.args(["dist", "--built", "--api", api, "--into"])
        .arg(into);
    let output = dist.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{said}");
    Ok(())
}

async fn deploy(page: &Page) -> anyhow::Result<()> {
    page.fill("#f-name", "myclub").await?;
    page.click("#deploy").await?;
    page.until_screen("review").await?;
    page.click("#confirm").await?;
    page.until_screen("result").await
}

const VIOLATIONS: &str = "addEventListener('securitypolicyviolation', (e) => \
    sessionStorage.setItem('violated', e.violatedDirective + ' ' + e.blockedURI))";

#[tokio::test]
async fn it_deploys_from_a_sub_directory_under_the_strict_policy() {
    let mut stand = Stand::start().await.unwrap();
    let host = stand.serve(true).unwrap();
    let played = browser::drive("static", async |page| {
        page.open(&host.page()).await?;
        page.script(VIOLATIONS).await?;
        page.until("[data-ready]").await?;
        deploy(page).await?;
        page.click("#delete").await?;
        page.click("#confirm-delete").await?;
        page.until_screen("deleted").await?;
        let violated = page
            .script("return sessionStorage.getItem('violated')")
            .await?;
        ensure!(violated.is_null(), "{violated}");
        // The check has teeth: what the policy forbids is seen.
        page.script("document.body.append(Object.assign(new Image(), { src: 'https://example.org/x.png' }))")
            .await?;
        let begun = std::time::Instant::now();
        loop {
            let violated = page
                .script("return sessionStorage.getItem('violated')")
                .await?;
            if violated.as_str().is_some_and(|v| v.starts_with("img-src")) {
                return Ok(());
            }
            ensure!(begun.elapsed() < browser::PATIENCE, "it is not seen");
        }
    });
    played.await.unwrap();
}

#[tokio::test]
async fn a_browser_of_another_language_is_led_to_its_page() {
    let mut stand = Stand::start().await.unwrap();
    let host = stand.serve(false).unwrap();
    let played = browser::drive("static_language", async |page| {
        page.open(&format!("{}?lang=nl-BE&theme=dark", host.page()))
            .await?;
        page.until("[lang=nl][data-ready]").await?;
        page.until_says("#title", "Deploy je eigen PeerTube")
            .await?;
        let at = page
            .script("return location.pathname + location.search")
            .await?;
        ensure!(
            at.as_str()
                .unwrap()
                .ends_with("/index.nl.html?lang=nl&theme=dark"),
            "{at}"
        );
        // The service answers in the page's language, not in the browser's.
        page.fill("#f-name", "taken").await?;
        page.click("#f-git_url").await?;
        page.until_says("#f-name-verdict", "Iemand heeft dit adres al")
            .await?;
        page.open(&format!("{}?lang=ar", host.page())).await?;
        page.until("[dir=rtl][data-ready]").await?;
        page.open(&format!("{}?lang=xx", host.page())).await?;
        page.until("[lang=en][data-ready]").await.map(drop)
    });
    played.await.unwrap();
}

#[tokio::test]
async fn e45_a_wasm_that_is_missing_or_changed_is_told_with_a_link() {
    for change in ["missing", "changed"] {
        let mut stand = Stand::start().await.unwrap();
        let wasm = stand.file("_bg.wasm");
        if change == "missing" {
            fs::remove_file(&wasm).unwrap();
        } else {
            // In the last bytes: it would compile.
            let mut bytes = fs::read(&wasm).unwrap();
            let last = bytes.len() - 20;
            bytes[last] ^= 1;
            fs::write(&wasm, bytes).unwrap();
        }
        let host = stand.serve(true).unwrap();
        let played = browser::drive("static_wasm", async |page| {
            page.open(&format!("{}?lang=de", host.page())).await?;
            page.until_says("#deploy-note", "Dieses Formular konnte nicht starten.")
                .await?;
            page.until_says("#deploy-note a", "Öffnen Sie es in einem neuen Tab")
                .await?;
            let title = page.script("return document.title").await?;
            ensure!(title.as_str().unwrap().starts_with("Fehler: "), "{title}");
            let link = page
                .script("return document.querySelector('#deploy-note a').href")
                .await?;
            ensure!(link.as_str().unwrap().contains("/some/sub/dir/"), "{link}");
            Ok(())
        });
        played.await.unwrap();
    }
}

#[tokio::test]
async fn an_api_that_is_down_is_told_and_what_was_typed_is_kept() {
    let mut stand = Stand::start().await.unwrap();
    let host = stand.serve(true).unwrap();
    stand.service.take().unwrap().kill().await.unwrap();
    let played = browser::drive("static_down", async |page| {
        page.open(&host.page()).await?;
        page.until_says("#deploy-note", "cannot be reached right now")
            .await?;
        page.script("document.querySelector('#f-name').value = 'myclub'")
            .await?;
        stand.service = Some(stand.home.start().await?);
        page.until("[data-ready]").await?;
        ensure!(page.value("#f-name").await? == "myclub");
        page.until_says("#f-name-verdict", "Free").await.map(drop)
    });
    played.await.unwrap();
}

#[tokio::test]
async fn blocked_storage_costs_nothing_but_the_memory_of_this_tab() {
    let mut stand = Stand::start().await.unwrap();
    // As a browser does that blocks the storage of frames: the getter throws.
    let boot = stand.file("boot.js");
    let blocked = "for (const kind of ['localStorage', 'sessionStorage']) Object.defineProperty(window, kind, \
                   { get() { throw new DOMException('blocked', 'SecurityError') } });\n";
    fs::write(
        &boot,
        blocked.to_owned() + &fs::read_to_string(&boot).unwrap(),
    )
    .unwrap();
    let host = stand.serve(true).unwrap();
    let played = browser::drive("static_storage", async |page| {
        page.open(&host.page()).await?;
        page.until("[data-ready]").await?;
        deploy(page).await?;
        // The address of the page has all that it takes.
        page.script("location.reload()").await?;
        page.until_screen("result").await
    });
    played.await.unwrap();
}

/// What the documents show for nginx is loaded by nginx itself.
#[tokio::test]
async fn nginx_sends_the_headers_with_the_file_that_is_written_for_it() {
    let Some(nginx) = ["/usr/sbin/nginx", "/usr/bin/nginx"]
        .map(Path::new)
        .into_iter()
        .find(|p| p.exists())
    else {
        eprintln!("skipped: there is no nginx here (Debian: nginx-light)");
        return;
    };
    let files = tempfile::tempdir().unwrap();
    dist("https://api.example", files.path()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    // nginx cannot be handed a socket.
    let reserved = ReservedPort::any().unwrap();
    let port = reserved.number();
    let at = folder.path().display();
    let config = format!(
        "daemon off; master_process off; pid {at}/pid; error_log {at}/error.log; events {{}}\n\
         http {{ access_log off; client_body_temp_path {at}/b; proxy_temp_path {at}/p; fastcgi_temp_path {at}/f;\n\
         uwsgi_temp_path {at}/u; scgi_temp_path {at}/s; types {{ text/html html; }}\n\
         server {{ listen 127.0.0.1:{port}; root {}; include {}/nginx.conf; }} }}",
        files.path().display(),
        files.path().display(),
    );
    let path = folder.path().join("main.conf");
    fs::write(&path, config).unwrap();
    let mut child = tokio::process::Command::new(nginx)
        .arg("-c")
        .arg(&path)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let client = reqwest::Client::new();
    let begun = std::time::Instant::now();
    let page = loop {
        if let Ok(page) = client.get(format!("http://127.0.0.1:{port}/")).send().await {
            break page;
        }
        assert!(
            begun.elapsed() < browser::PATIENCE,
            "{:?} {}",
            child.try_wait(),
            fs::read_to_string(folder.path().join("error.log")).unwrap_or_default()
        );
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!(page.status(), 200);
    let wanted = order::page::page_headers("https://api.example", "");
    for (name, value) in &wanted {
        assert_eq!(page.headers()[*name], value, "{name}");
    }
    let text = page.text().await.unwrap();
    let wasm = text
        .split('"')
        .find(|part| part.ends_with("_bg.wasm"))
        .unwrap();
    let wasm = client
        .get(format!("http://127.0.0.1:{port}/{wasm}"))
        .send()
        .await
        .unwrap();
    assert_eq!(wasm.headers()["content-type"], "application/wasm");
    assert_eq!(
        wasm.headers()["cache-control"],
        order::page::cache_control("a-0123456789abcdef")
    );
    for (name, value) in order::page::FILE_HEADERS {
        assert_eq!(wasm.headers()[name], value);
    }
}
