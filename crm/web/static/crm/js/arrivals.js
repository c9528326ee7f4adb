/* What a live region changed by itself glows once, so that the eye finds it: rows and cards that came or say something
   else now, and fields that somebody else filled in. What one did oneself needs no telling. */
const known = new WeakMap();
const mine = new WeakSet();
const SHOWN = "tbody tr[id], .rows > li[id], [data-cards] > [id], .inline :is(input, select, textarea)";

const notFields = "input, select, textarea";
const parts = (region) => [...region.querySelectorAll(SHOWN)].filter((part) => part.type !== "hidden");
const keyOf = (part) => (part.matches(notFields) ? `${part.form?.action} ${part.name} ${part.type === "checkbox" ? part.value : ""}` : part.id);

/* A time that has gone by is no change. */
function saidBy(part) {
  if (part.type === "checkbox") return String(part.defaultChecked);
  if (part.localName === "select") return [...part.options].find((option) => option.defaultSelected)?.value ?? "";
  if (part.matches(notFields)) return part.defaultValue;
  return [...part.querySelectorAll("time")].reduce((text, time) => text.replace(time.textContent, ""), part.textContent).replace(/\s+/g, " ");
}

const note = (region) => known.set(region, new Map(parts(region).map((part) => [keyOf(part), saidBy(part)])));

function glow(part) {
  const place = part.closest(".inline") ?? part;
  place.classList.add("arrived");
  place.addEventListener("animationend", () => place.classList.remove("arrived"), { once: true });
}

document.querySelectorAll("[data-live]").forEach(note);
document.addEventListener("field:saved", ({ target }) => mine.add(target));
document.addEventListener("live:updated", ({ detail: { element } }) => {
  const before = known.get(element);
  note(element);
  if (!before) return;
  for (const [key, said] of known.get(element)) {
    if (before.get(key) === said) continue;
    const part = parts(element).find((each) => keyOf(each) === key);
    if (!mine.delete(part) && !part.contains(document.activeElement)) glow(part);
  }
});
