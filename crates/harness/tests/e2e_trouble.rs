//! What goes wrong while somebody fills in the form or watches, in a real browser.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::HashSet;

use anyhow::ensure;
use harness::{
    browser::{self, Page},
    client::{self, order},
    gridtube::{QUICK, UNHURRIED},
    scene,
};
use serde_json::{Value, json};

/// Fills in the least and goes as far as the review.
async fn to_the_review(page: &Page, name: &str) -> anyhow::Result<()> {
    page.fill("#f-name", name).await?;
    page.until_says("#f-name-verdict", "Free").await?;
    page.click("#deploy").await?;
    page.until_screen("review").await
}

#[tokio::test]
async fn a_broken_node_ends_on_the_failure_screen_with_nothing_left() {
    let broken = format!("{QUICK}[devgrid.faults]\nbroken_nodes = [11, 12]\n");
    let played = scene::play("broken_node", &broken, async |scene, page| {
        let client = scene.client()?;
        to_the_review(page, "myclub").await?;
        page.click("#confirm").await?;
        page.until_screen("failure").await?;
        page.until_says("#failure", "Prepare the machine").await?;
        page.until_says("#failure", "Nothing is left running.")
            .await?;
        assert_eq!(client.contracts().await?, Vec::<Value>::new());
        // The form is as it was, and the other place works.
        page.click("#retry").await?;
        page.until_screen("form").await?;
        assert_eq!(page.value("#f-name").await?, "myclub");
        page.click("label[for=f-location-vienna]").await?;
        page.click("#deploy").await?;
        page.until_screen("review").await?;
        page.click("#confirm").await?;
        page.until_screen("result").await?;
        assert_eq!(client.contracts().await?.len(), 3);
        Ok(())
    });
    played.await.unwrap();
}

#[tokio::test]
async fn a_name_taken_between_check_and_deploy_is_said_at_its_field() {
    let played = scene::play("name_race", QUICK, async |scene, page| {
        to_the_review(page, "myclub").await?;
        let access = scene.client()?.deploy("myclub").await?;
        page.click("#confirm").await?;
        page.until_screen("form").await?;
        page.until_says("#f-name-error", "Choose another name")
            .await?;
        page.until_says("#error-summary", "Choose another name")
            .await?;
        assert_eq!(
            page.value("#f-name").await?,
            "myclub",
            "what was typed is kept"
        );
        page.until_focused("error-summary").await?;
        // Another name goes through; the first has gone to who was first.
        to_the_review(page, "ourclub").await?;
        page.click("#confirm").await?;
        page.until_screen("result").await?;
        page.until_says("#open", "ourclub.ava.tf").await?;
        scene.client()?.until(&access, "ready").await?;
        Ok(())
    });
    played.await.unwrap();
}

#[tokio::test]
async fn a_service_that_is_down_is_said_and_the_form_is_kept() {
    let played = scene::play("api_down", QUICK, async |scene, page| {
        to_the_review(page, "myclub").await?;
        scene.kill().await?;
        page.click("#confirm").await?;
        page.until_says("#error-summary", "cannot be reached")
            .await?;
        page.click("#back").await?;
        page.until_screen("form").await?;
        assert_eq!(page.value("#f-name").await?, "myclub");
        page.fill("#f-name", "ourclub").await?;
        page.until_says("#f-name-verdict", "Could not check")
            .await?;
        scene.start_again().await?;
        to_the_review(page, "myclub").await?;
        page.click("#confirm").await?;
        page.until_screen("result").await?;
        assert_eq!(scene.client()?.contracts().await?.len(), 3);
        Ok(())
    });
    played.await.unwrap();
}

#[tokio::test]
async fn s12_two_clicks_are_one_deployment() {
    let played = scene::play("double_click", QUICK, async |scene, page| {
        to_the_review(page, "myclub").await?;
        page.double_click("#confirm").await?;
        page.until_screen("result").await?;
        let client = scene.client()?;
        assert_eq!(client.contracts().await?.len(), 3);
        assert_eq!(client.ledger().await?["nonce"], 1);
        let listed = scene.home.run("deployments list").await?;
        let listed = String::from_utf8(listed.stdout)?;
        assert_eq!(listed.lines().count(), 1, "{listed}");
        // A second order would have been refused, for its name: it must not be sent at all.
        let ordered = "\"method\":\"POST\",\"route\":\"/v1/deployments\",";
        assert_eq!(scene.home.log().matches(ordered).count(), 1);
        Ok(())
    });
    played.await.unwrap();
}

