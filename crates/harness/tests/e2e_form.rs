//! The form under a hand and a mouse, in a real browser.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use harness::{gridtube::QUICK, scene};

/// An error that comes when its field is left moves everything below it, also what is being pressed.
#[tokio::test]
async fn a_press_is_not_lost_when_the_field_that_it_leaves_shows_an_error() {
    let played = scene::play("press_under_error", QUICK, async |_, page| {
        page.fill("#f-name", "myclub").await?;
        page.fill("#f-git_url", "ftp://example.org/x").await?;
        page.click("label[for=f-ssh-yes]").await?;
        page.until("#f-ssh_key").await?;
        page.until_says("#f-git_url-error", "https").await?;
        page.fill("#f-ssh_key", "ssh-ed25519 AAAA").await?;
        page.click("#deploy").await?;
        page.until_says("#error-summary", "The key is damaged")
            .await?;
        page.until_focused("error-summary").await
    });
    played.await.unwrap();
}
