//! The element `<peertube-deploy>` on pages of another origin, strict ones and hostile ones.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use anyhow::ensure;
use harness::{
    browser::{self, Page},
    gridtube::QUICK,
    scene::Scene,
};
use serde_json::{Value, json};
use words::{Flaw, Lang};

/// Keeps every event of every element, in order.
const RECORDER: &str = "
window.heard = [];
for (const name of ['ready','change','submit','progress','success','error','resize','focus-exit'])
  addEventListener('peertube-deploy:' + name, ({ target, detail }) =>
    heard.push({ on: target.id, type: name, ...detail }));
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) window.shifted = (window.shifted ?? 0) + shift.value;
}).observe({ type: 'layout-shift', buffered: true });
addEventListener('securitypolicyviolation', (event) => (window.violated = event.violatedDirective));
";

/// Plays a test on a page of the host; `body` may say `SERVICE`. Only the lines that our documents name
/// stand in the page's policy.
async fn on_a_page(
    name: &str,
    body: &str,
    test: impl AsyncFnOnce(&Scene, &Page) -> anyhow::Result<()>,
) {
    let scene = Scene::start(QUICK).await.unwrap();
    let service = scene.service().unwrap().origin();
    let policy = format!("default-src 'self'; script-src 'self' {service}; frame-src {service}");
    scene.host.put("/recorder.js", &[], RECORDER);
    let neighbour =
        "onmessage = ({ data, ports }) => parent.frames[0].postMessage(data, '*', [...ports])";
    scene.host.put("/neighbour.js", &[], neighbour);
    scene.host.put(
        "/neighbour",
        &[],
        "<script src=/neighbour.js></script>A neighbour",
    );
    let policy = match body.contains("/neighbour") {
        true => policy + " 'self'",
        false => policy,
    };
    let page = format!(
        "<!doctype html><html lang=en><title>A page</title><link rel=stylesheet href=/page.css><script src=/recorder.js></script>\
         <script type=module src={service}/embed.js></script><body>{}",
        body.replace("SERVICE", &service)
    );
    // Holds the place until the script has come.
    let css = "peertube-deploy:not(:defined) { display: block; block-size: 1450px }";
    scene.host.put("/page.css", &[], css);
    let headers = [("content-security-policy", policy.as_str())];
    let address = scene.host.put("/page", &headers, &page);
    let played = browser::drive(name, async |browser| {
        browser.open(&address).await?;
        test(&scene, browser).await
    });
    played.await.unwrap();
}

async fn heard(page: &Page) -> anyhow::Result<Vec<Value>> {
    let heard = page.script("return window.heard").await?;
    Ok(serde_json::from_value(heard)?)
}

