/** What the form can be filled in with. Not the SSH key and not the e-mail: these are the visitor's. */
export interface Prefill {
  size?: string;
  location?: string;
  name?: string;
  domain?: string;
  git_url?: string;
}

/** What each event tells, in its `detail`. */
export interface PeertubeDeployEvents {
  /** The form lives. */
  "peertube-deploy:ready": CustomEvent<{ version: 1 }>;
  /** Whether no error is shown, and whether an order could be sent, has changed. */
  "peertube-deploy:change": CustomEvent<{ valid: boolean; complete: boolean }>;
  /** An order was accepted. */
  "peertube-deploy:submit": CustomEvent<{ id: string }>;
  /** A step of the deployment has begun. */
  "peertube-deploy:progress": CustomEvent<{
    step: number;
    of: number;
    name: "contracts" | "machine" | "peertube" | "address" | "check";
  }>;
  /** It is ready. */
  "peertube-deploy:success": CustomEvent<{ id: string; url: string }>;
  /** It failed; the code is the API's. */
  "peertube-deploy:error": CustomEvent<{ code: string }>;
  /** The form is this high now, in CSS pixels. */
  "peertube-deploy:resize": CustomEvent<{ height: number }>;
  /** The focus left the form by the keyboard. */
  "peertube-deploy:focus-exit": CustomEvent<{ direction: "forward" | "backward" }>;
}

/** `<peertube-deploy>`. Each property is also an attribute; `frameTitle` is `frame-title`. */
export class PeertubeDeploy extends HTMLElement {
  /** Where the service is; the default is where this script came from. */
  service: string;
  /** Your site, as the service's operator calls it. */
  site: string | null;
  lang: string;
  theme: "light" | "dark" | "auto" | null;
  /** `#rrggbb`; refused under 4.5:1. */
  accent: string | null;
  /** `0px` to `24px`. */
  radius: string | null;
  /** Set as an object, read as its JSON. */
  get prefill(): string | null;
  set prefill(value: Prefill | string | null);
  /** A token of the site's, that lets this visitor deploy. */
  grant: string | null;
  loading: "lazy" | "eager" | null;
  /** What screen readers call the frame. */
  frameTitle: string | null;
  /** Moves the focus to the beginning of the form. */
  focus(): void;
  /** Empties the form, unless something is being deployed. */
  reset(): void;
  addEventListener<K extends keyof PeertubeDeployEvents>(
    type: K,
    listener: (this: PeertubeDeploy, event: PeertubeDeployEvents[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "peertube-deploy": PeertubeDeploy;
  }
}
