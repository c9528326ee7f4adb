/* data-enhance: send by fetch, stay on the page. data-confirm: ask first. data-autosubmit: send when a choice changes. */
import { ask, openDialog } from "./dialogs.js";
import { clearErrors, finish, post, showErrors } from "./sending.js";
import { texts } from "./toasts.js";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  const asker = button?.dataset.confirm ? button : form.dataset.confirm ? form : null;
  if (asker && !form.dataset.confirmed) {
    event.preventDefault();
    if (await ask(asker.dataset)) resubmit(form, button);
    return;
  }
  delete form.dataset.confirmed;
  if (!("enhance" in form.dataset)) return;
  event.preventDefault();
  await send(form, button);
});

function resubmit(form, button) {
  form.dataset.confirmed = "1";
  form.requestSubmit(button);
}

async function send(form, button) {
  if (form.ariaBusy === "true") return;
  busy(form, button, true);
  const how = form.closest(".page-body .page-form") ? "page" : "region";
  const { ok, data } = await post(form.action, bodyOf(form, button), how);
  busy(form, button, false);
  if (!ok && data.form) return openDialog(data.form);
  if (data.conflict) return overtake(form, data);
  if (!ok) return data.errors && showErrors(form, data.errors);
  clearErrors(form);
  form.dispatchEvent(new CustomEvent("form:done", { bubbles: true }));
  form.closest("dialog")?.close();
  form.closest("details[data-edit]")?.removeAttribute("open");
  if ("reset" in form.dataset) form.reset();
  document.dispatchEvent(new CustomEvent("form:sent", { detail: { form, data } }));
  finish(data);
}

/* What a select's change began from is what stood there when one came to it, whatever a live region has brought since. */
const begun = new WeakMap();
document.addEventListener("focusin", ({ target }) => {
  const form = target.form;
  if (!form || !("autosubmit" in form.dataset) || begun.has(form)) return;
  begun.set(form, [...form.querySelectorAll("[name=version], [name^=from_]")].map(({ name, value }) => [name, value]));
});
document.addEventListener("focusout", ({ target }) => { if (target.form && target.form.ariaBusy !== "true") begun.delete(target.form); });

function bodyOf(form, button) {
  const body = new FormData(form, button);
  for (const [name, value] of begun.get(form) ?? []) body.set(name, value);
  begun.delete(form);
  if ("touched" in form.dataset) body.set("touched", [...form.elements].filter(isTouched).map(({ name }) => name).join(" ") || "nothing");
  return body;
}

function isTouched(control) {
  if (!control.name || control.type === "hidden") return false;
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  if (control.options) {
    const initial = [...control.options].findIndex((option) => option.defaultSelected);
    return control.selectedIndex !== Math.max(initial, 0);
  }
  return control.value !== control.defaultValue;
}

/* Somebody else has saved the same fields since the form was opened: one chooses for each, and saves again. */
function overtake(form, { errors, conflict }) {
  clearErrors(form);
  form.querySelectorAll(".conflict").forEach((part) => part.remove());
  form.elements.version.value = conflict.version;
  const placeOf = (name) => name in conflict.values && form.querySelector(`[data-field="${CSS.escape(name)}"]`);
  const [choices, rest] = [true, false].map((has) => Object.entries(errors).filter(([name]) => Boolean(placeOf(name)) === has));
  showErrors(form, { "": rest.length ? rest.flatMap(([, lines]) => lines) : [texts.overtaken] });
  for (const [name, lines] of choices) placeOf(name).append(choiceOf(form, name, lines, conflict));
  form.querySelector(".conflict [data-mine]")?.focus();
}

function choiceOf(form, name, lines, { values, parts }) {
  const part = document.getElementById("conflict-part").content.firstElementChild.cloneNode(true);
  part.querySelector("[data-text]").textContent = lines.join(" ");
  const settle = () => {
    part.remove();
    form.elements[name].focus?.();
    if (!form.querySelector(".conflict")) clearErrors(form);
  };
  part.querySelector("[data-mine]").addEventListener("click", settle);
  part.querySelector("[data-theirs]").addEventListener("click", () => {
    for (const each of parts?.[name] ?? [name]) put(form.elements[each], values[each]);
    settle();
  });
  return part;
}

function put(control, value) {
  if (!control || value === undefined || Array.isArray(value)) return;
  if (control.type === "checkbox") control.checked = value === "True";
  else control.value = value;
}

function busy(form, button, is) {
  form.ariaBusy = button ? (button.ariaBusy = String(is)) : String(is);
}

/* Ctrl-Enter submits a text of several lines. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("textarea")) return;
  event.preventDefault();
  event.target.form?.requestSubmit();
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  // Enter sends a text field by itself.
  if (form && "autosubmit" in form.dataset && event.target.matches("select, [type=radio], [type=checkbox], [type=file]")) {
    form.requestSubmit();
  }
});

/* A form that was filled in and not sent is not lost to a stray link. */
let touched = false;
document.addEventListener("input", (event) => { if (event.target.closest(".page-body form.page-form")) touched = true; });
document.addEventListener("submit", () => { touched = false; });
addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
