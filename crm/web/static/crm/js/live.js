/* Live regions: every [data-live] on the page is followed over one socket, and its new HTML morphed in place. */
import { LiveSocket } from "./live-socket.js";
import { morph } from "./live-morph.js";

const regions = new Map(); // subscription id -> element
const ids = new WeakMap(); // element -> subscription id
let lastNumber = 0;

const socket = new LiveSocket({
  locale: () => ({
    language: document.documentElement.lang,
    time_zone: document.querySelector("[data-live-zone]")?.dataset.liveZone ?? "",
  }),
  onState(state) {
    document.documentElement.dataset.connection = state;
  },
  onChange(id, change) {
    const element = regions.get(id);
    if (element) take(element, change);
  },
  onClosed(code, reason) {
    document.dispatchEvent(new CustomEvent("live:closed", { detail: { code, reason } }));
    if (!document.getElementById("closed-dialog")) location.assign("/login/");
  },
});

function take(element, change) {
  element.dataset.liveHash = change.hash;
  if (change.unchanged) return;
  morph(element, change.html);
  scan();
  document.dispatchEvent(new CustomEvent("live:updated", { detail: { element } }));
}

/** Subscribe to the regions that have come, unsubscribe from those that have gone or ask for something else. */
function scan() {
  for (const [id, element] of regions) {
    if (element.isConnected && socket.holds(id, element.dataset.live, element.dataset.liveArgs)) continue;
    regions.delete(id);
    ids.delete(element);
    socket.unsubscribe(id);
  }
  for (const element of document.querySelectorAll("[data-live]")) {
    if (ids.has(element)) continue;
    const id = String((lastNumber += 1));
    ids.set(element, id);
    regions.set(id, element);
    const { live, liveArgs, liveHash } = element.dataset;
    socket.subscribe(id, { fragment: live, args: liveArgs || "{}", hash: liveHash ?? "" });
  }
}

new MutationObserver(scan).observe(document.body, {
  childList: true,
  subtree: true,
  attributeFilter: ["data-live", "data-live-args"],
});
scan();
if (regions.size) socket.connect();
