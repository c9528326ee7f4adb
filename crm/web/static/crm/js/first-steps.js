/* A new member's checklist, once all of it is done, is put away by itself: they had a moment to see the last tick. */
const SEEN = 4000;

function finish() {
  const form = document.querySelector("form[data-finish]");
  if (!form || form.dataset.finishing) return;
  form.dataset.finishing = "1";
  setTimeout(() => form.isConnected && form.requestSubmit(), SEEN);
}

document.addEventListener("live:updated", finish);
finish();