#[tokio::test]
async fn a_service_killed_in_the_middle_is_waited_for() {
    let played = scene::play("killed", UNHURRIED, async |scene, page| {
        to_the_review(page, "myclub").await?;
        page.click("#confirm").await?;
        page.until("#step-contracts[data-state=done]").await?;
        scene.kill().await?;
        page.until_says("#connection", "Connection lost").await?;
        scene.start_again().await?;
        page.until_screen("result").await?;
        assert_eq!(scene.client()?.contracts().await?.len(), 3);
        Ok(())
    });
    played.await.unwrap();
}

#[tokio::test]
async fn e31_a_broken_stream_is_opened_again_and_nothing_is_said_twice() {
    // Both times there is more to come than it takes to listen again.
    let clock = "block_ms = 700\nprovision_ms = 5000\nboot_ms = 11000\n";
    let played = scene::play("e31", clock, async |scene, page| {
        let listen = "window.said = []; window.after = []; const real = fetch; \
            window.fetch = (to, how) => { const request = to.url ? to : new Request(to, how); \
              if (request.url.endsWith('/events')) after.push(request.headers.get('last-event-id')); \
              return real(to, how) }; \
            new MutationObserver((changes) => { for (const { target } of changes) \
              if ((target.closest ? target : target.parentElement)?.closest('#now')) said.push(target.textContent) }) \
              .observe(document.body, { subtree: true, childList: true, characterData: true })";
        page.script(listen).await?;
        to_the_review(page, "myclub").await?;
        page.click("#confirm").await?;
        let begun = std::time::Instant::now();
        while page.script("return after.length").await? == 0 {
            ensure!(begun.elapsed() < browser::PATIENCE, "it does not listen");
        }
        page.until("#step-machine[data-state=done]").await?;
        scene.kill().await?;
        page.until_says("#connection", "Connection lost").await?;
        scene.start_again().await?;
        page.until_screen("result").await?;
        let said: Vec<String> = serde_json::from_value(page.script("return said").await?)?;
        let once: HashSet<&String> = said.iter().collect();
        assert!(!said.is_empty() && once.len() == said.len(), "{said:?}");
        let after: Vec<Option<String>> =
            serde_json::from_value(page.script("return after").await?)?;
        let after: Vec<u64> = after
            .iter()
            .map(|id| id.as_ref().unwrap().parse().unwrap())
            .collect();
        assert!(
            after.len() > 1 && after.is_sorted() && after.last() > after.first(),
            "{after:?}"
        );
        Ok(())
    });
    played.await.unwrap();
}

#[tokio::test]
async fn e32_a_reload_resumes_the_deployment() {
    let played = scene::play("e32", UNHURRIED, async |scene, page| {
        to_the_review(page, "myclub").await?;
        page.click("#confirm").await?;
        page.until("#step-contracts[data-state=running], #step-contracts[data-state=done]")
            .await?;
        page.reload().await?;
        page.until_screen("progress").await?;
        page.until_says("#address", "myclub.ava.tf").await?;
        page.until_screen("result").await?;
        assert_eq!(scene.client()?.contracts().await?.len(), 3);
        Ok(())
    });
    played.await.unwrap();
}

#[tokio::test]
async fn a_deployment_is_cancelled_in_the_middle_and_nothing_is_left() {
    let played = scene::play("cancelled", UNHURRIED, async |scene, page| {
        to_the_review(page, "myclub").await?;
        page.click("#confirm").await?;
        // These move what is below them.
        page.until("#step-address[data-state=running]").await?;
        page.until("#now:not(:empty)").await?;
        page.click("#cancel").await?;
        // What a visitor cancels is gone, whichever of the two end screens tells it.
        page.until("main[data-screen=failure] #retry, main[data-screen=deleted] #again")
            .await?;
        assert_eq!(scene.client()?.contracts().await?, Vec::<Value>::new());
        Ok(())
    });
    played.await.unwrap();
}

#[tokio::test]
async fn s16_only_the_sites_own_pages_may_frame_the_widget() {
    let played = scene::play("frame_ancestors", QUICK, async |scene, page| {
        let stranger = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let widget = format!("{}/embed/default", scene.service()?.origin());
        let stranger = harness::demo_host::DemoHost::start(stranger, &widget)?;
        page.client.enter_parent_frame().await?;
        page.open(&stranger.origin()).await?;
        page.client.enter_frame(0).await?;
        page.until("body").await?;
        assert!(
            !page.shows("#deploy").await,
            "a stranger's page shows the widget"
        );
        // The service takes no order for a site that it does not know either.
        let mut other = client::request(&order("myclub"));
        other["site"] = json!("stranger");
        let post = scene.client()?.to(reqwest::Method::POST, "/v1/deployments");
        let answer = post
            .header("Idempotency-Key", "a-key-that-is-long-enough")
            .json(&other);
        assert_eq!(answer.send().await?.status().as_u16(), 403);
        Ok(())
    });
    played.await.unwrap();
}
