import { clearErrors, post, showErrors } from "./sending.js";

/* select[data-fill]: choosing a template fills in the email's subject and text, as the contact would get them. */
document.addEventListener("change", async (event) => {
  const select = event.target;
  if (!select.matches("select[data-fill]") || !select.value) return;
  const answer = await fetch(`${select.dataset.fill}?template_id=${encodeURIComponent(select.value)}`);
  if (!answer.ok) return;
  const { subject, body, missing } = await answer.json();
  const { elements } = select.form;
  elements.subject.value = subject;
  elements.body.value = body;
  const told = select.form.querySelector("[data-missing]");
  if (told) told.textContent = missing;
});

/* A hidden input[type=file] says beside its button what was chosen. */
document.addEventListener("change", ({ target }) => { if (target.matches("form.composer input[name=attachments]")) tell(target.form); });
document.addEventListener("reset", ({ target }) => queueMicrotask(() => tell(target)));

function tell(form) {
  const told = form.querySelector("[data-chosen-files]");
  if (!told) return;
  const names = [...form.elements.attachments.files].map((file) => file.name);
  told.textContent = names.join(", ");
  told.hidden = !names.length;
}

/* [data-preview]: what is being written, filled in for a contact. */
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-preview]");
  if (!button) return;
  clearErrors(button.form);
  const { ok, data } = await post(button.dataset.preview, new FormData(button.form));
  if (!ok) return showErrors(button.form, data.errors ?? {});
  const shown = button.form.querySelector("[data-previewed]");
  for (const name of ["name", "subject", "body", "missing"]) shown.querySelector(`[data-${name}]`).textContent = data[name];
  shown.hidden = false;
});

/* form[data-when-seen]: what it notes is true as soon as its owner has looked at it for a moment. */
const SEEN_AFTER = 1500;

function noteSeen() {
  const form = document.querySelector("form[data-when-seen]");
  if (!form || form.isNoted || document.visibilityState !== "visible") return;
  form.isNoted = true;
  setTimeout(() => {
    if (!form.isConnected || document.visibilityState !== "visible") return;
    const body = new FormData(form);
    body.set("seen", "1");
    post(form.action, body);
  }, SEEN_AFTER);
}

noteSeen();
document.addEventListener("live:updated", noteSeen);
document.addEventListener("visibilitychange", noteSeen);
