/* Rows with a checkbox: a bar says how many are ticked and what can be done with them ([data-bulk]). Its links open their
   dialogs for the ticked rows. Shift ticks a range, Escape none. A row keeps its tick when its table is morphed.
   By keyboard: b goes to the bar, the arrows walk it, Escape goes back to the row. */
const boxes = () => [...document.querySelectorAll("#main tbody input[data-pick]")];
const ticked = () => boxes().filter((box) => box.checked);
let last;

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("input[data-pick]");
  if (box) return pick(box, event.shiftKey);
  const link = event.target.closest?.("[data-bulk] a[data-dialog]");
  if (link) {
    const address = new URL(link.href);
    address.searchParams.set("ids", ticked().map(({ value }) => value).join(","));
    link.href = address;
  } else if (event.target.closest?.("[data-bulk-none]")) {
    tickAll(false);
    toRow();
  } else if (event.target.closest?.("[data-bulk-go]")) tools().find(({ tabIndex }) => tabIndex === 0)?.focus();
}, true);

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
  if (event.key !== "Escape" || !ticked().length || document.querySelector("dialog[open], :popover-open:not(.toasts)")) return;
  if (bar) return toRow();
  if (!event.target.matches("input:not([type=checkbox]), textarea, select")) tickAll(false);
});

/* One of the bar's tools is a stop of the Tab key; the arrows, Home and End go to the others. */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
const tools = () => [...document.querySelectorAll("[data-bulk] :is(a, [data-bulk-none])")].filter((each) => each.checkVisibility());

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
  bar.hidden = !count;
  const text = bar.dataset[count === 1 ? "one" : "many"].replace("%d", count);
  bar.querySelector("[data-bulk-count]").textContent = text;
  document.querySelector("[data-bulk-status]").textContent = count ? text : "";
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
  setTimeout(toRow); // when the dialog has closed
});
