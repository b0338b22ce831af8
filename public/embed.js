// <peertube-deploy site="…">: Gridtube's form in a frame of its own origin. The frame says `syn`, which
// carries nothing; this answers it with a port, to that origin alone; all else goes over the port.
const NS = "peertube-deploy";
const EVENTS = ["ready", "change", "submit", "progress", "success", "error", "resize", "focus-exit"];
// Known to the frame before its first paint.
const LOOK = ["lang", "theme", "accent", "radius"];
// Attributes, and by the same names in camel case properties.
const OPTIONS = ["service", "site", ...LOOK, "prefill", "grant", "loading", "frame-title"];
const camel = (name) => name.replace(/-(.)/, (_, letter) => letter.toUpperCase());
const HIGHEST = 20000;

// Servers that render pages import this too.
export class PeertubeDeploy extends (globalThis.HTMLElement ?? Object) {
  static observedAttributes = OPTIONS;
  #frame;
  #port;
  #origin;

  connectedCallback() {
    // Set before this script came.
    for (const name of OPTIONS.map(camel))
      if (Object.hasOwn(this, name)) {
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    const { service, site } = this;
    const url = new URL(site ? `embed/${encodeURIComponent(site)}` : ".", service);
    for (const name of LOOK) if (this.hasAttribute(name)) url.searchParams.set(name, this.getAttribute(name));
    this.#origin = url.origin;
    const frame = (this.#frame = document.createElement("iframe"));
    frame.loading = this.getAttribute("loading") === "eager" ? "eager" : "lazy";
    frame.title = this.getAttribute("frame-title") || "Deploy your own PeerTube";
    frame.allow = "clipboard-write";
    Object.assign(frame.style, { width: "100%", height: "1450px", border: 0, colorScheme: "normal" });
    this.style.display ||= "block";
    frame.src = url;
    addEventListener("message", this);
    this.replaceChildren(frame);
  }

  disconnectedCallback() {
    removeEventListener("message", this);
    this.#port?.close();
    this.#port = this.#frame = undefined;
    this.replaceChildren();
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#frame || before === now) return;
    if (name === "frame-title") this.#frame.title = now;
    else if (/^(service|site|lang|loading)$/.test(name)) this.disconnectedCallback(), this.connectedCallback();
    else this.#configure();
  }

  /** Moves the focus to the beginning of the form. */
  focus() {
    this.#frame?.focus();
    this.#port?.postMessage({ type: "focus" });
  }

  /** Empties the form, unless something is being deployed. */
  reset() {
    this.#port?.postMessage({ type: "reset" });
  }

  handleEvent({ source, origin, data }) {
    if (source !== this.#frame?.contentWindow || origin !== this.#origin) return;
    if (data?.ns !== NS || data.type !== "syn" || !(data.v?.[0] <= 1 && data.v[1] >= 1)) return;
    // A new one is a reload.
    this.#port?.close();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }) => this.#hear(data);
    source.postMessage({ ns: NS, type: "ack", v: 1, id: data.id }, origin, [port2]);
    this.#configure();
  }

  #hear({ type, ...detail }) {
    if (!EVENTS.includes(type)) return;
    if (type === "resize") {
      detail.height = Math.min(Math.max(Math.ceil(detail.height) || 0, 0), HIGHEST);
      this.#frame.style.height = detail.height + "px";
    }
    this.dispatchEvent(new CustomEvent(`${NS}:${type}`, { detail, bubbles: true, composed: true }));
  }

  #configure() {
    const config = { type: "config" };
    for (const name of [...LOOK, "grant"]) if (this.hasAttribute(name)) config[name] = this.getAttribute(name);
    try {
      config.prefill = JSON.parse(this.getAttribute("prefill"));
    } catch {
      console.warn("<peertube-deploy>: prefill is no JSON");
    }
    this.#port?.postMessage(config);
  }
}

for (const name of OPTIONS)
  Object.defineProperty(PeertubeDeploy.prototype, camel(name), {
    get() {
      // The service is beside this script, unless the attribute says otherwise.
      return this.getAttribute(name) ?? (name === "service" ? new URL(".", import.meta.url).href : null);
    },
    set(value) {
      if (value == null) this.removeAttribute(name);
      else this.setAttribute(name, typeof value === "object" ? JSON.stringify(value) : value);
    },
    enumerable: true,
    configurable: true,
  });

globalThis.customElements?.get(NS) || globalThis.customElements?.define(NS, PeertubeDeploy);
