//! Every way of embedding the widget on one page, each beside the lines that do it.

/// What the gallery shows: a heading, what to know, and the lines.
const WAYS: [(&str, &str, &str); 7] = [
    (
        "A frame",
        "Complete without any script. Its height is fixed.",
        r#"<iframe src="SERVICE/embed/default" title="Deploy your own PeerTube"
        allow="clipboard-write" width="100%" height="1500" style="border: 0"></iframe>"#,
    ),
    (
        "The element",
        "Always as high as the form; its events are listed at the foot of this page.",
        r#"<peertube-deploy site="default"></peertube-deploy>"#,
    ),
    (
        "In the page's colours",
        "Theme, accent and corners, known before the first paint.",
        r##"<peertube-deploy site="default" theme="dark" accent="#ffb454" radius="2px"></peertube-deploy>"##,
    ),
    (
        "In another language",
        "By attribute; the element stands in a page that is written from right to left.",
        r#"<div dir="rtl"><peertube-deploy site="default" lang="ar" frame-title="انشر PeerTube"></peertube-deploy></div>"#,
    ),
    (
        "Filled in",
        "Marked as such in the form, checked as if it were typed, and the visitor's to change.",
        r#"<peertube-deploy site="default" prefill='{"name":"harbour","size":"mid","location":"vienna"}'></peertube-deploy>"#,
    ),
    (
        "Sandboxed",
        "With the flags that it needs and no others.",
        r#"<iframe src="SERVICE/embed/default?theme=light" title="Deploy your own PeerTube"
        sandbox="allow-scripts allow-same-origin allow-forms allow-popups"
        allow="clipboard-write" width="100%" height="1500" style="border: 0"></iframe>"#,
    ),
    (
        "For a site that there is not",
        "Only pages that a site names may show the form: this stays empty, and the console says why.",
        r#"<iframe src="SERVICE/embed/nobody" title="Nothing" width="100%" height="200"></iframe>"#,
    ),
];

/// The page; `service` is the origin of the widget.
pub(crate) fn page(service: &str) -> String {
    let ways: String = WAYS
        .iter()
        .map(|(heading, note, lines)| {
            let lines = lines.replace("SERVICE", service);
            let shown = lines
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            format!("<section><h2>{heading}</h2><p>{note}</p><pre><code>{shown}</code></pre>{lines}</section>\n")
        })
        .collect();
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Every way of embedding Gridtube</title>
<link rel="icon" href="data:,">
<style>
body {{ max-width: 44rem; margin: 0 auto; padding: 1rem; font: 16px/1.5 system-ui, sans-serif }}
section {{ margin-block: 4rem; border-block-start: 1px solid #8888 }}
pre {{ overflow-x: auto; padding: 1rem; border: 1px solid #8888; font-size: .85rem }}
peertube-deploy:not(:defined) {{ display: block; block-size: 1450px }}
</style>
<script type="module" src="{service}/embed.js"></script>
</head>
<body>
<h1>Every way of embedding Gridtube</h1>
<p>The elements below need one line in the page's head:</p>
<pre><code>&lt;script type="module" src="{service}/embed.js"&gt;&lt;/script&gt;</code></pre>
{ways}<section><h2>What the elements say</h2><ol id="heard"></ol></section>
<script>
for (const name of ["ready", "change", "submit", "progress", "success", "error", "resize", "focus-exit"])
  addEventListener("peertube-deploy:" + name, ({{ target, type, detail }}) => {{
    const which = [...document.querySelectorAll("peertube-deploy")].indexOf(target) + 1;
    const line = document.createElement("li");
    line.textContent = `element ${{which}}: ${{type}} ${{JSON.stringify(detail)}}`;
    document.getElementById("heard").append(line);
  }});
</script>
</body>
</html>
"#
    )
}
