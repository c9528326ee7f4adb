/* td[data-cell] of a table that is edited where it stands ([data-cell-editor]): from a row's link, the arrow keys walk the
   cells, Enter opens the field of one, Escape gives it up; a mouse has a pencil. The field itself is an autosaving form. */
import { lookUp } from "./combobox.js";
import { texts, toast } from "./toasts.js";

const editor = document.querySelector("[data-cell-editor]");
const pencil = document.querySelector("[data-cell-pencil]");
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
let cell;
let place;

if (editor) {
  document.addEventListener("keydown", walk);
  document.addEventListener("pointermove", hover);
  pencil.addEventListener("click", () => open(cell));
  editor.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  editor.addEventListener("field:saved", close);
  editor.addEventListener("focusout", () => setTimeout(leave));
}

function walk(event) {
  const from = event.target.closest?.("#main tbody td[data-cell], #main tbody .row-link");
  if (!from || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const here = from.closest("td");
  if (event.key === "Enter" && from === here) open(here);
  else if (event.key === "Escape" && from === here) here.closest("tr").querySelector(".row-link").focus();
  else if (event.key in STEPS) step(here, ...STEPS[event.key]);
  else return;
  event.preventDefault();
}

const stops = (row) => [...row.querySelectorAll("td[data-cell], td:has(.row-link)")].filter((each) => each.checkVisibility());

function step(here, down, along) {
  const rows = [...here.closest("tbody").rows];
  const row = rows[rows.indexOf(here.parentElement) + down];
  if (!row) return;
  const next = stops(row)[stops(here.parentElement).indexOf(here) + along];
  if (!next) return;
  const target = next.querySelector(".row-link") ?? next;
  target.tabIndex = target === next ? -1 : 0;
  target.focus();
}

/* The row's link lies over its cells, so the cell is looked for under the pointer. */
function hover({ clientX, clientY, pointerType }) {
  if (pointerType !== "mouse" || editor.matches(":popover-open")) return;
  const under = document.elementsFromPoint(clientX, clientY);
  if (under.includes(pencil)) return;
  cell = under.find((each) => each.matches("#main tbody td[data-cell]"));
  pencil.hidden = !cell;
  if (!cell) return;
  const box = cell.getBoundingClientRect();
  Object.assign(pencil.style, { left: `${box.right - 32}px`, top: `${box.top + (box.height - 26) / 2}px` });
}

async function open(td) {
  place = { row: td.closest("tr").id, field: td.dataset.cell };
  pencil.hidden = true;
  const id = place.row.split("-").pop();
  let response;
  try {
    response = await fetch(`/contacts/${id}/cell/${td.dataset.cell}/`, { headers: { "X-Enhance": "region" } });
  } catch {
    return toast(texts.network, "error");
  }
  if (!response.ok) {
    const said = response.headers.get("Content-Type")?.includes("json") ? (await response.json()).errors?.[""]?.[0] : "";
    return toast(said || texts.fault, "error");
  }
  editor.innerHTML = await response.text();
  const box = td.getBoundingClientRect();
  Object.assign(editor.style, {
    left: `${Math.max(8, Math.min(box.left, innerWidth - Math.max(box.width, 224) - 8))}px`,
    top: `${box.top}px`,
    width: `${Math.max(box.width, 224)}px`,
  });
  editor.showPopover();
  const control = editor.querySelector("input:not([type=hidden]), select, textarea");
  control?.focus();
  control?.select?.();
  if (control?.matches("select[data-lookup]")) lookUp(control);
}

function leave() {
  if (!editor.matches(":popover-open") || editor.contains(document.activeElement)) return;
  if (!editor.querySelector(".is-saving, .error-text")) close(false);
}

function close(returns = true) {
  if (!editor.matches(":popover-open")) return;
  editor.hidePopover();
  editor.replaceChildren();
  if (returns === false) return;
  // A morph may have made the row anew meanwhile.
  const back = document.querySelector(`#${place.row} td[data-cell="${place.field}"]`);
  if (!back) return;
  back.tabIndex = -1;
  back.focus();
}
