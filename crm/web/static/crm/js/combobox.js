/* select[data-lookup="companies"] among more records than it lists: a press or a key opens a field that looks others
   up. The select itself stays, keeps the value and works alone where this script does not. */
const PAUSE = 150;
const panel = document.createElement("div");
panel.className = "menu lookup";
panel.popover = "auto";
panel.innerHTML = `<input class="input" type="search" role="combobox" aria-expanded="true" aria-controls="lookup-list"
  aria-autocomplete="list" autocomplete="off"><ul id="lookup-list" role="listbox"></ul>`;
const [input, list] = panel.children;
let select;
let timer;
let newest = 0;

const lookupSelect = (event) => event.target.closest?.("select[data-lookup]:not(:disabled)");

document.addEventListener("mousedown", (event) => {
  const found = lookupSelect(event);
  if (!found) return;
  event.preventDefault();
  lookUp(found);
});

document.addEventListener("keydown", (event) => {
  const found = lookupSelect(event);
  const opens = ["Enter", " ", "ArrowDown", "ArrowUp"].includes(event.key);
  const types = event.key.length === 1 && event.key !== " ";
  if (!found || event.ctrlKey || event.metaKey || event.altKey || !(opens || types)) return;
  event.preventDefault();
  event.stopPropagation();
  lookUp(found, types ? event.key : "");
}, true);

/** Open the field that looks others up, with what was typed already. */
export function lookUp(found, typed = "") {
  select = found;
  (select.closest("dialog, [data-cell-editor]") ?? document.body).append(panel);
  input.setAttribute("aria-label", select.labels[0]?.textContent.trim() ?? "");
  input.value = typed;
  place();
  panel.showPopover();
  input.focus();
  find();
}

/* Below the select, above it where there is no room, as wide as it is. */
function place() {
  const box = select.getBoundingClientRect();
  const above = innerHeight - box.bottom < 320 && box.top > innerHeight - box.bottom;
  Object.assign(panel.style, {
    positionArea: "none",
    left: `${Math.max(8, Math.min(box.left, innerWidth - 288))}px`,
    top: above ? "auto" : `${box.bottom}px`,
    bottom: above ? `${innerHeight - box.top}px` : "auto",
    width: `${Math.max(box.width, 280)}px`,
  });
}

async function find() {
  const number = (newest += 1);
  const response = await fetch(`/lookups/${select.dataset.lookup}/?q=${encodeURIComponent(input.value)}`, {
    headers: { "X-Enhance": "region" },
  });
  if (!response.ok || number !== newest) return;
  const { data } = await response.json();
  const none = [...select.options].find((option) => option.value === "");
  const rows = none && !input.value ? [{ id: "", name: none.text }, ...data] : data;
  list.replaceChildren(...rows.map(row));
  mark(rows.findIndex(({ id }) => String(id) === select.value));
}

function row({ id, name, hint }, place) {
  const item = document.createElement("li");
  item.className = "menu-item";
  item.id = `lookup-${place}`;
  item.role = "option";
  item.dataset.value = id;
  const title = document.createElement("span");
  title.className = "truncate";
  title.textContent = name;
  item.append(title);
  if (hint) {
    const aside = document.createElement("span");
    aside.className = "end small quiet truncate";
    aside.textContent = hint;
    item.append(aside);
  }
  return item;
}

function mark(at) {
  const items = [...list.children];
  const chosen = Math.max(0, Math.min(at, items.length - 1));
  items.forEach((item, place) => { item.ariaSelected = String(place === chosen); });
  input.setAttribute("aria-activedescendant", items[chosen]?.id ?? "");
  items[chosen]?.scrollIntoView({ block: "nearest" });
}

function choose(item) {
  if (!item) return;
  const { value } = item.dataset;
  if (![...select.options].some((option) => option.value === value)) {
    select.append(new Option(item.firstChild.textContent, value));
  }
  const changed = select.value !== value;
  select.value = value;
  panel.hidePopover();
  select.focus();
  if (changed) select.dispatchEvent(new Event("change", { bubbles: true }));
}

input.addEventListener("input", (event) => {
  event.stopPropagation();
  clearTimeout(timer);
  timer = setTimeout(find, PAUSE);
});
input.addEventListener("change", (event) => event.stopPropagation());
input.addEventListener("keydown", (event) => {
  const at = [...list.children].findIndex((item) => item.ariaSelected === "true");
  if (event.key === "ArrowDown") mark(at + 1);
  else if (event.key === "ArrowUp") mark(at - 1);
  else if (event.key === "Enter") choose(list.children[at]);
  else if (event.key === "Tab" || event.key === "Escape") {
    panel.hidePopover();
    select.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
});
list.addEventListener("pointermove", (event) => mark([...list.children].indexOf(event.target.closest("li"))));
list.addEventListener("click", (event) => choose(event.target.closest("li")));
