//! The main job in a real browser, over two origins: from the form in somebody's page to a deployed
//! instance, and back to nothing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use harness::{browser::Page, gridtube::UNHURRIED, scene};
use reqwest::StatusCode;

const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx4mZy4uQ3GJYb2q3yq2mT9m9Xy1l4a3rJc8s7Vq0xN me@home";

#[tokio::test]
async fn from_the_form_to_an_instance_and_back() {
    let played = scene::play("main_job", UNHURRIED, async |scene, page| {
        let client = scene.client()?;

        // Every field answers while it is filled.
        page.click("label[for=f-size-mid]").await?;
        page.until_says(".bar", "mid").await?;
        page.click("label[for=f-size-small]").await?;
        page.until_says(".bar", "$9.18").await?;
        page.click("label[for=f-location-ghent]").await?;
        page.until_says("#location", "More locations coming soon")
            .await?;
        page.fill("#f-name", "taken").await?;
        page.until_says("#address", "taken.ava.tf").await?;
        page.until_says("#f-name-verdict", "address").await?;
        assert_eq!(tone(page, "#f-name-verdict").await?, "bad");
        page.fill("#f-name", "myclub").await?;
        page.until_says("#f-name-verdict", "Free").await?;
        page.until_says("#address", "myclub.ava.tf").await?;

        let not_git = format!("{}/page", scene.not_git.origin());
        page.fill_checked("#f-git_url", &not_git, "no git repository")
            .await?;
        assert_eq!(tone(page, "#f-git_url-verdict").await?, "bad");
        let inward = format!("{}/inward.git", scene.redirects.origin());
        page.fill_checked("#f-git_url", &inward, "must be on a public host")
            .await?;
        assert_eq!(tone(page, "#f-git_url-verdict").await?, "bad");
        let demo = format!("{}/demo.git", scene.git.origin());
        page.fill_checked("#f-git_url", &demo, "branch main")
            .await?;
        assert_eq!(tone(page, "#f-git_url-verdict").await?, "good");

        page.click("label[for=f-ssh-yes]").await?;
        page.fill("#f-ssh_key", KEY).await?;
        page.until_says("#f-ssh_key-verdict", "SHA256:").await?;

        // Deploy asks once more, then starts.
        page.click("#deploy").await?;
        page.until_screen("review").await?;
        page.until_says("#review", "myclub.ava.tf").await?;
        page.click("#confirm").await?;
        page.until_screen("progress").await?;
        page.until("#step-contracts[data-state=done]").await?;

        // Reloaded in the middle it goes on where it was.
        page.reload().await?;
        page.until_screen("progress").await?;
        page.until_says("#progress", "myclub.ava.tf").await?;
        page.until_screen("result").await?;
        assert_eq!(client.contracts().await?.len(), 3);

        let address = page.until("#open").await?.attr("href").await?.unwrap();
        opens(page, &address, "myclub").await?;

        // The password, once.
        page.click("#reveal").await?;
        let password = page.until("#password").await?.text().await?;
        assert_eq!(password.len(), 20, "{password}");
        let again = again(page).await?;
        assert_eq!(again, u64::from(StatusCode::GONE.as_u16()));
        page.reload().await?;
        page.until_screen("result").await?;
        assert!(!page.shows("#reveal").await && !page.shows("#password").await);
        let kept = std::fs::read(scene.home.data().join("gridtube.sqlite3"))?;
        assert!(
            !holds(&kept, password.as_bytes()),
            "the password is in the database"
        );
        assert!(
            !scene.home.log().contains(&password),
            "the password is in the log"
        );

        // Deleted, nothing is left.
        page.click("#delete").await?;
        page.until_focused("keep").await?;
        page.click("#confirm-delete").await?;
        page.until_screen("deleted").await?;
        assert_eq!(client.contracts().await?, Vec::<serde_json::Value>::new());
        assert_eq!(
            client.stand_in("myclub.ava.tf").await?.0,
            StatusCode::NOT_FOUND
        );
        page.click("#again").await?;
        page.until_screen("form").await?;
        assert_eq!(page.value("#f-name").await?, "");
        Ok(())
    });
    played.await.unwrap();
}

/// Opens an address in a tab of its own and closes it again.
async fn opens(page: &Page, address: &str, says: &str) -> anyhow::Result<()> {
    let client = &page.client;
    let before = client.window().await?;
    let tab = client.new_window(true).await?;
    client.switch_to_window(tab.handle).await?;
    page.open(address).await?;
    let text = page.until_says("body", says).await?;
    assert!(text.contains("It stands in for it"), "{text}");
    client.close_window().await?;
    client.switch_to_window(before).await?;
    client.enter_frame(0).await?;
    Ok(())
}

/// What the service answers when the widget's own secret asks for the password another time.
async fn again(page: &Page) -> anyhow::Result<u64> {
    let script = "
        const [id, secret] = location.hash.slice(3).split('.');
        const headers = { Authorization: `Bearer ${secret}` };
        const path = `/v1/deployments/${id}/password`;
        return fetch(path, { method: 'POST', headers }).then(r => r.status)";
    Ok(page.script(script).await?.as_u64().unwrap())
}

async fn tone(page: &Page, verdict: &str) -> anyhow::Result<String> {
    let tone = page.until(verdict).await?.attr("data-tone").await?;
    Ok(tone.unwrap_or_default())
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
