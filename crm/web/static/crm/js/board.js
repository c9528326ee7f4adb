/* The deals board: cards are dragged between neighbours, by pointer (a long press on touch) or by keyboard. The card
   moves at once; the server decides, and a refusal or somebody else's faster move puts it where it really is. */
import { openDialog } from "./dialogs.js";
import { post } from "./sending.js";
import { toast } from "./toasts.js";

const board = document.querySelector("[data-board]");
const says = document.getElementById("board-says");
const LONG_PRESS = 280;
const SLACK = 5;
const EDGE = 56;
let drag = null;

const listOf = (card) => card.closest("[data-cards]");
const columnOf = (card) => card.closest("[data-stage]");
const cardsOf = (column) => [...column.querySelectorAll("[data-deal]")];
const linkOf = (card) => card.querySelector(".row-link");
const say = (text, card) => {
  const cards = cardsOf(columnOf(card));
  const words = {
    title: linkOf(card).textContent, stage: columnOf(card).dataset.name, place: cards.indexOf(card) + 1, count: cards.length,
  };
  says.textContent = text.replace(/\{(\w+)\}/g, (_all, name) => words[name]);
};

/* Lifting and dropping */

function lift(card, how) {
  drag = { card, how, from: columnOf(card).dataset.stage, list: listOf(card), next: card.nextElementSibling };
  // What the server sends meanwhile must not pull the card away: the regions are asked for anew afterwards.
  for (const list of board.querySelectorAll("[data-cards]")) list.dataset.liveKeep = "";
  card.classList.add("lifted");
  board.classList.add("dragging");
  if (how === "keys") say(board.dataset.lifted, card);
}

function putBack(was) {
  was.list.insertBefore(was.card, was.next?.parentElement === was.list ? was.next : null);
}

function release(was) {
  was.card.classList.remove("lifted");
  was.ghost?.remove();
  board.classList.remove("dragging");
  drag = null;
}

function cancel() {
  const was = drag;
  putBack(was);
  release(was);
  say(board.dataset.cancelled, was.card);
  settle();
  if (was.how === "keys") linkOf(was.card).focus();
}

/** Let the columns follow the server again, from what it holds now. */
function settle() {
  if (drag) return;
  for (const list of board.querySelectorAll("[data-cards]")) delete list.dataset.liveKeep;
  for (const region of board.querySelectorAll("[data-live]")) {
    region.dispatchEvent(new CustomEvent("live:again", { bubbles: true }));
  }
}

async function drop() {
  const was = drag;
  const { card } = was;
  release(was);
  const column = columnOf(card);
  const moved = listOf(card) !== was.list || card.nextElementSibling !== was.next;
  if (was.how === "keys") {
    say(board.dataset.dropped, card);
    linkOf(card).focus();
  }
  if (!moved) return settle();
  const isLost = column.dataset.kind === "lost" && column.dataset.stage !== was.from;
  const deal = card.dataset.deal;
  card.classList.add("is-saving");
  const { ok, data } = await post(`${board.dataset.url}${card.dataset.deal}/move/`, place(card, column, was));
  card.classList.remove("is-saving");
  if (!ok) {
    putBack(was);
    if (data.form) openDialog(data.form);
    const lines = data.form ? [] : Object.values(data.errors ?? {}).flat();
    if (lines.length) toast([...new Set(lines)].join(" "), "error");
  }
  settle();
  // Noted before the answer: the live region may have morphed card and column meanwhile.
  if (ok && isLost) openDialog(`${board.dataset.url}${deal}/lose/`);
  else if (ok && document.documentElement.dataset.connection !== "live") location.reload();
}

function place(card, column, was) {
  const body = new FormData();
  body.set("stage_id", column.dataset.stage);
  body.set("from_stage_id", was.from);
  body.set("version", card.dataset.version);
  const above = card.previousElementSibling?.dataset.deal;
  const below = card.nextElementSibling?.dataset.deal;
  if (above) body.set("after_id", above);
  if (below) body.set("before_id", below);
  return body;
}

/* By pointer */

board?.addEventListener("pointerdown", (event) => {
  const card = event.target.closest("[data-movable]");
  if (!card || event.button || drag || !event.isPrimary) return;
  const press = { card, x: event.clientX, y: event.clientY, id: event.pointerId, touch: event.pointerType === "touch" };
  if (press.touch) press.timer = setTimeout(() => begin(press, press.x, press.y), LONG_PRESS);
  const move = (next) => {
    if (next.pointerId !== press.id) return;
    const far = Math.hypot(next.clientX - press.x, next.clientY - press.y) > SLACK;
    if (drag) follow(next.clientX, next.clientY);
    else if (far && press.touch) end();
    else if (far) begin(press, next.clientX, next.clientY);
  };
  const up = (next) => {
    if (next.pointerId !== press.id) return;
    end();
    if (drag?.how !== "pointer") return;
    addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stop, { capture: true }), 50);
    if (next.type === "pointerup") drop();
    else cancel();
  };
  function end() {
    clearTimeout(press.timer);
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", up);
    removeEventListener("pointercancel", up);
  }
  addEventListener("pointermove", move);
  addEventListener("pointerup", up);
  addEventListener("pointercancel", up);
});

