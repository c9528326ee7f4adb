/* A list page without reloads: filter builder, columns, search, sorting, pages and views change the address and the
   parts of the page that follow from it. The server renders them; the address can be sent to somebody else. */
import { FilterBuilder, groupOf, jsonOf } from "./filter-builder.js";
import { ColumnChooser } from "./columns.js";

const root = document.querySelector("[data-list]");
const panel = root?.querySelector("[data-filter-panel]");
const form = root?.querySelector("[data-list-form]");
const toggle = root?.querySelector("[data-filter-toggle]");
const count = root?.querySelector("[data-filter-count]");
const status = root?.querySelector("[data-list-status]");
const PAUSE = 250;
let offered;
let newest = 0;
let timer;

/** What the server offers to filter by and to show; asked for once, when it is first needed. */
function offer() {
  offered ??= fetch(panel.dataset.fields, { headers: { "X-Enhance": "region" } }).then((answer) => answer.json());
  return offered;
}

/** The address with other parameters, from its first page on; null takes one away. */
function address(changes) {
  const url = new URL(location.href);
  for (const name of ["cursor", "trail", "owner", "stage", "company", "status", "tag"]) url.searchParams.delete(name);
  for (const input of form.querySelectorAll("[data-list-part] input[type=hidden]")) {
    if (!url.searchParams.has(input.name)) url.searchParams.set(input.name, input.value);
  }
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url;
}

async function go(url, how = "replaceState") {
  const number = (newest += 1);
  root.ariaBusy = "true";
  const answer = await fetch(url).catch(() => null);
  if (number !== newest) return null;
  root.ariaBusy = "false";
  if (!answer?.ok || answer.redirected) return location.assign(url);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number !== newest) return null;
  if (how) history[how](null, "", url);
  for (const part of root.querySelectorAll("[data-list-part]")) swap(part, page);
  root.dataset.columns = page.querySelector("[data-list]")?.dataset.columns ?? "";
  const shown = page.querySelector("[data-filter-count]");
  count.hidden = shown?.hidden ?? true;
  count.textContent = shown?.textContent ?? "";
  tell();
  document.dispatchEvent(new CustomEvent("list:shown"));
  return page;
}

/** Say what came of it to whoever does not see it: how many rows the page shows now, or why it shows none. */
function tell() {
  const rows = root.querySelectorAll("[data-list-part=results] tbody tr").length;
  const more = root.querySelector(".pager [rel=next]") ? status.dataset.more : "";
  status.textContent = rows
    ? `${status.dataset[rows === 1 ? "one" : "many"].replace("%d", rows)} ${more}`
    : root.querySelector(".empty h2")?.textContent ?? "";
}

function swap(part, page) {
  const fresh = page.querySelector(`[data-list-part="${part.dataset.listPart}"]`);
  if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
}

/** Go to another state of the page, whose filter and search are others, too. */
async function visit(url, how) {
  const page = await go(url, how);
  if (!page) return;
  const fresh = page.querySelector("[data-filter-panel]")?.dataset;
  panel.dataset.filter = fresh?.filter ?? "";
  panel.dataset.names = fresh?.names ?? "";
  form.elements.q.value = page.querySelector("[data-list-form] [name=q]")?.value ?? "";
  if (!panel.hidden) open();
}

const later = (work) => {
  clearTimeout(timer);
  timer = setTimeout(work, PAUSE);
};

const builder = panel && new FilterBuilder(panel, (group, isTyping) => {
  const text = jsonOf(group);
  panel.dataset.filter = text;
  const apply = () => go(address({ f: text }));
  if (isTyping) later(apply);
  else apply();
});

async function open(focus = false) {
  panel.hidden = false;
  toggle.ariaExpanded = "true";
  builder.show(groupOf(panel.dataset.filter, panel.dataset.names), await offer(), focus);
}

function close() {
  panel.hidden = true;
  toggle.ariaExpanded = "false";
}

if (root) {
  toggle.addEventListener("click", () => {
    if (panel.hidden) return open(true);
    close();
  });
  // A list that is open within it closes first, by itself.
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector(":popover-open:not(.toasts)")) return;
    event.stopPropagation();
    close();
    toggle.focus();
  });
  if (panel.dataset.filter && new URL(location.href).searchParams.has("f")) open();

  form.addEventListener("submit", (event) => {
    if (event.submitter?.getAttribute("form")) return; // "Save" belongs to the form of the view
    event.preventDefault();
    clearTimeout(timer);
    go(address({ q: form.elements.q.value.trim() || null }));
  });
  form.elements.q.addEventListener("input", () => later(() => form.requestSubmit()));

  const chooser = new ColumnChooser(root.querySelector("#columns-menu"), root, offer, (columns) =>
    go(address({ cols: columns.join(",") })));
  root.querySelector("#columns-menu").addEventListener("beforetoggle", (event) => {
    if (event.newState === "open") chooser.show();
  });

  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-list-part=views] a, thead a, .pager a");
    const isPlain = !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && event.button === 0;
    if (!link || !isPlain || new URL(link.href).pathname !== location.pathname) return;
    event.preventDefault();
    link.closest("[popover]")?.hidePopover();
    visit(link.href, "pushState").then(() => link.closest(".pager") && scrollTo({ top: 0 }));
  });
  addEventListener("popstate", () => visit(location.href, null));
}
