/* Rows that enter a live region glow once, so that the eye finds what changed by itself. */
const known = new WeakMap();

const rows = (region) => [...region.querySelectorAll("tbody tr[id], .rows > li[id]")];
const note = (region) => known.set(region, new Set(rows(region).map(({ id }) => id)));

document.querySelectorAll("[data-live]").forEach(note);
document.addEventListener("live:updated", ({ detail: { element } }) => {
  const before = known.get(element);
  note(element);
  if (!before) return;
  for (const row of rows(element)) {
    if (before.has(row.id)) continue;
    row.classList.add("arrived");
    row.addEventListener("animationend", () => row.classList.remove("arrived"), { once: true });
  }
});
