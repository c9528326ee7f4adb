/* [data-chart]: what lies under the pointer, or is reached by the arrow keys, is told beside it in words. The words
   come from the chart's own table. */
const charts = "[data-chart]";

function rowsOf(chart) {
  return chart.closest("figure").querySelectorAll("tbody tr");
}

function namesOf(chart) {
  return [...chart.closest("figure").querySelectorAll("thead th")].slice(1).map((cell) => cell.textContent);
}

function select(chart, place) {
  const steps = [...chart.querySelectorAll(".step")];
  steps.forEach((step, at) => step.classList.toggle("is-read", at === place));
  const tip = chart.querySelector(".tip");
  tip.hidden = place < 0;
  chart.dataset.place = place;
  if (place >= 0) tell(chart, tip, steps[place], place);
}

function tell(chart, tip, step, place) {
  const [label, ...cells] = [...rowsOf(chart)[place].cells].map((cell) => cell.textContent);
  const head = document.createElement("p");
  head.className = "strong";
  head.textContent = label;
  const lines = namesOf(chart).map((name, at) => {
    const line = document.createElement("p");
    line.textContent = `${name}: ${cells[at]}`;
    return line;
  });
  tip.replaceChildren(head, ...lines);
  const box = step.querySelector(".hit").getBoundingClientRect();
  const outer = chart.getBoundingClientRect();
  const left = box.left - outer.left + box.width / 2 - tip.offsetWidth / 2;
  tip.style.left = `${Math.max(0, Math.min(left, outer.width - tip.offsetWidth))}px`;
}

document.addEventListener("pointermove", ({ target }) => {
  const step = target.closest?.(".step");
  const chart = step?.closest(charts);
  for (const other of document.querySelectorAll(`${charts}:not(:focus)`)) {
    if (other !== chart && other.dataset.place >= 0) select(other, -1);
  }
  if (chart) select(chart, [...chart.querySelectorAll(".step")].indexOf(step));
});

document.addEventListener("keydown", (event) => {
  const chart = event.target.closest?.(charts);
  if (!chart || chart !== event.target) return;
  const count = chart.querySelectorAll(".step").length;
  const place = Number(chart.dataset.place ?? -1);
  const next = {
    ArrowRight: Math.min(place + 1, count - 1), ArrowLeft: Math.max(place - 1, 0), Home: 0, End: count - 1, Escape: -1,
  }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  select(chart, next);
});

document.addEventListener("focusout", ({ target }) => { if (target.matches?.(charts)) select(target, -1); });
