/* The page of a locked workspace: the moment somebody pays, what was asked for takes its place. */
document.addEventListener("live:updated", () => {
  if (document.querySelector("[data-lock-page]") && !document.querySelector("[data-locked]")) location.reload();
});
