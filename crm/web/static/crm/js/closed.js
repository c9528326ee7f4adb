/* The server ended this member's session: what is on the screen is theirs no more. */
document.addEventListener("live:closed", () => {
  document.querySelectorAll("[data-live]").forEach((region) => region.replaceChildren());
  document.getElementById("closed-dialog").showModal();
});
