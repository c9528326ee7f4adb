/* The automation builder's forms: a choice that changes the rest of its form asks for the form again, and a press on a
   field's name writes it where one was writing. */
import { openDialog } from "./dialogs.js";

document.addEventListener("change", (event) => {
  const choice = event.target.closest("[data-anew]");
  if (!choice?.form) return;
  const url = new URL(choice.form.action, location.href);
  const values = new FormData(choice.form);
  for (const name of ["csrfmiddlewaretoken", ...choice.dataset.anew.split(",")]) values.delete(name);
  for (const [name, value] of values) url.searchParams.set(name, value);
  if (choice.closest("dialog")) openDialog(url.href, choice.name);
  else location.assign(url);
});

let last;
document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-takes-places]")) last = event.target;
});
document.addEventListener("click", (event) => {
  const place = event.target.closest("[data-place]");
  const form = place?.closest("form");
  if (!form) return;
  const into = last?.form === form ? last : form.querySelector("[data-takes-places]");
  into.setRangeText(place.dataset.place, into.selectionStart ?? into.value.length, into.selectionEnd ?? into.value.length, "end");
  into.dispatchEvent(new Event("input", { bubbles: true }));
  into.focus();
});
