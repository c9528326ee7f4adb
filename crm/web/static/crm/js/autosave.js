/* form[data-autosave]: a changed field is sent by itself, at once. Enter saves, Escape puts the old value back. A form with
   a data-version says from which version the change began: if somebody else has changed the field since, one is told
   what it is now and chooses whose value stays. */
import { clearErrors, post, showErrors } from "./sending.js";

const before = new WeakMap();
const begun = new WeakMap();

function fieldOf(event) {
  const control = event.target;
  return control.form && "autosave" in control.form.dataset && control.name ? control : null;
}

for (const name of ["focusin", "field:fresh"]) document.addEventListener(name, (event) => {
  const control = fieldOf(event);
  if (!control || control.ariaInvalid === "true") return;
  before.set(control, control.value);
  begun.set(control, control.form.dataset.version);
});

document.addEventListener("change", (event) => {
  const control = fieldOf(event);
  if (control) save(control);
});

document.addEventListener("keydown", (event) => {
  const control = fieldOf(event);
  if (!control) return;
  if (event.key === "Escape") {
    control.value = before.get(control) ?? control.value;
    control.blur();
  } else if (event.key === "Enter" && control.matches("input, select")) {
    event.preventDefault();
    control.blur();
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) control.blur();
});

/* Several boxes of one name are one field: all that are ticked, an empty text for none. */
function valuesOf(control) {
  if (control.type !== "checkbox") return [control.value];
  const boxes = [...control.form.elements].filter((each) => each.name === control.name);
  if (boxes.length === 1 && !control.closest("[data-several]")) return [control.checked ? "on" : ""];
  const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
  return ticked.length ? ticked : [""];
}

async function save(control, version = begun.get(control)) {
  const form = control.form;
  const place = control.closest(".inline") ?? control.parentElement;
  const body = new FormData();
  for (const value of valuesOf(control)) body.append(control.name, value);
  if (version) body.set("version", version);
  if (before.has(control)) body.set(`from_${control.name}`, before.get(control));
  clearErrors(form);
  place.classList.add("is-saving");
  // What was typed is the person's until it is saved or given up: no morph may take it away.
  control.toggleAttribute("data-live-keep", true);
  const { ok, data } = await post(form.action, body);
  place.classList.remove("is-saving");
  if (data.conflict) return choose(control, place, data);
  control.removeAttribute("data-live-keep");
  if (!ok) return data.errors && showErrors(form, atField(control, data.errors));
  before.set(control, control.value);
  if (data.version) begun.set(control, form.dataset.version = data.version);
  control.dispatchEvent(new CustomEvent("field:saved", { bubbles: true }));
  place.classList.add("is-saved");
  setTimeout(() => place.classList.remove("is-saved"), 1600);
}

/* What is said of the record as a whole (somebody binned it) stands beside what was not saved because of it. */
function atField({ name }, errors) {
  const { "": whole, ...rest } = errors;
  return whole && !(name in rest) ? { ...rest, [name]: whole } : errors;
}

function choose(control, place, { errors, conflict }) {
  const part = document.getElementById("conflict-part").content.firstElementChild.cloneNode(true);
  part.querySelector("[data-text]").textContent = (errors[control.name] ?? Object.values(errors)[0]).join(" ");
  control.setAttribute("aria-invalid", "true");
  const settle = () => {
    part.remove();
    control.removeAttribute("aria-invalid");
    control.removeAttribute("data-live-keep");
    begun.set(control, conflict.version);
  };
  part.querySelector("[data-mine]").addEventListener("click", () => {
    settle();
    save(control, conflict.version);
  });
  part.querySelector("[data-theirs]").addEventListener("click", () => {
    settle();
    put(control, conflict.values[control.name]);
    before.set(control, control.value);
    control.focus();
  });
  place.append(part);
  part.querySelector("[data-mine]").focus();
}

/* A select among many records may not list the one that is chosen now. */
function put(control, value) {
  if (control.options && ![...control.options].some((option) => option.value === value)) return location.reload();
  control.value = value;
}
