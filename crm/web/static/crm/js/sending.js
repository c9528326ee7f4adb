/* Sending a form by fetch. A view answers JSON {toast, location} or 422 with {errors: {field: [text]}}. */
import { texts, toast } from "./toasts.js";

const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";

/* Forms in live regions come without a token (the region is the same for everybody): fill it in when they are sent. */
document.addEventListener("submit", (event) => {
  const slot = event.target.elements.csrfmiddlewaretoken;
  if (slot && !slot.value) slot.value = token;
}, true);

/** Post a body to an address; answers {ok, data} and has already told the user of network and server faults.
    `how` says what stays on the screen: a "region" (or dialog) of the page, or nothing: the form is the "page". */
export async function post(action, body, how = "region") {
  let response;
  try {
    response = await fetch(action, {
      method: "POST", body, headers: { "X-Enhance": how, "X-CSRFToken": token },
    });
  } catch {
    toast(texts.network, "error");
    return { ok: false, data: {} };
  }
  if (response.redirected) {
    location.assign(response.url);
    return { ok: false, data: {} };
  }
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  if (!isJson) {
    toast(texts.fault, "error");
    return { ok: false, data: {} };
  }
  return { ok: response.ok, data: await response.json() };
}

/** What follows a form that succeeded: another page, or a toast on a page that live regions keep right. */
export function finish(data) {
  if (data.location) return location.assign(data.location);
  if (data.toast) toast(data.toast, data.kind ?? "success", data.open);
  if (document.documentElement.dataset.connection !== "live") location.reload();
}

/** Write errors beside their fields; the form's own ("" as the field) on top. */
export function showErrors(form, errors) {
  clearErrors(form);
  for (const [name, messages] of Object.entries(errors)) {
    const place = name && form.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (place) markField(place, messages.join(" "));
    else markForm(form, messages.join(" "));
  }
  form.querySelector('[aria-invalid="true"]')?.focus();
}

/** Take all errors of an earlier attempt away. */
export function clearErrors(form) {
  form.querySelectorAll(".error-text").forEach((part) => part.remove());
  form.querySelectorAll('[aria-invalid="true"]').forEach((control) => control.removeAttribute("aria-invalid"));
  const box = form.querySelector(".form-errors");
  if (box) box.hidden = true;
}

/* Whoever mends a field is no longer told that it is wrong. */
document.addEventListener("input", ({ target }) => {
  if (target.getAttribute?.("aria-invalid") !== "true") return;
  target.removeAttribute("aria-invalid");
  target.closest("[data-field]")?.querySelector(".error-text:not(.conflict)")?.remove();
});

/* Where somebody is, for a form that asks it of the browser. */
for (const field of document.querySelectorAll("[data-time-zone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

function markField(place, text) {
  const control = place.querySelector("input, select, textarea");
  const part = document.getElementById("error-part").content.firstElementChild.cloneNode(true);
  part.querySelector("[data-text]").textContent = text;
  part.id = `${control.id || control.name}-error`;
  control.setAttribute("aria-invalid", "true");
  const described = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== part.id);
  control.setAttribute("aria-describedby", [...described, part.id].join(" "));
  place.append(part);
}

function markForm(form, text) {
  const box = form.querySelector(".form-errors");
  if (!box) return toast(text, "error");
  const line = document.createElement("p");
  line.textContent = text;
  box.querySelector("[data-errors]").replaceChildren(line);
  box.hidden = false;
}
