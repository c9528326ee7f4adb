/* <time-ago datetime="...">3 May 2026</time-ago> shows "2 days ago" and keeps it current. The server's text stays in
   the light DOM, so morphing a live region never fights with it. */
const STEPS = [
  ["year", 31536000],
  ["month", 2592000],
  ["week", 604800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "long" });

/** The moment in words, as seen from now (milliseconds). */
export function relative(moment, now) {
  const seconds = Math.round((moment - now) / 1000);
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  if (unit === "second") return words.format(0, "second");
  return words.format(Math.trunc(seconds / size), unit);
}

class TimeAgo extends HTMLElement {
  static observedAttributes = ["datetime"];

  connectedCallback() {
    this.shadow ??= this.attachShadow({ mode: "open" });
    shown.add(this);
    this.show();
  }

  disconnectedCallback() { shown.delete(this); }

  attributeChangedCallback() { if (this.shadow) this.show(); }

  show() {
    const moment = Date.parse(this.getAttribute("datetime"));
    if (!Number.isNaN(moment)) this.shadow.textContent = relative(moment, Date.now());
  }
}

const shown = new Set();
customElements.define("time-ago", TimeAgo);
setInterval(() => shown.forEach((element) => element.show()), 30000);
