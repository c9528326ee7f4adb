/* Short notices at the bottom: those the server wrote into the page, and those of forms sent without leaving it. */
const STAY = 5000;
const region = document.querySelector(".toasts");

/** Show a text as a toast, with a link to what was made if there is one; errors stay until dismissed. */
export function toast(text, kind = "success", open = null) {
  const part = document.getElementById("toast-part").content.firstElementChild.cloneNode(true);
  part.querySelector("[data-text]").replaceWith(text);
  part.querySelector(kind === "error" ? ".for-success" : ".for-error").remove();
  part.firstElementChild.replaceWith(part.firstElementChild.firstElementChild);
  part.classList.add(kind);
  const link = part.querySelector("a");
  if (open) link.href = open;
  else link.remove();
  region.append(part);
  raise();
  leaveLater(part);
}

/** The texts that scripts say, written by the server in the user's language. */
export const texts = document.getElementById("texts").dataset;

/* A modal dialog lies in the top layer; so must the toasts, and above it. */
function raise() {
  if (!region.showPopover) return;
  region.popover = "manual";
  if (region.matches(":popover-open")) region.hidePopover();
  region.showPopover();
}

function leaveLater(part) {
  if (part.classList.contains("error")) return;
  let timer = setTimeout(() => leave(part), STAY);
  part.addEventListener("pointerenter", () => clearTimeout(timer));
  part.addEventListener("pointerleave", () => { timer = setTimeout(() => leave(part), STAY / 2); });
}

function leave(part) {
  part.classList.add("leaving");
  setTimeout(() => part.remove(), 220);
}

region.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) leave(event.target.closest(".toast"));
});
for (const part of region.querySelectorAll(".toast")) leaveLater(part);
