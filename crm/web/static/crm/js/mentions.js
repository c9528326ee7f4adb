/* textarea[data-mentions]: an @ and the beginning of a name offer the colleagues of that name. */
const PAUSE = 120;
const list = document.createElement("ul");
list.className = "menu mention-list";
list.id = "mention-list";
list.role = "listbox";
list.popover = "manual";
let area = null;
let begin = -1;
let timer;
let newest = 0;

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("textarea[data-mentions]")) return;
  area = event.target;
  const before = area.value.slice(0, area.selectionStart);
  const found = /(?:^|[^\p{L}\p{N}_])@([\p{L}\p{N}][\p{L}\p{N}.' -]{0,30}|)$/u.exec(before);
  clearTimeout(timer);
  if (!found) return close();
  begin = before.length - found[1].length;
  timer = setTimeout(() => offer(found[1]), PAUSE);
});

async function offer(typed) {
  const number = (newest += 1);
  let data;
  try {
    const response = await fetch(`/lookups/members/?q=${encodeURIComponent(typed.trim())}`, { headers: { "X-Enhance": "region" } });
    if (!response.ok) return close();
    ({ data } = await response.json());
  } catch {
    return close();
  }
  if (number !== newest || document.activeElement !== area) return;
  if (!data.length) return close();
  list.replaceChildren(...data.slice(0, 6).map(row));
  (area.closest("dialog") ?? document.body).append(list);
  list.showPopover();
  place();
  area.setAttribute("aria-controls", list.id);
  mark(0);
}

function row({ name }, position) {
  const item = document.createElement("li");
  item.className = "menu-item";
  item.id = `mention-${position}`;
  item.role = "option";
  item.textContent = name;
  return item;
}

function place() {
  const box = area.getBoundingClientRect();
  const above = innerHeight - box.bottom < list.offsetHeight + 8;
  Object.assign(list.style, {
    left: `${Math.max(8, Math.min(box.left, innerWidth - list.offsetWidth - 8))}px`,
    top: `${above ? box.top - list.offsetHeight - 4 : box.bottom + 4}px`,
    positionArea: "none",
  });
}

function mark(at) {
  const items = [...list.children];
  const chosen = (at + items.length) % items.length;
  items.forEach((item, position) => { item.ariaSelected = String(position === chosen); });
  area.setAttribute("aria-activedescendant", items[chosen].id);
}

function choose(item) {
  const name = `${item.textContent} `;
  area.setRangeText(name, begin, area.selectionStart, "end");
  close();
  area.focus();
}

function close() {
  clearTimeout(timer);
  newest += 1;
  if (list.isConnected && list.matches(":popover-open")) list.hidePopover();
  area?.removeAttribute("aria-activedescendant");
}

document.addEventListener("keydown", (event) => {
  if (event.target !== area || !list.matches(":popover-open")) return;
  const at = [...list.children].findIndex((item) => item.ariaSelected === "true");
  if (event.key === "ArrowDown") mark(at + 1);
  else if (event.key === "ArrowUp") mark(at - 1);
  else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") choose(list.children[at]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

list.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  const item = event.target.closest("li");
  if (item) choose(item);
});
document.addEventListener("focusout", (event) => { if (event.target === area) close(); });
