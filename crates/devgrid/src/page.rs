//! How the stand-in pages look: plain HTML, light and dark, no script, plainly not PeerTube.

use crate::{Instance, LedgerView};

const GIB: u64 = 1 << 30;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1c1f24; --soft: #5c6470; --line: #d9dde3; --back: #fbfbfa;
  --mark: #7a4b00; --mark-back: #fff4dc }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #a0a8b4; --line: #33383f;
  --back: #14161a; --mark: #ffd48a; --mark-back: #33270f } }
* { box-sizing: border-box }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 40rem; margin: 0 auto; padding: 4rem 1rem }
h1 { font-size: clamp(1.5rem, 6vw, 2.25rem); line-height: 1.2; margin: 0 0 .5rem;
  overflow-wrap: anywhere; font-weight: 650 }
p { margin: 0 0 1rem } .soft { color: var(--soft) }
.mark { background: var(--mark-back); color: var(--mark); border-radius: .5rem;
  padding: .75rem 1rem; margin: 0 0 2rem }
dl { margin: 2rem 0 0; border-top: 1px solid var(--line) }
dl div { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .75rem 0;
  border-bottom: 1px solid var(--line) }
dt { flex: 0 0 8rem; color: var(--soft) } dd { margin: 0; flex: 1 1 14rem; overflow-wrap: anywhere }
a { color: inherit }
";

/// The instance's page.
pub(crate) fn instance(instance: &Instance) -> String {
    let facts = [
        ("Address", instance.address.clone()),
        (
            "Size",
            format!(
                "{} vCPU, {} memory, {} disk",
                instance.vcpu,
                gib(instance.memory),
                gib(instance.disk)
            ),
        ),
        ("Image", instance.flist.clone()),
        ("Machine on", format!("node {}", instance.node)),
        ("Gateway on", format!("node {}", instance.gateway)),
        ("IPv6", instance.ipv6.clone()),
    ];
    let facts: String = facts
        .iter()
        .map(|(term, fact)| format!("<div><dt>{term}</dt><dd>{}</dd></div>\n", escape(fact)))
        .collect();
    let name = escape(&instance.name);
    page(
        &instance.name,
        "",
        &format!(
            "<p class=\"mark\">This is not PeerTube. It stands in for it on the development grid.</p>\n\
             <h1>{name}</h1>\n\
             <p class=\"soft\">Deployed on the development grid, where no money is spent and no \
             machine runs.</p>\n<dl>\n{facts}</dl>\n"
        ),
    )
}

/// Between the order and the first answer. Asks again by itself.
pub(crate) fn starting(address: &str) -> String {
    page(
        "Still starting",
        "<meta http-equiv=\"refresh\" content=\"3\">\n",
        &format!(
            "<h1>Still starting</h1>\n<p>{} is deployed on the development grid, and nothing \
             answers there yet. This page looks again every three seconds.</p>\n",
            escape(address)
        ),
    )
}

/// No such host, or no such path.
pub(crate) fn nothing(what: &str) -> String {
    page(
        "Nothing here",
        "",
        &format!(
            "<h1>Nothing here</h1>\n<p>The development grid has nothing at {}.</p>\n\
             <p><a href=\"/.devgrid/ledger\">The ledger</a> lists every contract that is live.</p>\n",
            escape(what)
        ),
    )
}

/// The grid's own page.
pub(crate) fn grid(ledger: &LedgerView) -> String {
    page(
        "The development grid",
        "",
        &format!(
            "<h1>The development grid</h1>\n<p>Block {}, finalized {}, {} live contracts.</p>\n\
             <p><a href=\"/ledger\">The ledger</a></p>\n",
            ledger.block,
            ledger.finalized,
            ledger.contracts.len()
        ),
    )
}

fn page(title: &str, head: &str, main: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n{head}\
         <title>{} (stand-in)</title>\n<style>{STYLE}</style>\n<main>\n{main}</main>\n</html>\n",
        escape(title)
    )
}

fn gib(bytes: u64) -> String {
    format!("{} GiB", bytes / GIB)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_wrote_stays_text() {
        let html = nothing("<script>\"&");
        assert!(html.contains("&lt;script&gt;&quot;&amp;"));
        assert!(!html.contains("<script"));
    }
}