const stop = (event) => { event.preventDefault(); event.stopPropagation(); };

/* A finger that carries a card does not scroll, and opens no menu. */
board?.addEventListener("touchmove", (event) => { if (drag) event.preventDefault(); }, { passive: false });
board?.addEventListener("contextmenu", (event) => { if (drag?.how === "pointer") event.preventDefault(); });

function begin({ card, x, y }, nowX, nowY) {
  if (!card.isConnected) return;
  const box = card.getBoundingClientRect();
  lift(card, "pointer");
  const ghost = card.cloneNode(true);
  ghost.removeAttribute("id");
  ghost.setAttribute("aria-hidden", "true");
  ghost.classList.add("ghost");
  ghost.style.inlineSize = `${box.width}px`;
  document.body.append(ghost);
  Object.assign(drag, { ghost, dx: x - box.left, dy: y - box.top });
  follow(nowX, nowY);
  scrollAtEdges();
}

function follow(x, y) {
  Object.assign(drag, { x, y });
  drag.ghost.style.translate = `${x - drag.dx}px ${y - drag.dy}px`;
  const column = document.elementsFromPoint(x, y).find((element) => element.matches("[data-stage]"));
  const list = column?.querySelector("[data-cards]");
  if (!list) return;
  const others = [...list.children].filter((card) => card !== drag.card);
  const below = others.find((card) => {
    const box = card.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  if (listOf(drag.card) !== list || drag.card.nextElementSibling !== (below ?? null)) list.insertBefore(drag.card, below ?? null);
}

function scrollAtEdges() {
  if (!drag?.ghost) return;
  const box = board.getBoundingClientRect();
  board.scrollLeft += drag.x < box.left + EDGE ? -10 : drag.x > box.right - EDGE ? 10 : 0;
  const list = listOf(drag.card);
  const rows = list.getBoundingClientRect();
  list.scrollTop += drag.y < rows.top + EDGE / 2 ? -8 : drag.y > rows.bottom - EDGE / 2 ? 8 : 0;
  requestAnimationFrame(scrollAtEdges);
}

/* By keyboard */

board?.addEventListener("keydown", (event) => {
  const card = event.target.closest("[data-movable]");
  if (!card) return;
  if (!drag && event.key === " ") {
    event.preventDefault();
    lift(card, "keys");
  } else if (drag?.how === "keys") {
    if (event.key === " " || event.key === "Enter") drop();
    else if (event.key === "Escape") cancel();
    else if (event.key.startsWith("Arrow")) step(event.key);
    else if (event.key !== "Tab") return;
    event.preventDefault();
    event.stopPropagation();
  }
});

function step(key) {
  const { card } = drag;
  if (key === "ArrowUp") card.previousElementSibling?.before(card);
  else if (key === "ArrowDown") card.nextElementSibling?.after(card);
  else {
    const columns = [...board.querySelectorAll("[data-stage]")];
    const column = columns[columns.indexOf(columnOf(card)) + (key === "ArrowRight" ? 1 : -1)];
    const index = cardsOf(columnOf(card)).indexOf(card);
    const list = column?.querySelector("[data-cards]");
    list?.insertBefore(card, list.children[index] ?? null);
  }
  drag.moving = true;
  linkOf(card).focus();
  drag.moving = false;
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  say(board.dataset.moved, card);
}

board?.addEventListener("focusout", (event) => {
  // Moving the card takes the focus away for a moment; leaving the board altogether puts it back.
  setTimeout(() => {
    if (drag?.how === "keys" && !drag.card.contains(document.activeElement)) cancel();
  }, 120);
  event.stopPropagation();
});

/* More cards of a column, up to what one page of the table would show. */
board?.addEventListener("click", (event) => {
  const more = event.target.closest("a[data-more]");
  const region = more?.closest("[data-live]");
  if (!region || event.ctrlKey || event.metaKey) return;
  const args = JSON.parse(region.dataset.liveArgs);
  const shown = Math.min((args.shown ?? 50) + 50, 200);
  if (shown === args.shown || document.documentElement.dataset.connection !== "live") return;
  event.preventDefault();
  region.dataset.liveArgs = JSON.stringify({ ...args, shown });
});
