/* Live regions: every [data-live] on the page is followed over one socket, and its new HTML morphed in place;
   every [data-presence] shows who else looks at its record. */
import { LiveSocket } from "./live-socket.js";
import { morph } from "./live-morph.js";
import { showViewers } from "./live-presence.js";

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
  onPresence(id, members) {
    const element = regions.get(id);
    if (element) showViewers(element, members);
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
    if (element.isConnected && socket.holds(id, asked(element))) continue;
    regions.delete(id);
    ids.delete(element);
    socket.unsubscribe(id);
  }
  for (const element of document.querySelectorAll("[data-live], [data-presence]")) {
    if (ids.has(element)) continue;
    const id = String((lastNumber += 1));
    ids.set(element, id);
    regions.set(id, element);
    socket.subscribe(id, asked(element), element.dataset.liveHash ?? "");
  }
}

/** A region that was left alone for a while (a card was being dragged) asks for what it missed. */
document.addEventListener("live:again", ({ target }) => {
  const id = ids.get(target);
  if (id === undefined) return;
  regions.delete(id);
  ids.delete(target);
  socket.unsubscribe(id);
  target.dataset.liveHash = "";
  scan();
});

/** What the element asks for, in the protocol's words. */
function asked(element) {
  const { live, liveArgs, presence, presenceId } = element.dataset;
  if (presence) return { presence: { object: presence, record_id: Number(presenceId) } };
  return { fragment: live, args: JSON.parse(liveArgs || "{}") };
}

new MutationObserver(scan).observe(document.body, {
  childList: true,
  subtree: true,
  attributeFilter: ["data-live", "data-live-args"],
});
scan();
if (regions.size) socket.connect();
