/* data-enhance: send by fetch, stay on the page. data-confirm: ask first. data-autosubmit: send when a choice changes. */
import { ask, openDialog } from "./dialogs.js";
import { clearErrors, finish, post, showErrors } from "./sending.js";

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
  const { ok, data } = await post(form.action, new FormData(form, button), how);
  busy(form, button, false);
  if (!ok && data.form) return openDialog(data.form);
  if (!ok) return data.errors && showErrors(form, data.errors);
  clearErrors(form);
  form.dispatchEvent(new CustomEvent("form:done", { bubbles: true }));
  form.closest("dialog")?.close();
  form.closest("details[data-edit]")?.removeAttribute("open");
  if ("reset" in form.dataset) form.reset();
  document.dispatchEvent(new CustomEvent("form:sent", { detail: { form, data } }));
  finish(data);
}

function busy(form, button, is) {
  form.ariaBusy = button ? (button.ariaBusy = String(is)) : String(is);
}

/* Ctrl-Enter sends what one writes in several lines. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("textarea")) return;
  event.preventDefault();
  event.target.form?.requestSubmit();
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  // Enter sends a text field by itself.
  if (form && "autosubmit" in form.dataset && event.target.matches("select, [type=radio], [type=checkbox]")) {
    form.requestSubmit();
  }
});

/* A form that was filled in and not sent is not lost to a stray link. */
let touched = false;
document.addEventListener("input", (event) => { if (event.target.closest(".page-body form.page-form")) touched = true; });
document.addEventListener("submit", () => { touched = false; });
addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
