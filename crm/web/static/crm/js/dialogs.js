/* a[data-dialog] opens the page it leads to as a dialog; ask() is a confirmation that looks like the rest. */
import { texts, toast } from "./toasts.js";

const dialog = document.getElementById("form-dialog");
const confirmation = document.getElementById("confirm-dialog");

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (link && isPlain) {
    event.preventDefault();
    openDialog(link.href);
  } else if (event.target.closest("[data-close]")) {
    const inside = event.target.closest("dialog");
    if (inside) {
      event.preventDefault();
      inside.close();
    }
  }
});

/** Show the page at an address as a dialog; a page that has none to show is gone to. The focus goes to the first field,
    or to the one of that name. */
export async function openDialog(address, name = "") {
  document.querySelectorAll(":popover-open").forEach((menu) => menu.hidePopover());
  let page;
  try {
    const response = await fetch(address, { headers: { "X-Enhance": "region" } });
    if (!response.ok || response.redirected) return location.assign(address);
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return toast(texts.network, "error");
  }
  const content = page.querySelector("[data-dialog-content]");
  if (!content) return location.assign(address);
  dialog.querySelector("h2").textContent = content.dataset.dialogContent;
  dialog.querySelector(".dialog-body").replaceChildren(...content.childNodes);
  dialog.classList.toggle("large", "dialogLarge" in content.dataset);
  if (!dialog.open) dialog.showModal();
  const named = name && dialog.querySelector(`.dialog-body [name="${CSS.escape(name)}"]`);
  if (named) return named.focus();
  dialog.querySelector(".dialog-body :is(input:not([type=hidden]), select, textarea, button)")?.focus();
}

/** Ask before something that cannot be taken back; returns whether to go on. dataset: confirm, confirmText, confirmYes. */
export function ask({ confirm, confirmText = "", confirmYes }) {
  confirmation.querySelector("h2").textContent = confirm;
  confirmation.querySelector("[data-text]").textContent = confirmText;
  const yes = confirmation.querySelector("[data-yes]");
  yes.dataset.plain ??= yes.textContent;
  yes.textContent = confirmYes ?? yes.dataset.plain;
  confirmation.returnValue = "";
  confirmation.showModal();
  return new Promise((resolve) => {
    confirmation.addEventListener("close", () => resolve(confirmation.returnValue === "yes"), { once: true });
  });
}

/* Browsers without closedby: a press on the scrim closes. */
if (!("closedBy" in HTMLDialogElement.prototype)) {
  document.addEventListener("pointerdown", (event) => {
    if (event.target.matches?.("dialog[closedby=any]")) event.target.close();
  });
}
