// Starts the widget from the preload links that trunk wrote. The browser does not check the integrity
// of a preloaded wasm, so this fetch does.
const link = (type) => document.querySelector(`link[rel="${type}"]`);
const note = () => document.getElementById("deploy-note");
try {
  const wasm = link("preload");
  const glue = await import(link("modulepreload").href);
  await glue.default({ module_or_path: fetch(wasm.href, { integrity: wasm.integrity }) });
} catch (reason) {
  console.error(reason);
  const again = document.createElement("a");
  again.href = location.href;
  again.target = "_blank";
  again.rel = "noopener";
  again.textContent = "Open it in a new tab";
  document.title = "Error: " + document.title;
  note()?.replaceChildren("This form could not be started. ", again, ", or reload this page.");
}
