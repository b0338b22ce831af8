//! The manners that concern what a visitor's screen and system are like: narrow, enlarged, dark, without
//! colours of its own, without motion. Each test begins with the number of its point.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use anyhow::ensure;
use harness::{
    browser::{self, Page},
    scene::Scene,
};
use serde_json::{Value, json};
use words::Lang;

/// Slow enough for a look at the progress.
const CLOCK: &str = "block_ms = 1500\nprovision_ms = 800\nboot_ms = 5000\n";
const BROKEN: &str = "[devgrid.faults]\nbroken_nodes = [11]\n";

/// Goes through every state of the widget, alone in its tab, and looks at each.
async fn in_every_state(
    name: &str,
    languages: &[Lang],
    prepare: impl AsyncFn(&Page) -> anyhow::Result<()>,
    look: impl AsyncFn(&Page, &str) -> anyhow::Result<()>,
) {
    let scene = Scene::start(&format!("{CLOCK}{BROKEN}")).await.unwrap();
    let service = scene.service().unwrap().origin();
    let played = browser::drive(name, async |page| {
        prepare(page).await?;
        for lang in languages {
            let look = async |state: &str| look(page, &format!("{} {state}", lang.code())).await;
            page.open(&format!("{service}/?lang={}", lang.code()))
                .await?;
            page.until("[data-ready]").await?;
            look("form").await?;
            page.click("label[for=f-ssh-yes]").await?;
            page.fill("#f-ssh_key", "nonsense").await?;
            page.fill("#f-name", "a name that is much too long for anything")
                .await?;
            page.click("summary").await?;
            page.click("#deploy").await?;
            page.until("#error-summary li").await?;
            look("errors").await?;
            page.click("label[for=f-ssh-no]").await?;
            page.fill(
                "#f-name",
                &format!("a-name-of-32-letters-it-is-the-{}", lang.code())[..32],
            )
            .await?;
            // It moves what is below it.
            page.until("#f-name-verdict:not(:empty)").await?;
            page.click("label[for=f-location-vienna]").await?;
            page.click("#deploy").await?;
            page.until_screen("review").await?;
            look("review").await?;
            page.click("#confirm").await?;
            page.until("#step-machine:not([data-state=pending])")
                .await?;
            look("progress").await?;
            page.until_screen("result").await?;
            page.click("#reveal").await?;
            page.until("#password").await?;
            page.click("#delete").await?;
            page.until("#delete-question").await?;
            look("result").await?;
            page.click("#confirm-delete").await?;
            page.until_screen("deleted").await?;
            look("deleted").await?;
            page.click("#again").await?;
            page.until_screen("form").await?;
        }
        Ok(())
    });
    played.await.unwrap();
}

/// What is wider than the window, cut off, or not to be seen whole.
const LOST: &str = "
const lost = [];
const wide = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth > wide) lost.push('scrolls to ' + document.documentElement.scrollWidth);
for (const e of document.querySelectorAll('main *')) {
  if (!e.checkVisibility() || e.closest('.apart, option')) continue;
  const { left, right, width } = e.getBoundingClientRect();
  const name = e.tagName + '#' + e.id + '.' + e.className + ' ' + e.textContent.slice(0, 30);
  if (width && (left < -.5 || right > wide + .5)) lost.push(name + ' from ' + left + ' to ' + right);
  if (!/INPUT|TEXTAREA|SELECT|PROGRESS/.test(e.tagName) && getComputedStyle(e).overflow !== 'visible'
      && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
    lost.push(name + ' is cut off');
  for (const text of e.childNodes) {
    if (text.nodeType !== Node.TEXT_NODE) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const { left, right } of range.getClientRects())
      if (left < -.5 || right > wide + .5) lost.push(name + ' says outside: ' + left + ' to ' + right);
  }
}
return lost;";

async fn whole(page: &Page, state: &str) -> anyhow::Result<()> {
    let lost = page.script(LOST).await?;
    ensure!(lost == json!([]), "{state}: {lost:#}");
    Ok(())
}

const SPACING: &str = "
const style = document.head.appendChild(document.createElement('style'));
style.id = 'spacing';
document.adoptedStyleSheets = [new CSSStyleSheet()];
document.adoptedStyleSheets[0].replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }');";

#[tokio::test]
async fn e37_nothing_is_lost_on_320_pixels_enlarged_or_with_wide_spacing() {
    let look = async |page: &Page, state: &str| {
        for (width, zoom) in [(320, 1), (640, 2), (320, 4)] {
            page.window(width, 900, zoom).await?;
            whole(page, &format!("{state} on {width}")).await?;
        }
        page.script("document.querySelector('main').style.minInlineSize = '330px'")
            .await?;
        ensure!(whole(page, state).await.is_err(), "the check sees nothing");
        page.script("document.querySelector('main').style.minInlineSize = ''")
            .await?;
        page.script(SPACING).await?;
        whole(page, &format!("{state} with wide spacing on 320")).await?;
        page.script("document.adoptedStyleSheets = []").await?;
        page.devtools("Emulation.clearDeviceMetricsOverride", json!({}))
            .await?;
        Ok(())
    };
    in_every_state("e37", &Lang::ALL, async |_| Ok(()), look).await;
}

