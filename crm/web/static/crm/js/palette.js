/* The command palette: records while you type (from the server), pages, actions of this page, recently opened records.
   A combobox over a listbox: the focus stays in the field, aria-activedescendant says which option Enter opens. */
import { fold, matches, option, section } from "./palette-options.js";
import { recent } from "./recent.js";

const PAUSE = 60;
const palette = document.getElementById("palette");
const input = palette?.querySelector("input");
const list = palette?.querySelector("[role=listbox]");
const status = palette?.querySelector("[role=status]");
let found = document.createDocumentFragment();
let timer;
let asking = null;
let opensFirst = false;
let moved = false;

/** Open it, with a text to begin with. */
export function openPalette(text = "") {
  if (!palette || palette.open) return;
  document.querySelectorAll(":popover-open").forEach((menu) => menu.hidePopover());
  input.value = text;
  found = document.createDocumentFragment();
  palette.showModal();
  input.focus();
  typed();
}

/** What was typed has changed: what is known here is shown at once, what the server finds when it answers. */
function typed() {
  moved = false;
  opensFirst = false;
  clearTimeout(timer);
  timer = null;
  asking?.abort();
  asking = null;
  if (!input.value.trim()) found = document.createDocumentFragment();
  else timer = setTimeout(ask, PAUSE);
  show();
}

async function ask() {
  const request = new AbortController();
  timer = null;
  asking = request;
  const text = input.value;
  try {
    const response = await fetch(`${palette.dataset.url}?q=${encodeURIComponent(text)}`, {
      headers: { "X-Enhance": "region" }, signal: request.signal,
    });
    if (!response.ok || response.redirected || request !== asking) return;
    const html = await response.text();
    if (request !== asking) return; // a later question has been asked
    found = document.createRange().createContextualFragment(html);
    asking = null;
    show();
    if (opensFirst) choose(current());
  } catch (error) {
    if (error.name !== "AbortError" && request === asking) asking = null;
  }
}

function show() {
  const words = fold(input.value).split(" ").filter(Boolean);
  const kept = moved ? nameOf(current()) : null;
  const records = found.cloneNode(true);
  const all = records.querySelector("[data-all]")?.closest("[role=group]");
  all?.remove();
  const seen = new Set([...records.querySelectorAll("a")].map((link) => link.getAttribute("href")));
  list.replaceChildren(
    ...section(palette.dataset.recent, recent(words.length ? 3 : 6).filter((entry) => matches(entry.title, words) && !seen.has(entry.href)), recentOption),
    records,
    ...section(palette.dataset.here, here(words), commandOption),
    ...section(palette.dataset.actions, commands("new", words), commandOption),
    ...section(palette.dataset.places, [...navigation(words), ...(words.length ? commands("settings", words) : [])], commandOption),
    ...(words.length ? section(palette.dataset.actions, themes(words), commandOption) : []),
    ...(all ? [all] : []),
  );
  mark(Math.max(0, options().findIndex((each) => nameOf(each) === kept)));
  if (!asking) status.textContent = palette.dataset.count.replace("{count}", options().length);
}

const recentOption = ({ href, title, icon }) => option({ label: title, href, icon });
const commandOption = (element) => option({
  label: element.dataset.keyLabel ?? element.dataset.label ?? element.textContent.trim(),
  icon: element.querySelector("svg") ?? "arrow-right", keys: element.dataset.key, runs: element, href: element.getAttribute("href"),
});

const commands = (kind, words) => [...palette.querySelectorAll(`[data-command=${kind}]`)].filter((link) => matches(link.textContent, words));
const navigation = (words) => [...document.querySelectorAll(".sidebar .nav-item")].filter((link) => matches(link.dataset.keyLabel, words));

/* What the page's head offers: buttons, the entries of its menu, the way back. */
function here(words) {
  const parts = document.querySelectorAll(".page-head :is(.actions :is(a, button:not([popovertarget])), .crumb a[data-key])");
  const named = [...parts].filter((part) => (part.dataset.label = name(part)));
  const once = new Map(named.map((part) => [part.dataset.label, part]));
  return [...once.values()].filter((part) => matches(part.dataset.label, words));
}

function name(part) {
  const label = part.dataset.keyLabel || part.title || part.getAttribute("aria-label");
  if (label) return label;
  const copy = part.cloneNode(true);
  copy.querySelectorAll("kbd").forEach((key) => key.remove());
  return copy.textContent.trim();
}

function themes(words) {
  const buttons = [...document.querySelectorAll("[data-theme-form] [name=theme]")];
  for (const button of buttons) button.dataset.label = palette.dataset.theme.replace("{theme}", button.textContent.trim());
  return buttons.filter((button) => matches(button.dataset.label, words));
}

/* What one has moved to stays chosen when the server's answer is put in: by where it leads, or else by its words. */
const nameOf = (each) => each && (each.getAttribute("href") || each.textContent.trim());
const options = () => [...list.querySelectorAll("[role=option]")];
const current = () => list.querySelector("[aria-selected=true]");

function mark(at) {
  const all = options();
  all.forEach((each, place) => {
    each.id ||= `palette-option-${place}`;
    each.ariaSelected = String(place === at);
  });
  if (all[at]) input.setAttribute("aria-activedescendant", all[at].id);
  else input.removeAttribute("aria-activedescendant");
  all[at]?.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = options();
  moved = true;
  mark((all.indexOf(current()) + step + all.length) % all.length);
}

function choose(chosen, elsewhere = false) {
  if (!chosen) return;
  const { runs } = chosen;
  if (elsewhere && chosen.href) return open(chosen.href, "_blank", "noopener");
  palette.close();
  if (runs?.isConnected) runs.click();
  else if (chosen.href) location.assign(chosen.href);
}

/* Enter before the server has answered means its first answer, not whatever is on top meanwhile. */
function enter(event) {
  if (!moved && (asking || timer)) {
    clearTimeout(timer);
    opensFirst = true;
    if (!asking) ask();
    return;
  }
  choose(current(), event.ctrlKey || event.metaKey);
}

const keys = {
  ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: enter,
  PageDown: () => move(5), PageUp: () => move(-5), Tab: (event) => move(event.shiftKey ? -1 : 1),
};

input?.addEventListener("input", typed);
palette?.addEventListener("keydown", (event) => {
  if (event.isComposing || !keys[event.key] || event.target !== input) return;
  event.preventDefault();
  keys[event.key](event);
});
list?.addEventListener("pointermove", (event) => {
  const over = event.target.closest("[role=option]");
  if (over && over.ariaSelected !== "true") {
    moved = true;
    mark(options().indexOf(over));
  }
});
list?.addEventListener("click", (event) => {
  const chosen = event.target.closest("[role=option]");
  if (!chosen || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose(chosen);
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== "k") return;
  event.preventDefault();
  if (palette?.open) palette.close();
  else openPalette();
});
document.addEventListener("click", (event) => {
  if (!palette || !event.target.closest("[data-palette]")) return;
  event.preventDefault();
  openPalette();
});
/* Who comes to the shell's field by Tab and types goes on typing in the palette. */
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("input[data-palette]") || event.key.length > 1 || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  openPalette(event.key);
});
