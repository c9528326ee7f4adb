/* Rows with a checkbox: a bar says how many are ticked and what can be done with them ([data-bulk]). Its links open their
   dialogs for the ticked rows. Shift ticks a range, Escape none. A row keeps its tick when its table is morphed.
   By keyboard: b goes to the bar, the arrows walk it, Escape goes back to the row. On a phone the boxes are hidden until a
   row is pressed for long or [data-picking] is tapped; from then on a tap on a row ticks it (:root[data-picks]). */
const boxes = () => [...document.querySelectorAll("#main tbody input[data-pick]")];
const ticked = () => boxes().filter((box) => box.checked);
const root = document.documentElement;
const isTapping = () => root.dataset.picks !== undefined;
const isChoosing = () => isTapping() || ticked().length > 0;
const LONG = 500; // milliseconds of a press
let last;
let pressed; // {row, timer, x, y} of a finger that lies on a row
let isHeld = false; // whether the click that ends the press is still to come

document.addEventListener("click", (event) => {
  if (isHeld || isTapping()) {
    const row = event.target.closest?.("#main tbody tr:has(input[data-pick])");
    if (row && !event.target.matches("input[data-pick]")) return tap(event, row);
  }
  const box = event.target.closest?.("input[data-pick]");
  if (box) return pick(box, event.shiftKey);
  const link = event.target.closest?.("[data-bulk] a[data-dialog]");
  if (link) {
    const address = new URL(link.href);
    address.searchParams.set("ids", ticked().map(({ value }) => value).join(","));
    link.href = address;
  } else if (event.target.closest?.("[data-picking]")) choose(!isTapping());
  else if (event.target.closest?.("[data-bulk-all]")) tickAll(ticked().length < boxes().length);
  else if (event.target.closest?.("[data-bulk-none]")) {
    tickAll(false);
    choose(false);
    toRow();
  } else if (event.target.closest?.("[data-bulk-go]")) tools().find(({ tabIndex }) => tabIndex === 0)?.focus();
}, true);

/* A tap on a row ticks it, while rows are being chosen; the one that ends the long press has ticked it already. */
function tap(event, row) {
  event.preventDefault();
  event.stopImmediatePropagation();
  if (isHeld) isHeld = false;
  else tick(row);
}

function tick(row) {
  const box = row.querySelector("input[data-pick]");
  box.checked = !box.checked;
  pick(box, false);
}

/* Rows are being chosen by taps, or no more. */
function choose(on) {
  root.toggleAttribute("data-picks", on);
  document.querySelector("[data-picking]")?.setAttribute("aria-pressed", on);
  if (!on) for (const box of boxes()) box.checked = false;
  show();
}

document.addEventListener("pointerdown", ({ target, pointerType, clientX: x, clientY: y }) => {
  isHeld = false;
  const row = target.closest?.("#main tbody tr:has(input[data-pick])");
  const isPhone = document.querySelector("[data-picking]")?.checkVisibility();
  if (pointerType === "mouse" || !row || !isPhone || isTapping()) return;
  pressed = { row, x, y, timer: setTimeout(hold, LONG) };
});

function hold() {
  const { row } = pressed;
  pressed = null;
  if (!row.isConnected) return;
  isHeld = true;
  choose(true);
  tick(row);
  navigator.vibrate?.(10);
}

function letGo() {
  clearTimeout(pressed?.timer);
  pressed = null;
}

for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, letGo);
document.addEventListener("pointermove", ({ clientX, clientY }) => {
  if (pressed && Math.hypot(clientX - pressed.x, clientY - pressed.y) > 10) letGo();
});
/* The browser's own menu of a link would lie over the bar. */
document.addEventListener("contextmenu", (event) => {
  if (pressed || isHeld || isTapping()) event.preventDefault();
});

function pick(box, isRange) {
  const all = boxes();
  if (isRange && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((one, other) => one - other);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
  show();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("input[data-pick-all]")) tickAll(event.target.checked);
  else if (event.target.matches("input[data-pick]")) show();
});

document.addEventListener("keydown", (event) => {
  const bar = event.target.closest?.("[data-bulk]");
  if (bar && event.key in STEPS) return walk(event);
  if (event.key !== "Escape" || !isChoosing() || document.querySelector("dialog[open], :popover-open:not(.toasts)")) return;
  if (bar) return toRow();
  if (!event.target.matches("input:not([type=checkbox]), textarea, select")) {
    tickAll(false);
    choose(false);
  }
});

/* One of the bar's tools is a stop of the Tab key; the arrows, Home and End go to the others. */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
const tools = () => [...document.querySelectorAll("[data-bulk] :is(a, [data-bulk-all], [data-bulk-none])")].filter((each) => each.checkVisibility());

function walk(event) {
  const all = tools();
  const at = Math.max(0, Math.min(all.indexOf(event.target) + STEPS[event.key], all.length - 1));
  event.preventDefault();
  all.forEach((each, place) => { each.tabIndex = place === at ? 0 : -1; });
  all[at].focus();
}

/* Back to the row that was ticked last, or to the first one if it is gone. */
function toRow() {
  const row = last?.isConnected ? last.closest("tr") : document.querySelector("#main tbody tr");
  row?.querySelector(".row-link")?.focus();
}

function tickAll(on) {
  for (const box of boxes()) box.checked = on;
  show();
}

function show() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const count = ticked().length;
  bar.hidden = !isChoosing();
  bar.classList.toggle("is-none", !count);
  const text = bar.dataset[["none", "one"][count] ?? "many"].replace("%d", count);
  bar.querySelector("[data-bulk-count]").textContent = text;
  document.querySelector("[data-bulk-status]").textContent = bar.hidden ? "" : text;
  if (!tools().some(({ tabIndex }) => tabIndex === 0)) tools()[0]?.setAttribute("tabindex", "0");
  const all = document.querySelector("input[data-pick-all]");
  if (all) {
    all.checked = count > 0 && count === boxes().length;
    all.indeterminate = count > 0 && !all.checked;
  }
}

document.addEventListener("live:updated", show);
document.addEventListener("list:shown", show); // other rows, none of them ticked
/* What was to be done was done: nothing is ticked any more. */
document.addEventListener("form:done", (event) => {
  if (!new URL(event.target.action).pathname.includes("/bulk/")) return;
  tickAll(false);
  choose(false);
  setTimeout(toRow); // when the dialog has closed
});
