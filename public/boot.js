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
  // What cannot be read is not taken: an accent under 4.5:1, a length of another unit.
  const look = ({ theme, accent, radius }) => {
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
  look(Object.fromEntries(new URLSearchParams(location.search)));

  const start = async () => {
    const link = (type) => document.querySelector(`link[rel="${type}"]`);
    try {
      const wasm = link("preload");
      const glue = await import(link("modulepreload").href);
      await glue.default({ module_or_path: fetch(wasm.href, { integrity: wasm.integrity }) });
    } catch (reason) {
      console.error(reason);
      const again = Object.assign(document.createElement("a"), { href: location, target: "_blank" });
      again.textContent = "Open it in a new tab";
      document.title = "Error: " + document.title;
      document.getElementById("deploy-note")?.replaceChildren("This form could not be started. ", again, ", or reload this page.");
    }
  };
  document.addEventListener("DOMContentLoaded", start);
}
