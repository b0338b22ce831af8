//! Everything a visitor meets, on loopback: a host page of one origin, the real service with the
//! built widget of another, and git hosts of three kinds.

use anyhow::Context;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::{
    browser::{self, Page},
    client::ApiClient,
    demo_host::DemoHost,
    git_server::{GitServer, Speaks},
    gridtube::{Gridtube, Home, Settings},
    hostile::{Hostile, Manner, http},
    sample,
};

/// What a visitor meets.
pub struct Scene {
    /// The page that embeds the widget.
    pub host: DemoHost,
    /// The service's folder.
    pub home: Home,
    /// The service; `None` while it is stopped.
    pub service: Option<Gridtube>,
    /// A host of git repositories.
    pub git: GitServer,
    /// A web server that is no git host.
    pub not_git: Hostile,
    /// A git host that sends whoever asks into a private network.
    pub redirects: Hostile,
    _repositories: TempDir,
}

impl Scene {
    /// Starts everything; `devgrid` are the lines of that table in the service's config.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn start(devgrid: &str) -> anyhow::Result<Self> {
        let repositories = tempfile::Builder::new().prefix("gridtube-git-").tempdir()?;
        sample::make(repositories.path())?;
        let git = GitServer::start(repositories.path(), Speaks::V2).await?;
        let html = [("content-type", "text/html")];
        let page = http("200 OK", &html, b"<!doctype html><title>A page</title>");
        let not_git = Hostile::start(Manner::Says(page)).await?;
        let inward = http(
            "302 Found",
            &[("location", "https://10.0.0.1/secret.git")],
            b"",
        );
        let redirects = Hostile::start(Manner::Says(inward)).await?;
        // The page's origin stands in the service's config, the service's origin in the page: the
        // page's port is taken first.
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let mut home = Home::new(Settings {
            widget: true,
            origins: vec![origin],
            git_origins: vec![git.origin(), not_git.origin(), redirects.origin()],
            devgrid: devgrid.to_owned(),
            ..Settings::default()
        })?;
        let service = home.start().await?;
        let host = DemoHost::start(listener, &format!("{}/embed/default", service.origin()))?;
        Ok(Self {
            host,
            home,
            service: Some(service),
            git,
            not_git,
            redirects,
            _repositories: repositories,
        })
    }

    /// The running service.
    ///
    /// # Errors
    /// When it is stopped.
    pub fn service(&self) -> anyhow::Result<&Gridtube> {
        self.service.as_ref().context("the service is stopped")
    }

    /// Another client of the service.
    ///
    /// # Errors
    /// When it is stopped.
    pub fn client(&self) -> anyhow::Result<ApiClient> {
        ApiClient::new(self.service()?)
    }

    /// `kill -9` of the service.
    ///
    /// # Errors
    /// When it was stopped already.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        let service = self.service.take();
        service.context("the service is stopped")?.kill().await
    }

    /// Starts the service again, where it was.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        self.service = Some(self.home.start().await?);
        Ok(())
    }
}

/// Plays a test in a scene of its own and a browser that stands in the widget, in the host page.
///
/// # Errors
/// The test's own; with the service's log.
pub async fn play(
    name: &str,
    devgrid: &str,
    test: impl AsyncFnOnce(&mut Scene, &Page) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut scene = Scene::start(devgrid).await?;
    let played = browser::drive(name, async |page| {
        page.open(&scene.host.origin()).await?;
        page.into_widget().await?;
        test(&mut scene, page).await
    });
    let played = played.await;
    played.with_context(|| format!("the service logged last:\n{}", scene.home.last_logged()))
}
