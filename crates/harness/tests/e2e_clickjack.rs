//! The button that spends, on a host page that wants the visitor to press what they do not see.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Instant;

use anyhow::ensure;
use harness::{
    browser::{self, Page},
    gridtube::QUICK,
    scene::{self, Scene},
};

const CONFIRM: &str = "main[data-screen=review] #confirm";

/// Fills in the form and goes to the review.
async fn to_the_review(page: &Page) -> anyhow::Result<()> {
    page.fill("#f-name", "myclub").await?;
    page.click("#deploy").await?;
    page.until_screen("review").await
}

/// What a script of the host page does, from the host page.
async fn as_host(page: &Page, script: &str) -> anyhow::Result<()> {
    page.client.clone().enter_parent_frame().await?;
    page.script(script).await?;
    page.client.clone().enter_frame(0).await?;
    Ok(())
}

/// Presses the button wherever it is, as the mouse of a visitor does, for as long as the widget
/// would need to be convinced, and sees that nothing was ordered.
async fn presses_in_vain(scene: &Scene, page: &Page) -> anyhow::Result<()> {
    page.until_says("#confirm-note", "Something covers this button")
        .await?;
    let button = page.until(CONFIRM).await?;
    for _ in 0..3 {
        // The driver, too, refuses to press what is covered; then nobody could.
        let _ = button.click().await;
    }
    assert!(page.shows("main[data-screen=review]").await);
    assert_eq!(posts(scene), 0);
    Ok(())
}

fn posts(scene: &Scene) -> usize {
    let ordered = "\"method\":\"POST\",\"route\":\"/v1/deployments\",";
    scene.home.log().matches(ordered).count()
}

#[tokio::test]
async fn a_covered_confirm_does_nothing_until_it_is_uncovered() {
    let played = scene::play("covered", QUICK, async |scene, page| {
        to_the_review(page).await?;
        page.until(&format!("{CONFIRM}:not([aria-disabled=true])"))
            .await?;
        let cover = "const d = document.createElement('div'); d.id = 'cover'; \
            d.style.cssText = 'position:fixed; inset:0; background:#fff; pointer-events:none'; \
            document.body.append(d)";
        as_host(page, cover).await?;
        presses_in_vain(scene, page).await?;
        as_host(page, "document.getElementById('cover').remove()").await?;
        page.click(CONFIRM).await?;
        page.until_screen("result").await?;
        assert_eq!(posts(scene), 1);
        Ok(())
    });
    played.await.unwrap();
}

#[tokio::test]
async fn an_all_but_transparent_frame_does_nothing() {
    let played = scene::play("transparent", QUICK, async |scene, page| {
        to_the_review(page).await?;
        as_host(page, "document.querySelector('iframe').style.opacity = .01").await?;
        presses_in_vain(scene, page).await
    });
    played.await.unwrap();
}

#[tokio::test]
async fn a_frame_cut_to_nothing_but_the_button_s_edge_does_nothing() {
    let played = scene::play("cut", QUICK, async |scene, page| {
        to_the_review(page).await?;
        let cut = "document.querySelector('iframe').style.clipPath = 'inset(0 0 99% 0)'";
        as_host(page, cut).await?;
        presses_in_vain(scene, page).await
    });
    played.await.unwrap();
}

#[tokio::test]
async fn a_script_cannot_press_it() {
    let played = scene::play("synthetic", QUICK, async |scene, page| {
        to_the_review(page).await?;
        page.until(&format!("{CONFIRM}:not([aria-disabled=true])"))
            .await?;
        page.script("document.querySelector('#confirm').click()")
            .await?;
        // Were it heard, the button would be busy at once.
        assert!(
            page.shows(&format!("{CONFIRM}:not([aria-disabled=true])"))
                .await
        );
        assert_eq!(posts(scene), 0);
        page.click(CONFIRM).await?;
        page.until_screen("result").await?;
        Ok(())
    });
    played.await.unwrap();
}

#[tokio::test]
async fn the_new_tab_has_the_form_and_needs_no_proof() {
    let played = scene::play("new_tab", QUICK, async |_, page| {
        to_the_review(page).await?;
        page.click("main[data-screen=review] a[target=_blank]")
            .await?;
        let here = page.client.window().await?;
        let begun = Instant::now();
        let other = loop {
            let mut windows = page.client.windows().await?.into_iter();
            if let Some(other) = windows.find(|window| *window != here) {
                break other;
            }
            ensure!(begun.elapsed() < browser::PATIENCE, "no new tab comes");
        };
        page.client.switch_to_window(other).await?;
        page.until("html[data-ready]").await?;
        assert_eq!(page.value("#f-name").await?, "myclub");
        assert_eq!(page.script("return location.hash").await?, "");
        page.click("#deploy").await?;
        page.until_screen("review").await?;
        page.click("#confirm").await?;
        page.until_screen("result").await?;
        Ok(())
    });
    played.await.unwrap();
}
