/* The search page searches while you type: the live region asks for what stands in the field, the address follows. */
const PAUSE = 120;
const form = document.querySelector("[data-search-page]");
const field = form?.querySelector("[name=q]");
let timer;

function ask() {
  clearTimeout(timer);
  const region = document.querySelector('[data-live="search/results"]');
  const text = field.value.trim();
  const address = new URL(location.href);
  if ((address.searchParams.get("q") ?? "") === text) return;
  address.searchParams.set("q", text);
  history.replaceState(history.state, "", address);
  const { kind } = JSON.parse(region.dataset.liveArgs || "{}");
  delete region.dataset.liveHash;
  region.dataset.liveArgs = JSON.stringify({ ...(kind && { kind }), ...(text && { q: text }) });
}

field?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
});
form?.addEventListener("submit", (event) => {
  if (document.documentElement.dataset.connection !== "live") return;
  event.preventDefault();
  ask();
});
