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
