/* Rows with a checkbox: a bar says how many are ticked and what can be done with them ([data-bulk]). Its links open their
   dialogs for the ticked rows. Shift ticks a range, Escape none. A row keeps its tick when its table is morphed. */
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
  } else if (event.target.closest?.("[data-bulk-none]")) tickAll(false);
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
  if (event.key !== "Escape" || !ticked().length || document.querySelector("dialog[open], :popover-open:not(.toasts)")) return;
  if (!event.target.matches("input:not([type=checkbox]), textarea, select")) tickAll(false);
});

function tickAll(on) {
  for (const box of boxes()) box.checked = on;
  show();
}

function show() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const count = ticked().length;
  bar.hidden = !count;
  bar.querySelector("[data-bulk-count]").textContent = bar.dataset[count === 1 ? "one" : "many"].replace("%d", count);
  const all = document.querySelector("input[data-pick-all]");
  if (all) {
    all.checked = count > 0 && count === boxes().length;
    all.indeterminate = count > 0 && !all.checked;
  }
}

document.addEventListener("live:updated", show);
/* What was to be done was done: nothing is ticked any more. */
document.addEventListener("form:done", (event) => {
  if (new URL(event.target.action).pathname.includes("/bulk/")) tickAll(false);
});
