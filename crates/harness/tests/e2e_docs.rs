//! The pages that the documents tell site owners to write, as they stand there.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;

use anyhow::{Context, ensure};
use harness::{
    browser::{self, Page},
    gridtube::QUICK,
    scene::Scene,
};

/// Every block of HTML of a page of the documents, for this service.
fn blocks(page: &str, service: &str) -> Vec<String> {
    let path = format!("{}/../../docs/src/{page}.md", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    let blocks = text.split("```html\n").skip(1);
    let blocks: Vec<_> = blocks
        .map(|block| block.split("```").next().unwrap())
        // What is no form: a line of a page's head, a form at another address.
        .filter(|block| block.contains("<iframe") || block.contains("<peertube-deploy "))
        .map(|block| {
            block
                .replace("https://deploy.example", service)
                .replace("mysite", "default")
        })
        .collect();
    assert!(!blocks.is_empty());
    blocks
}

async fn deploys(page: &Page, name: &str) -> anyhow::Result<()> {
    page.until("iframe").await?;
    page.into_widget().await?;
    page.fill("#f-name", name).await?;
    page.click("#deploy").await?;
    page.until_screen("review").await?;
    page.click("#confirm").await?;
    page.until_screen("result").await?;
    page.client.clone().enter_parent_frame().await?;
    Ok(())
}

#[tokio::test]
async fn the_quick_start_works_as_it_stands() {
    let scene = Scene::start(QUICK).await.unwrap();
    let service = scene.service().unwrap().origin();
    let blocks = blocks("quick-start", &service);
    let whole = blocks
        .iter()
        .find(|block| block.starts_with("<!doctype html>"));
    let address = scene.host.put("/whole", &[], whole.unwrap());
    let played = browser::drive("quick_start", async |page| {
        page.open(&address).await?;
        deploys(page, "myclub").await
    });
    played.await.unwrap();
}

#[tokio::test]
async fn every_other_page_of_the_documents_shows_the_form() {
    let scene = Scene::start(QUICK).await.unwrap();
    let service = scene.service().unwrap().origin();
    let pages = [
        "quick-start",
        "recipes",
        "reference",
        "protocol",
        "theming",
        "languages",
    ];
    let pages = pages.map(|page| (page, blocks(page, &service)));
    let script = format!("<script type=module src={service}/embed.js></script>");
    let played = browser::drive("documents", async |browser| {
        for (page, blocks) in &pages {
            for (number, block) in blocks.iter().enumerate() {
                // What shows attributes alone has the script from the page before; a copy that the site
                // keeps itself is not here.
                let block = block.replace("\"/js/embed.js\"", &format!("\"{service}/embed.js\""));
                let has = block.contains("/embed.js\"");
                let head = if has { "" } else { &script };
                let path = format!("/{page}{number}");
                let html = format!("<!doctype html>{head}{block}");
                let address = scene.host.put(&path, &[], &html);
                browser.open(&address).await?;
                browser
                    .until("iframe")
                    .await
                    .with_context(|| block.clone())?;
                let src = browser
                    .script("return document.querySelector('iframe').src")
                    .await?;
                ensure!(src.as_str().unwrap().starts_with(&service), "{path}: {src}");
                browser.into_widget().await?;
                browser.until_screen("form").await?;
            }
        }
        Ok(())
    });
    played.await.unwrap();
}

/// The protocol by hand: the frame follows its height.
#[tokio::test]
async fn the_protocol_can_be_spoken_by_hand() {
    let scene = Scene::start(QUICK).await.unwrap();
    let service = scene.service().unwrap().origin();
    let block = &blocks("protocol", &service)[0];
    let address = scene
        .host
        .put("/page", &[], &format!("<!doctype html>{block}"));
    let played = browser::drive("by_hand", async |page| {
        page.open(&address).await?;
        page.into_widget().await?;
        page.until("html[data-theme=dark]").await?;
        page.click("summary").await?;
        let within = page.script("return document.body.offsetHeight").await?;
        page.client.clone().enter_parent_frame().await?;
        let begun = std::time::Instant::now();
        while page
            .script("return document.querySelector('iframe').clientHeight")
            .await?
            != within
        {
            ensure!(
                begun.elapsed() < browser::PATIENCE,
                "it is not {within} high"
            );
        }
        Ok(())
    });
    played.await.unwrap();
}

#[tokio::test]
async fn the_gallery_has_every_way() {
    let scene = Scene::start(QUICK).await.unwrap();
    let address = format!("{}/gallery", scene.host.origin());
    let played = browser::drive("gallery", async |page| {
        page.window(1000, 12000, 1).await?;
        page.open(&address).await?;
        for (number, wanted) in [
            "[data-ready]",
            "[data-ready]",
            "[data-ready][data-theme=dark]",
            "[data-ready][lang=ar]",
            "[data-ready]",
            "[data-ready][data-theme=light]",
        ]
        .iter()
        .enumerate()
        {
            page.client.clone().enter_frame(number as u16).await?;
            page.until(&format!("html{wanted}")).await?;
            page.client.clone().enter_parent_frame().await?;
        }
        page.until_says("#heard", "element 4: peertube-deploy:ready")
            .await?;
        Ok(())
    });
    played.await.unwrap();
}
