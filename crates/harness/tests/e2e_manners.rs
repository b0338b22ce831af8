//! The manners that only a real browser shows: the keyboard, the focus, what the visitor's system asks
//! for. Each test begins with the number of its point.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use anyhow::ensure;
use harness::{
    browser::{self, Page},
    devtools::{DOWN, ENTER, SPACE, TAB, UP},
    gridtube::QUICK,
    scene::Scene,
};
use serde_json::{Value, json};

/// Plays a test on the widget alone, in a tab of its own.
async fn alone(
    name: &str,
    query: &str,
    test: impl AsyncFnOnce(&Scene, &Page) -> anyhow::Result<()>,
) {
    let scene = Scene::start(QUICK).await.unwrap();
    let service = scene.service().unwrap().origin();
    let played = browser::drive(name, async |page| {
        page.open(&format!("{service}/?{query}")).await?;
        page.until("html[data-ready]").await?;
        test(&scene, page).await
    });
    played.await.unwrap();
}

/// The id of what has the focus.
async fn focused(page: &Page) -> anyhow::Result<String> {
    let id = page.script("return document.activeElement.id").await?;
    Ok(id.as_str().unwrap_or_default().to_owned())
}

/// Presses Tab until this has the focus, and gives all that had it on the way.
async fn tab_to(page: &Page, id: &str) -> anyhow::Result<Vec<String>> {
    let mut way = vec![];
    while way.last().is_none_or(|last| last != id) {
        ensure!(way.len() < 40, "Tab does not lead to {id}: {way:?}");
        page.press(TAB).await?;
        way.push(focused(page).await?);
    }
    Ok(way)
}

