/* Keys: any element with data-key="c" or "g c" is pressed (or focused, if one types in it) by that key.
   j and k walk the rows of the table, "?" lists what there is. Single keys can be turned off (WCAG 2.1.4). */
const OFF = "shortcuts-off";
const PAUSE = 900;
const list = document.getElementById("shortcuts-dialog");
let typed = "";
let timer;

const typing = (element) => element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]");
const visible = (element) => element.checkVisibility?.() ?? true;

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return press(find("/"), event);
  if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(OFF)) return;
  if (typing(event.target)) return event.key === "Escape" && event.target.type === "search" && event.target.blur();
  if (document.querySelector("dialog[open], .menu:popover-open")) return;
  if (event.key === "?") return show(event);
  if (event.key === "j" || event.key === "k") return walk(event.key === "j" ? 1 : -1, event);
  if (event.key.length === 1) follow(event);
});

function follow(event) {
  clearTimeout(timer);
  const sequence = `${typed} ${event.key}`.trim();
  const target = find(sequence) ?? find(event.key);
  typed = target ? "" : event.key;
  timer = setTimeout(() => { typed = ""; }, PAUSE);
  if (target) press(target, event);
}

function find(keys) {
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)];
  return found.find(visible) ?? found[0];
}

function press(element, event) {
  if (!element) return;
  event.preventDefault();
  const drawer = element.closest("[popover]");
  if (drawer && !visible(element)) drawer.showPopover();
  if (typing(element)) {
    element.focus();
    element.select?.();
  } else element.click();
}

function walk(step, event) {
  const rows = [...document.querySelectorAll("#main .row-link")].filter(visible);
  if (!rows.length) return;
  event.preventDefault();
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
}

function show(event) {
  event?.preventDefault();
  const seen = new Set();
  const entries = [...document.querySelectorAll("[data-key][data-key-label]")]
    .filter(({ dataset }) => !seen.has(dataset.key) && seen.add(dataset.key))
    .map(({ dataset }) => entry(dataset.keyLabel, dataset.key));
  const fixed = list.querySelector("[data-fixed]").content.cloneNode(true);
  list.querySelector("dl").replaceChildren(...entries, fixed);
  list.querySelector("[data-shortcuts-off]").checked = Boolean(localStorage.getItem(OFF));
  list.showModal();
}

function entry(label, keys) {
  const row = document.createElement("div");
  row.append(document.createElement("dt"), document.createElement("dd"));
  row.firstChild.textContent = label;
  for (const key of keys.split(" ")) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    row.lastChild.append(cap, " ");
  }
  return row;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-shortcuts]")) return;
  event.target.closest("[popover]")?.hidePopover();
  show();
});
list.addEventListener("change", (event) => {
  if (event.target.checked) localStorage.setItem(OFF, "1");
  else localStorage.removeItem(OFF);
});
