/* Keys: any element with data-key="c" or "g c" is pressed (or focused, if one types in it) by that key. In lists j and
   k walk the rows, x ticks one (X all between), [ and ] turn the page. "?" shows all of them. Single keys can be turned
   off (WCAG 2.1.4); Ctrl-K, which opens the palette (palette.js), stays. */
const OFF = "shortcuts-off";
const PAUSE = 1500;
const ROWS = "#main .row-link, #main .task-link, #main .rows > li > .cover";
const list = document.getElementById("shortcuts-dialog");
let typed = "";
let timer;

const typing = (element) => element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]");
const visible = (element) => element.checkVisibility?.() ?? true;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(OFF)) return;
  if (typing(event.target)) return event.key === "Escape" && event.target.type === "search" && event.target.blur();
  if (document.querySelector("dialog[open], .menu:popover-open")) return;
  if (event.key === "?") return show(event);
  if (event.key === "j" || event.key === "k") return walk(event.key === "j" ? 1 : -1, event);
  if ("xX".includes(event.key) && tick(event)) return;
  if ("[]".includes(event.key)) return press(document.querySelector(`.pager [rel=${event.key === "[" ? "prev" : "next"}]`), event);
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
  if (typing(element) && !("palette" in element.dataset)) {
    element.focus();
    element.select?.();
  } else element.click();
  if (element.type === "radio") element.form.querySelector("textarea")?.focus();
}

function walk(step, event) {
  const rows = [...document.querySelectorAll(ROWS)].filter(visible);
  if (!rows.length) return;
  event.preventDefault();
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
}

/* The row's checkbox, where rows have one, or the circle of a task. The next row is at hand when it goes. */
function tick(event) {
  const row = document.activeElement.closest("tr, .task");
  const box = row?.querySelector("input[type=checkbox], .done-toggle");
  if (!box) return false;
  event.preventDefault();
  const next = row.matches(".task") && (row.nextElementSibling ?? row.previousElementSibling)?.querySelector(ROWS);
  box.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: event.shiftKey }));
  if (next) next.focus();
  return true;
}

function show(event) {
  event?.preventDefault();
  const seen = new Set();
  const parts = { g: [], n: [], "": [] };
  for (const { dataset } of document.querySelectorAll("[data-key][data-key-label]")) {
    if (seen.has(dataset.key)) continue;
    seen.add(dataset.key);
    parts[dataset.key.length > 1 ? dataset.key[0] : ""]?.push(entry(dataset.keyLabel, dataset.key));
  }
  for (const place of list.querySelectorAll("dl[data-keys]")) {
    const fixed = place.querySelector("template")?.content.cloneNode(true) ?? "";
    const old = place.querySelector("template");
    place.replaceChildren(...parts[place.dataset.keys], fixed, ...(old ? [old] : []));
    place.parentElement.hidden = place.childElementCount === 0;
  }
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
