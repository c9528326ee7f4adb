/* What was written in a composer and not sent is there again after a reload, a crash or a walk to another page. It stays in
   this browser, one draft a record, and goes when it is sent or when one logs out. */
const PREFIX = "draft:";
const keyOf = (form) => {
  const about = form.querySelector("input[name$=_id]");
  return `${PREFIX}${about?.name}=${about?.value}`;
};
const areas = () => document.querySelectorAll("form.composer textarea[name=body]");

function restore() {
  for (const area of areas()) {
    const kept = read(keyOf(area.form));
    if (kept && !area.value) area.value = kept;
  }
}

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, text) {
  try {
    if (text.trim()) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
  } catch { /* no room, or no storage in this window: the text is still in the field */ }
}

function forgetAll() {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
}

document.addEventListener("input", ({ target }) => {
  if (target.matches?.("form.composer textarea[name=body]")) write(keyOf(target.form), target.value);
});
/* Whoever clicks on what they log goes on to write; the arrow keys walk the kinds as ever. */
document.addEventListener("click", ({ target, detail }) => {
  const form = detail > 0 && target.closest?.(".segments label")?.closest("form.composer");
  if (form) setTimeout(() => form.querySelector("textarea[name=body]").focus());
});
document.addEventListener("form:sent", ({ detail: { form } }) => {
  if (form.matches("form.composer")) write(keyOf(form), "");
});
document.addEventListener("submit", ({ target }) => { if (target.action?.includes("/logout")) forgetAll(); });
document.addEventListener("live:closed", forgetAll);
document.addEventListener("live:updated", restore);
restore();
