/* form[data-autosave]: a changed field is sent by itself, at once. Enter saves, Escape puts the old value back. */
import { clearErrors, post, showErrors } from "./sending.js";

const before = new WeakMap();

function fieldOf(event) {
  const control = event.target;
  return control.form && "autosave" in control.form.dataset && control.name ? control : null;
}

document.addEventListener("focusin", (event) => {
  const control = fieldOf(event);
  if (control && control.ariaInvalid !== "true") before.set(control, control.value);
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

async function save(control) {
  const form = control.form;
  const place = control.closest(".inline") ?? control.parentElement;
  const body = new FormData();
  for (const value of valuesOf(control)) body.append(control.name, value);
  clearErrors(form);
  place.classList.add("is-saving");
  const { ok, data } = await post(form.action, body);
  place.classList.remove("is-saving");
  if (!ok) return data.errors && showErrors(form, data.errors);
  before.set(control, control.value);
  place.classList.add("is-saved");
  setTimeout(() => place.classList.remove("is-saved"), 1600);
}
