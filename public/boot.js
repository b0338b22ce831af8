// Before the first paint: the look that the page around asks for, where it can be read. Then the widget,
// from the preload links that trunk wrote; the browser does not check the integrity of a preloaded wasm,
// so this fetch does.
{
  const root = document.documentElement;
  // Relative luminance (WCAG 2), and how two colours differ in it.
  const light = (hex) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => {
      const c = parseInt(hex.substr(2 * at + 1, 2), 16) / 255;
      return sum + weight * (c > 0.04045 ? ((c + 0.055) / 1.055) ** 2.4 : c / 12.92);
    }, 0.05);
  const contrast = (a, b) => Math.max(light(a) / light(b), light(b) / light(a));
  const query = new URLSearchParams(location.search);
  // The languages that there are pages in. The service chooses the page; on a static host it is a file.
  const known = (tag) => /^(en|nl|fr|de|ar)(?![a-z])/i.exec(tag)?.[1].toLowerCase();
  const turn = (lang) => {
    query.set("lang", lang);
    const file = "chosen" in root.dataset ? "" : lang === "en" ? "index.html" : `index.${lang}.html`;
    location.replace(`${file}?${query}${location.hash}`);
  };
  let started = false;
  // What cannot be read is not taken: an accent under 4.5:1, a length of another unit.
  const look = ({ theme, accent, radius, lang }) => {
    if (started && known(lang) && known(lang) !== root.lang) turn(known(lang));
    if (/^(light|dark|auto)$/.test(theme)) root.dataset.theme = theme;
    if (/^\d\d?px$/.test(radius) && parseInt(radius) <= 24) root.style.setProperty("--radius", radius);
    const hex = /^#?([\da-f]{3}){1,2}$/i.test(accent) && String(accent).replace("#", "");
    if (!hex) return;
    const colour = "#" + (hex[3] ? hex : hex.replace(/./g, "$&$&"));
    for (const [scheme, canvas] of [["light", "#ffffff"], ["dark", "#16181c"]]) {
      if (contrast(colour, canvas) < 4.5) continue;
      root.style.setProperty("--accent-" + scheme, colour);
      root.style.setProperty("--on-" + scheme, contrast(colour, "#ffffff") < 4.5 ? "#000" : "#fff");
    }
  };
  window.gridtubeLook = look;
  look(Object.fromEntries(query));

  started = true;
  const wanted = [query.get("lang"), ...navigator.languages].map(known).find(Boolean);
  if (!("chosen" in root.dataset) && root.lang === "en" && wanted && wanted !== "en") turn(wanted);

  // Numbers, lengths of time and prices, as the page's language writes them.
  window.gridtubeFormat = (number, unit) => {
    const how = { style: "unit", unit, unitDisplay: "short" };
    const money = { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" };
    return new Intl.NumberFormat(root.lang + "-u-nu-latn", unit ? (unit === "usd" ? money : how) : {}).format(number);
  };

  const start = async () => {
    const link = (type) => document.querySelector(`link[rel="${type}"]`);
    try {
      const wasm = link("preload");
      const glue = await import(link("modulepreload").href);
      await glue.default({ module_or_path: fetch(wasm.href, { integrity: wasm.integrity }) });
    } catch (reason) {
      console.error(reason);
      document.title = document.querySelector(".apart").textContent + document.title;
      const said = document.getElementById("unstarted").content.firstChild;
      said.querySelector("a").href = location;
      document.getElementById("deploy-note")?.replaceChildren(said);
    }
  };
  document.addEventListener("DOMContentLoaded", start);
}
