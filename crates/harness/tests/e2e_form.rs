//! The form under a hand and a mouse, in a real browser.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use harness::{
    browser,
    gridtube::QUICK,
    scene::{self, Scene},
};

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

/// A site that deploys for whoever was invited asks for the code, once, where it is ordered.
#[tokio::test]
async fn an_invited_visitor_deploys_with_a_code() {
    let site =
        "[[sites]]\nid = \"club\"\norigins = [\"https://club.example\"]\nmode = \"invite\"\n";
    let scene = Scene::start(&format!("{QUICK}\n{site}")).await.unwrap();
    let service = scene.service().unwrap().origin();
    let made = scene.home.run("invites create --site club").await.unwrap();
    let code = String::from_utf8(made.stdout).unwrap();
    let code = code.split_whitespace().next().unwrap().to_owned();
    let played = browser::drive("invite", async |page| {
        page.open(&format!("{service}/embed/club")).await?;
        page.until("html[data-ready]").await?;
        page.fill("#f-name", "myclub").await?;
        page.click("#deploy").await?;
        page.until_screen("review").await?;
        page.click("#confirm").await?;
        page.until_says("#error-summary", "invitation").await?;
        page.fill("#f-invite", "0000-not-a-code").await?;
        page.click("#confirm").await?;
        page.until_says("#error-summary", "invitation").await?;
        page.until_focused("error-summary").await?;
        // Kept on the way back and forth.
        page.fill("#f-invite", &format!(" {code} ")).await?;
        page.click("#back").await?;
        page.until_screen("form").await?;
        page.click("#deploy").await?;
        page.until_screen("review").await?;
        assert_eq!(page.value("#f-invite").await?, format!(" {code} "));
        page.click("#confirm").await?;
        page.until_screen("result").await
    });
    played.await.unwrap();
}