/// Waits, on the host page, until a script says something else than null.
async fn until(page: &Page, script: &str) -> anyhow::Result<Value> {
    let begun = std::time::Instant::now();
    loop {
        let said = page.script(&format!("return ({script}) ?? null")).await?;
        if !said.is_null() {
            return Ok(said);
        }
        ensure!(begun.elapsed() < browser::PATIENCE, "{script} stays null");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

const READY: &str = "window.heard.find((e) => e.type === 'ready')";

#[tokio::test]
async fn a_strict_page_hears_of_everything_and_of_no_secret() {
    let body = "<h1>Above</h1><peertube-deploy id=one site=default></peertube-deploy><p>Below";
    on_a_page("element", body, async |scene, page| {
        until(page, READY).await?;
        page.into_widget().await?;
        page.fill("#f-name", "myclub").await?;
        let demo = format!("{}/demo.git", scene.git.origin());
        page.fill_checked("#f-git_url", &demo, "branch main").await?;
        page.click("#deploy").await?;
        page.until_screen("review").await?;
        page.click("#confirm").await?;
        page.until_screen("result").await?;
        page.click("#reveal").await?;
        let password = page.until("#password").await?.text().await?;
        let capability = page.script("return location.hash").await?;
        let capability = capability.as_str().unwrap().rsplit('.').next().unwrap().to_owned();
        ensure!(capability.len() > 20 && password.len() > 8, "{capability} {password}");
        page.client.clone().enter_parent_frame().await?;

        let heard = heard(page).await?;
        let kinds: Vec<_> = heard.iter().map(|e| e["type"].as_str().unwrap()).collect();
        let order: Vec<_> = kinds.iter().filter(|k| !["resize", "change"].contains(k)).collect();
        assert_eq!(*order[0], "ready");
        assert_eq!(*order[1], "submit");
        assert!(order[2..order.len() - 1].iter().all(|k| **k == "progress"), "{order:?}");
        assert_eq!(**order.last().unwrap(), "success");
        let change = |complete: bool| json!({ "on": "one", "type": "change", "valid": true, "complete": complete });
        assert!(heard.contains(&change(false)) && heard.contains(&change(true)), "{heard:?}");
        let success = heard.iter().find(|e| e["type"] == "success").unwrap();
        assert!(success["url"].as_str().unwrap().contains("myclub.ava.tf"));

        let all = serde_json::to_string(&heard)?;
        for secret in [&password, &capability, "demo.git", "ssh-"] {
            assert!(!all.contains(secret), "{secret} in {all}");
        }
        assert_eq!(page.script("return window.violated ?? null").await?, Value::Null);
        // The frame is as high as what it shows, once the last change has been drawn.
        until(page, "document.querySelector('iframe').clientHeight === \
            window.heard.findLast((e) => e.type === 'resize').height || null").await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_below_the_form_does_not_jump_while_it_loads() {
    let body = "<peertube-deploy id=one site=default></peertube-deploy><p>Below";
    on_a_page("shift", body, async |_, page| {
        until(page, "window.heard.find((e) => e.type === 'resize')").await?;
        let shifted = page.script("return window.shifted ?? 0").await?;
        assert!(shifted.as_f64().unwrap() < 0.02, "{shifted}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn two_forms_on_a_page_are_two() {
    let body = "<peertube-deploy id=one site=default loading=eager></peertube-deploy>\
        <peertube-deploy id=two site=default loading=eager theme=dark accent=%2358d0b6 radius=2px \
        prefill='{\"name\":\"harbour\",\"size\":\"mid\",\"ssh_key\":\"x\"}'></peertube-deploy>";
    let body = body.replace("%23", "#");
    on_a_page("two", &body, async |_, page| {
        until(
            page,
            "window.heard.find((e) => e.type === 'ready' && e.on === 'one')",
        )
        .await?;
        until(
            page,
            "window.heard.find((e) => e.type === 'ready' && e.on === 'two')",
        )
        .await?;
        page.client.clone().enter_frame(0).await?;
        page.until("html[data-ready]:not([data-theme])").await?;
        assert_eq!(page.value("#f-name").await?, "");
        page.client.clone().enter_parent_frame().await?;
        page.client.clone().enter_frame(1).await?;
        page.until("html[data-ready][data-theme=dark]").await?;
        filled_in(page, "harbour").await?;
        let from = "return [...document.querySelectorAll('.hint')].filter((h) => !h.hidden \
            && h.textContent.startsWith('Filled in by 127.0.0.1:')).length";
        assert_eq!(page.script(from).await?, 2);
        assert_eq!(
            page.script("return document.querySelector('#f-size-mid').checked")
                .await?,
            true
        );
        let style = "const s = getComputedStyle(document.documentElement); \
            return s.getPropertyValue('--accent-dark') + s.getPropertyValue('--accent-light') \
            + s.getPropertyValue('--radius')";
        // Too pale on white: refused there.
        assert_eq!(page.script(style).await?, "#58d0b62px");
        // What the visitor types is the visitor's.
        page.fill("#f-name", "mine").await?;
        assert_eq!(page.script(from).await?, 1);
        Ok(())
    })
    .await;
}

/// The message that does it comes when it comes.
async fn filled_in(page: &Page, name: &str) -> anyhow::Result<()> {
    let begun = std::time::Instant::now();
    while page.value("#f-name").await? != name {
        ensure!(begun.elapsed() < browser::PATIENCE, "it is not filled in");
    }
    Ok(())
}

/// By attribute or by property, before the script has come or after.
#[tokio::test]
async fn options_are_attributes_and_properties() {
    let body = "<div id=place></div>";
    on_a_page("options", body, async |_, page| {
        let make = "const made = document.createElement('peertube-deploy'); Object.assign(made, { site: 'default', theme: 'dark', frameTitle: 'Mine', loading: 'eager', \
              prefill: { name: 'harbour' } }); place.append(made); \
            return [made.getAttribute('frame-title'), made.getAttribute('prefill'), made.theme, \
              made.service.endsWith('/'), made.accent]";
        until(page, "customElements.get('peertube-deploy') ? 1 : null").await?;
        let seen = page.script(make).await?;
        assert_eq!(seen, json!(["Mine", "{\"name\":\"harbour\"}", "dark", true, null]));
        page.into_widget().await?;
        page.until("html[data-theme=dark]").await?;
        filled_in(page, "harbour").await?;
        page.client.clone().enter_parent_frame().await?;
        // Set while the element was not yet known.
        let early = "class Late extends customElements.get('peertube-deploy') {} \
            const e = document.createElement('late-form'); e.site = 'default'; e.theme = 'light'; \
            place.append(e); customElements.define('late-form', Late); \
            return [e.getAttribute('site'), e.theme, Object.hasOwn(e, 'theme'), e.firstChild.src.includes('theme=light')]";
        assert_eq!(page.script(early).await?, json!(["default", "light", false, true]));
        let gone = "made = document.querySelector('peertube-deploy'); made.theme = null; \
            return made.hasAttribute('theme')";
        assert_eq!(page.script(gone).await?, json!(false));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_frame_that_is_reloaded_is_heard_again() {
    let body = "<peertube-deploy id=one site=default></peertube-deploy>";
    on_a_page("frame_reload", body, async |_, page| {
        until(page, READY).await?;
        page.client.clone().enter_frame(0).await?;
        page.script("location.reload()").await?;
        page.client.clone().enter_parent_frame().await?;
        let twice = "window.heard.filter((e) => e.type === 'ready').length > 1 || null";
        until(page, twice).await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn s17_nonsense_and_forgeries_change_nothing() {
    let body = "<iframe src='SERVICE/embed/default' width=900 height=1500></iframe>\
        <iframe id=sibling src=/neighbour></iframe>";
    on_a_page("hostile", body, async |_, page| {
        page.client.clone().enter_frame(0).await?;
        page.until("html[data-ready]").await?;
        page.client.clone().enter_parent_frame().await?;
        page.script("addEventListener('message', (e) => (window.syn = { ...e.data }))")
            .await?;
        page.client.clone().enter_frame(0).await?;
        page.script("location.reload()").await?;
        page.client.clone().enter_parent_frame().await?;
        let syn = until(page, "window.syn").await?;
        assert_eq!(syn["type"], "syn");
        assert_eq!(syn.as_object().unwrap().len(), 4, "{syn}");
        // A neighbour in the page answers in the parent's place; the parent sends nonsense, then asks
        // for what no page may ask.
        let hostile = "
            const frame = frames[0], known = { ns: 'peertube-deploy', type: 'ack', v: 1, id: syn.id };
            const forged = new MessageChannel(), mine = new MessageChannel();
            window.got = []; window.stolen = [];
            forged.port1.onmessage = (e) => stolen.push(e.data);
            mine.port1.onmessage = (e) => got.push(e.data);
            sibling.contentWindow.postMessage(known, '*', [forged.port2]);
            for (const other of [{ ...known, id: 'other' }, { ...known, v: 9 }, { ...known, ns: 'x' }])
              frame.postMessage(other, '*', [new MessageChannel().port2]);
            frame.postMessage(known, '*');
            let deep = {}; for (let i = 0; i < 1000; i++) deep = { type: deep, prefill: deep };
            frame.postMessage(deep, '*');
            frame.postMessage(known, '*', [mine.port2]);
            frame.postMessage(known, '*', [new MessageChannel().port2]);
            const words = ['config', 'submit', 'confirm', 'order', 'deploy', '', null, 7, {}, [], 'constructor'];
            const any = () => words[Math.floor(Math.random() * words.length)];
            for (let i = 0; i < 10000; i++) mine.port1.postMessage(
              { type: any(), prefill: any(), grant: any(), theme: any(), accent: any(), [any()]: any() });
            mine.port1.postMessage(deep);
            mine.port1.postMessage({ type: 'config', prefill:
              { name: '<img src=x onerror=alert(1)>', git_url: 'javascript:alert(1)', domain: 'evil.example' } });
            mine.port1.postMessage({ type: 'config', prefill: { name: 'my\\u0441lub' } });
            mine.port1.postMessage({ type: 'focus' });";
        page.script(hostile).await?;
        until(page, "window.got.find((m) => m.type === 'ready')").await?;
        page.client.clone().enter_frame(0).await?;
        page.until("html[data-ready]").await?;
        page.until_focused("title").await?;
        assert_eq!(page.value("#f-name").await?, "");
        assert_eq!(page.value("#f-git_url").await?, "");
        assert_eq!(page.value("#f-domain").await?, "ava.tf");
        assert!(page.shows("main[data-screen=form]").await);
        page.client.clone().enter_parent_frame().await?;
        assert_eq!(page.script("return window.stolen").await?, json!([]));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_sandboxed_frame_works_with_the_flags_that_are_documented() {
    let body = "<iframe src='SERVICE/embed/default' width=900 height=1500 \
        sandbox='allow-scripts allow-same-origin allow-forms allow-popups'></iframe>";
    on_a_page("sandbox", body, deploys).await;
}

#[tokio::test]
async fn a_right_to_left_page_embeds_it() {
    let body = "<div dir=rtl><peertube-deploy id=one site=default></peertube-deploy></div>";
    on_a_page("rtl", body, deploys).await;
}

/// Deploys, from a page whose first frame is the widget.
async fn deploys(_: &Scene, page: &Page) -> anyhow::Result<()> {
    until(page, "document.querySelector('iframe')?.id").await?;
    page.into_widget().await?;
    page.fill("#f-name", "myclub").await?;
    page.click("#deploy").await?;
    page.until_screen("review").await?;
    page.click("#confirm").await?;
    page.until_screen("result").await
}

#[tokio::test]
async fn an_isolated_page_may_show_it() {
    let scene = Scene::start(QUICK).await.unwrap();
    let service = scene.service().unwrap().origin();
    let page = format!("<!doctype html><iframe src={service}/embed/default height=1500></iframe>");
    let headers = [
        ("cross-origin-embedder-policy", "require-corp"),
        ("cross-origin-opener-policy", "same-origin"),
    ];
    let address = scene.host.put("/isolated", &headers, &page);
    let played = browser::drive("coep", async |browser| {
        browser.open(&address).await?;
        assert_eq!(browser.script("return crossOriginIsolated").await?, true);
        deploys(&scene, browser).await
    });
    played.await.unwrap();
}

#[tokio::test]
async fn a_page_that_the_site_does_not_name_cannot_show_it() {
    let body = "<iframe src='SERVICE/embed/nobody' width=900 height=900></iframe>";
    on_a_page("unknown_site", body, async |_, page| {
        page.client.clone().enter_frame(0).await?;
        let shown = page
            .script("return document.querySelector('form') === null")
            .await?;
        assert_eq!(shown, true);
        Ok(())
    })
    .await;
}

/// The language comes from the attribute, the page's address or the browser, in that order.
#[tokio::test]
async fn the_form_speaks_the_language_that_the_page_asks_for() {
    let body = "<peertube-deploy id=a site=default loading=eager lang=ar-EG></peertube-deploy>";
    on_a_page("embed_language", body, async |scene, page| {
        page.into_widget().await?;
        page.until("html[lang=ar][dir=rtl]").await?;
        page.until_says("#title", "انشر PeerTube").await?;
        page.fill("#f-name", "ab").await?;
        page.click("#f-git_url").await?;
        page.until_says("#f-name-error", Flaw::NameTooShort.text(Lang::Ar))
            .await?;
        page.client.clone().enter_parent_frame().await?;
        page.script("document.querySelector('peertube-deploy').lang = 'de'")
            .await?;
        page.into_widget().await?;
        page.until("html[lang=de][dir=ltr]").await?;
        // What was typed stays.
        ensure!(page.value("#f-name").await? == "ab");
        page.open(&format!(
            "{}/embed/default?lang=fr",
            scene.service()?.origin()
        ))
        .await?;
        page.until("html[lang=fr][data-ready]").await?;
        page.open(&format!(
            "{}/embed/default?lang=xx",
            scene.service()?.origin()
        ))
        .await?;
        page.until("html[lang=en][data-ready]").await.map(drop)
    })
    .await;
}