#[tokio::test]
async fn e38_every_target_is_large_enough() {
    // A label that holds its control is the target; links within a sentence are excused (WCAG 2.5.8).
    let targets = "
        return [...document.querySelectorAll('a, button, input, select, textarea, summary')]
          .filter((e) => e.checkVisibility())
          .map((e) => [e.closest('label') ?? e, e])
          .map(([target, e]) => [target.getBoundingClientRect(), e.id || e.textContent])
          .filter(([r]) => r.width < 24 || r.height < 24).map(([r, id]) => [id, r.width, r.height])";
    let look = async |page: &Page, state: &str| {
        for width in [320, 1000] {
            page.window(width, 2600, 1).await?;
            let small = page.script(targets).await?;
            ensure!(small == json!([]), "{state} on {width}: {small:#}");
        }
        Ok(())
    };
    in_every_state("e38", &[Lang::En], async |_| Ok(()), look).await;
}

/// How many elements would move, and how many do.
const MOVING: &str = "
const longest = (e, part) => Math.max(...['transitionDuration', 'animationDuration']
  .map((name) => parseFloat(getComputedStyle(e, part)[name])).filter((s) => !isNaN(s)), 0);
return [...document.querySelectorAll('*')].flatMap((e) => [null, '::before', '::after'].map((part) => longest(e, part)))
  .filter((s) => s > 0).length + document.getAnimations().length;";

#[tokio::test]
async fn e39_who_wants_no_motion_gets_none() {
    let less = async |page: &Page| page.prefer(&[("prefers-reduced-motion", "reduce")]).await;
    let still = async |page: &Page, state: &str| {
        let moving = page.script(MOVING).await?;
        ensure!(moving == json!(0), "{state}: {moving} move");
        if state.ends_with("form") {
            page.prefer(&[]).await?;
            ensure!(
                page.script(MOVING).await? != json!(0),
                "the check sees nothing"
            );
            page.prefer(&[("prefers-reduced-motion", "reduce")]).await?;
        }
        Ok(())
    };
    in_every_state("e39", &[Lang::En], less, still).await;
}

#[tokio::test]
async fn e40_the_systems_colours_are_followed_and_the_page_around_wins() {
    let scene = Scene::start(CLOCK).await.unwrap();
    let service = scene.service().unwrap().origin();
    let played = browser::drive("e40", async |page| {
        let colour = "return getComputedStyle(document.body).color";
        let (dark, light) = (json!("rgb(233, 235, 238)"), json!("rgb(22, 25, 29)"));
        let both = [("dark", &dark), ("light", &light)];
        for (theme, fixed) in [
            ("", None),
            ("auto", None),
            ("dark", Some(&dark)),
            ("light", Some(&light)),
        ] {
            page.open(&format!("{service}/?theme={theme}")).await?;
            page.until("[data-ready]").await?;
            for (system, usual) in both {
                page.prefer(&[("prefers-color-scheme", system)]).await?;
                let shown = page.script(colour).await?;
                assert_eq!(
                    &shown,
                    fixed.unwrap_or(usual),
                    "theme {theme} in a {system} system"
                );
            }
        }
        Ok(())
    });
    played.await.unwrap();
}

/// What tells things apart without colours of ours: outlines, borders, signs.
const APART: &str = "
const style = (css, part) => { const e = [...document.querySelectorAll(css)].find((e) => e.checkVisibility());
  return e && getComputedStyle(e, part) };
const wrong = [];
const lined = (css) => { const s = style(css);
  if (s && parseFloat(s.borderTopWidth) + (s.outlineStyle === 'none' ? 0 : parseFloat(s.outlineWidth)) < 1) wrong.push(css + ' has no edge') };
['button', '.primary', 'input:not([type])', 'textarea', 'select', '.card', 'progress'].forEach(lined);
const [on, off] = [style('.card:has(:checked)'), style('.card:not(:has(:checked))')];
if (on && on.outlineStyle === off.outlineStyle) wrong.push('the chosen card is like the others');
for (const sign of ['.error', '[data-state=done]', '[data-state=failed]'])
  if (/^(none|normal)?$/.test(style(sign, '::before')?.content ?? '!')) wrong.push(sign + ' has no sign');
const running = style('[data-state=running]', '::before'), pending = style('[data-state=pending]', '::before');
if (running && pending && running.borderTopWidth === pending.borderTopWidth) wrong.push('the running step is like the next');
for (const e of document.querySelectorAll('main *'))
  if (e.checkVisibility() && e.tagName !== 'PROGRESS' && getComputedStyle(e).forcedColorAdjust === 'none') wrong.push(e.id + ' keeps its colours');
return wrong;";

#[tokio::test]
async fn e41_it_can_be_used_in_forced_colours() {
    let forced = async |page: &Page| page.prefer(&[("forced-colors", "active")]).await;
    let look = async |page: &Page, state: &str| {
        ensure!(
            page.script("return matchMedia('(forced-colors: active)').matches")
                .await?
                == json!(true)
        );
        let wrong = page.script(APART).await?;
        ensure!(wrong == json!([]), "{state}: {wrong:#}");
        Ok(())
    };
    in_every_state("e41", &[Lang::En], forced, look).await;
}

#[tokio::test]
async fn e44_the_frame_has_a_title() {
    let scene = Scene::start(CLOCK).await.unwrap();
    let service = scene.service().unwrap().origin();
    let page = format!(
        "<!doctype html><html lang=en><title>A page</title><script type=module src={service}/embed.js></script>\
         <peertube-deploy site=default></peertube-deploy>\
         <peertube-deploy site=default frame-title='Een eigen PeerTube'></peertube-deploy>"
    );
    let address = scene.host.put("/page", &[], &page);
    let played = browser::drive("e44", async |page| {
        page.open(&address).await?;
        page.until("iframe").await?;
        let titles = "return [...document.querySelectorAll('iframe')].map((f) => f.title)";
        let titles: Value = page.script(titles).await?;
        assert_eq!(
            titles,
            json!(["Deploy your own PeerTube", "Een eigen PeerTube"])
        );
        Ok(())
    });
    played.await.unwrap();
}