#[tokio::test]
async fn e11_submit_focuses_the_summary() {
    alone("e11", "", async |_, page| {
        tab_to(page, "deploy").await?;
        page.press(ENTER).await?;
        page.until_focused("error-summary").await?;
        let said = page.text("#error-summary").await?;
        assert!(said.starts_with("There is a problem"), "{said}");
        let is = "const s = document.activeElement; return [s.getAttribute('role'), s.tabIndex]";
        assert_eq!(page.script(is).await?, json!(["alert", -1]));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn e12_a_line_of_the_summary_leads_to_its_field() {
    alone("e12", "", async |_, page| {
        // A field that is typed in, and a group: the service refuses the place.
        let refuse = "const real = fetch; window.fetch = (to, how) => (to.method ?? how?.method) === 'POST' && \
            String(to.url ?? to).endsWith('/v1/deployments') ? Promise.resolve(new Response( \
            JSON.stringify({ type: 'about:blank', title: 'x', status: 422, detail: 'x', \
            request_id: 'x', retryable: false, errors: [{ pointer: '/order/location', detail: 'Not there' }] }), { status: 422, headers: { 'content-type': \
            'application/problem+json' } })) : real(to, how)";
        page.script(refuse).await?;
        tab_to(page, "deploy").await?;
        page.press(ENTER).await?;
        page.until_focused("error-summary").await?;
        page.press(TAB).await?;
        page.press(ENTER).await?;
        page.until_focused("f-name").await?;
        page.type_text("myclub").await?;
        tab_to(page, "deploy").await?;
        page.press(ENTER).await?;
        page.until_screen("review").await?;
        page.until_focused("title").await?;
        tab_to(page, "confirm").await?;
        page.until("#confirm:not([aria-disabled])").await?;
        page.press(ENTER).await?;
        page.until_screen("form").await?;
        page.until_focused("error-summary").await?;
        page.press(TAB).await?;
        page.press(ENTER).await?;
        page.until_focused("f-location-ghent").await
    })
    .await;
}

#[tokio::test]
async fn e18_radios_follow_the_arrows() {
    alone("e18", "", async |_, page| {
        let chosen = async || {
            page.script("return [document.activeElement.id, document.querySelector('[name=size]:checked').id]")
                .await
        };
        let both = |id: &str| json!([id, id]);
        assert_eq!(tab_to(page, "f-size-small").await?.len(), 1, "the first stop");
        page.press(DOWN).await?;
        assert_eq!(chosen().await?, both("f-size-mid"));
        page.press(DOWN).await?;
        page.press(DOWN).await?;
        assert_eq!(chosen().await?, both("f-size-small"), "it wraps");
        page.press(UP).await?;
        assert_eq!(chosen().await?, both("f-size-large"), "backwards too");
        page.press(UP).await?;
        page.press(TAB).await?;
        assert_eq!(focused(page).await?, "f-location-ghent", "one stop a group");
        page.press_with_shift(TAB).await?;
        assert_eq!(focused(page).await?, "f-size-mid", "back to the chosen one");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn e19_everything_goes_by_keyboard_in_the_order_that_is_seen() {
    alone("e19", "", async |_, page| {
        let way = tab_to(page, "deploy").await?;
        let fields = ["f-size-small", "f-location-ghent", "f-name", "f-domain", "f-git_url", "f-ssh-no"];
        assert_eq!(way[..6], fields);
        // No stop is above one that came before it, nor left of one in its row; the bar is always below.
        let places = "return arguments.length, [...document.querySelectorAll('input:checked[type=radio], \
            input:not([type]), select, summary')].filter((e) => e.checkVisibility()) \
            .map((e) => e.getBoundingClientRect()).map((r) => [Math.round(r.top / 8), r.left])";
        let places: Vec<(f64, f64)> = serde_json::from_value(page.script(places).await?)?;
        assert!(places.is_sorted() && places.len() > 6, "{places:?}");

        page.press_with_shift(TAB).await?;
        page.press(ENTER).await?;
        page.until("details[open]").await?;
        tab_to(page, "f-private").await?;
        page.press(SPACE).await?;
        page.press_with_shift(TAB).await?;
        page.press_with_shift(TAB).await?;
        page.press(DOWN).await?;
        assert_eq!(focused(page).await?, "f-ssh-yes");
        page.press(UP).await?;
        for _ in 0..3 {
            page.press_with_shift(TAB).await?;
        }
        assert_eq!(focused(page).await?, "f-name");
        page.type_text("myclub").await?;
        page.press(ENTER).await?;
        page.until_screen("review").await?;
        page.until_focused("title").await?;
        page.until_says("#r-options", "rivate").await?;
        tab_to(page, "confirm").await?;
        page.until("#confirm:not([aria-disabled])").await?;
        page.press(ENTER).await?;
        page.until_screen("result").await?;
        page.until_focused("title").await?;
        assert_eq!(tab_to(page, "reveal").await?, ["open", "reveal"]);
        page.press(ENTER).await?;
        page.until_focused("password").await?;
        tab_to(page, "delete").await?;
        page.press(SPACE).await?;
        page.until("#delete-question:not([hidden])").await?;
        page.until_focused("keep").await?;
        tab_to(page, "confirm-delete").await?;
        page.press(ENTER).await?;
        page.until_screen("deleted").await?;
        page.until_focused("title").await?;
        tab_to(page, "again").await?;
        page.press(ENTER).await?;
        page.until_screen("form").await
    })
    .await;
}

/// The ring of what has the focus: how wide, and how far from the page's colour. A card shows it for
/// the radio that it holds.
const RING: &str = "
const at = document.activeElement.closest('.card') ?? document.activeElement;
const style = getComputedStyle(at);
const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const light = (...colours) => {
  for (const colour of colours) { paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1); }
  return [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3).map((c) => c / 255)
    .map((c) => c > 0.04045 ? ((c + 0.055) / 1.055) ** 2.4 : c / 12.92)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0.05);
};
const probe = document.body.appendChild(document.createElement('i'));
probe.style.background = 'Canvas';
const canvas = getComputedStyle(probe).backgroundColor;
const [ring, page] = [light(canvas, style.outlineColor), light(canvas)];
probe.remove();
return [style.outlineStyle, parseFloat(style.outlineWidth), Math.max(ring / page, page / ring)];";

async fn ring(page: &Page, at: &str) -> anyhow::Result<()> {
    let (style, width, contrast): (String, f64, f64) =
        serde_json::from_value(page.script(RING).await?)?;
    ensure!(
        style != "none" && width >= 2.0 && contrast >= 3.0,
        "{at} has a ring of {width} px, {style}, {contrast:.2}:1"
    );
    Ok(())
}

#[tokio::test]
async fn e20_the_focus_can_always_be_seen() {
    for theme in ["light", "dark"] {
        alone("e20", &format!("theme={theme}"), async |_, page| {
            page.click("label[for=f-ssh-yes]").await?;
            page.click("summary").await?;
            page.click("#deploy").await?;
            page.until_focused("error-summary").await?;
            let mut stops = 0;
            while focused(page).await? != "deploy" {
                page.press(TAB).await?;
                stops += 1;
                ring(page, &focused(page).await?).await?;
            }
            assert!(stops > 12, "{stops}");
            page.click("label[for=f-ssh-no]").await?;
            page.fill("#f-name", "myclub").await?;
            page.click("#deploy").await?;
            page.until_screen("review").await?;
            page.until_focused("title").await?;
            for id in ["confirm", "back"] {
                tab_to(page, id).await?;
                ring(page, id).await?;
            }
            // It can be lost.
            page.script("document.activeElement.style.outlineColor = '#8888'")
                .await?;
            ensure!(ring(page, "back").await.is_err());
            Ok(())
        })
        .await;
    }
}

/// What has the focus: on the page, and in the frame.
async fn focused_in_both(page: &Page) -> anyhow::Result<[Value; 2]> {
    let on_the_page = page.script("return document.activeElement.tagName");
    let on_the_page = on_the_page.await?;
    page.client.enter_frame(0).await?;
    let in_the_frame = "return document.hasFocus() ? document.activeElement.outerHTML : null";
    let in_the_frame = page.script(in_the_frame).await?;
    page.client.enter_parent_frame().await?;
    Ok([on_the_page, in_the_frame])
}

/// Presses a key that moves the focus, which two processes settle between them, and gives what has
/// it then on the page.
async fn moved(
    page: &Page,
    press: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<Value> {
    let before = focused_in_both(page).await?;
    press.await?;
    let begun = std::time::Instant::now();
    loop {
        let now = focused_in_both(page).await?;
        if now != before && (now[0] == "IFRAME") != now[1].is_null() {
            return Ok(now[0].clone());
        }
        ensure!(begun.elapsed() < browser::PATIENCE, "{before:?} keeps it");
    }
}

#[tokio::test]
async fn e21_tab_leaves_the_frame_at_both_ends() {
    let scene = Scene::start(QUICK).await.unwrap();
    let service = scene.service().unwrap().origin();
    let page = format!(
        "<!doctype html><html lang=en><title>A page</title><script type=module src={service}/embed.js></script>\
         <script>window.left = []; addEventListener('peertube-deploy:ready', () => (window.ready = true)); \
         addEventListener('peertube-deploy:focus-exit', (e) => left.push(e.detail.direction))</script>\
         <button id=before>Before</button><peertube-deploy site=default></peertube-deploy><button id=after>After</button>"
    );
    let address = scene.host.put("/page", &[], &page);
    let played = browser::drive("e21", async |page| {
        page.open(&address).await?;
        let begun = std::time::Instant::now();
        while page.script("return window.ready").await?.is_null() {
            ensure!(begun.elapsed() < browser::PATIENCE, "it does not come");
        }
        page.click("#before").await?;
        let (mut inside, mut back) = (0, 0);
        while moved(page, page.press(TAB)).await? == "IFRAME" {
            inside += 1;
            ensure!(inside < 40, "it is a trap");
        }
        page.until_focused("after").await?;
        assert!(inside > 6, "{inside} stops in the frame");
        while moved(page, page.press_with_shift(TAB)).await? == "IFRAME" {
            back += 1;
            ensure!(back < 40, "it is a trap backwards");
        }
        page.until_focused("before").await?;
        assert_eq!(inside, back);
        // Each goes from the frame's process to the page's.
        while page.script("return window.left.length").await? != json!(2) {
            ensure!(
                begun.elapsed() < browser::PATIENCE * 3,
                "the page does not hear of it"
            );
        }
        assert_eq!(
            page.script("return window.left").await?,
            json!(["forward", "backward"])
        );
        Ok(())
    });
    played.await.unwrap();
}
