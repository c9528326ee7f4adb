/* The control for a condition's value: what it is follows from the field's kind and the comparison. */
import { element, icon, select } from "./filter-builder.js";

/** A control that tells its value, and whether somebody is still typing. */
export function control(part, field, offered, tell) {
  const several = part.op.endsWith("_of");
  if (part.op === "within") return oneOf(offered.periods, part, offered, tell);
  if (["in_last", "in_next", "more_than_ago", "more_than_ahead"].includes(part.op)) return span(part, offered, tell);
  if (part.op === "between") return range(part, field, offered, tell);
  if (field.kind === "yes_no") return yesNo(part, offered, tell);
  if (field.lookup) return lookup(part, field, offered, tell);
  if (field.options) return several ? someOf(field.options, part, offered, tell) : oneOf(field.options, part, offered, tell);
  if (several) return texts(part, offered, tell);
  return single(part.value, typeOf(field), offered.texts.value, tell);
}

const typeOf = ({ kind }) => (kind === "number" ? "number" : kind === "date" || kind === "moment" ? "date" : "text");

function single(value, type, label, tell) {
  const input = element("input", { className: "input compact", type, ariaLabel: label, autocomplete: "off" });
  if (type === "number") input.step = "any";
  // A moment of a shared filter is shown by its day.
  input.value = type === "date" ? String(value ?? "").slice(0, 10) : (value ?? "");
  const read = () => (type === "number" && input.value !== "" ? Number(input.value) : input.value.trim());
  if (type === "date") input.addEventListener("change", () => tell(read(), true));
  else input.addEventListener("input", () => tell(read(), true));
  return input;
}

function oneOf(options, part, offered, tell) {
  const made = select([["", offered.texts.choose], ...options], part.value, offered.texts.value);
  made.control.addEventListener("change", () => {
    tell(options.find(([key]) => String(key) === made.control.value)?.[0] ?? null, false);
  });
  return made;
}

function yesNo(part, offered, tell) {
  const words = [["true", offered.texts.yes], ["false", offered.texts.no]];
  const made = select([["", offered.texts.choose], ...words], part.value, offered.texts.value);
  made.control.addEventListener("change", () => tell(made.control.value ? made.control.value === "true" : null, false));
  return made;
}

/* Boxes in a panel that opens below its summary. */
function someOf(options, part, offered, tell) {
  const chosen = new Set((part.value ?? []).map(String));
  const summary = element("summary", { className: "input compact" });
  const list = element("div", { className: "several-list" });
  const describe = () => {
    const names = options.filter(([key]) => chosen.has(String(key))).map(([, name]) => name);
    summary.replaceChildren(element("span", { className: "truncate", textContent: names.join(", ") || offered.texts.choose }), icon("chevron-down"));
  };
  for (const [key, name] of options) {
    const box = element("input", { type: "checkbox", checked: chosen.has(String(key)) });
    box.addEventListener("change", () => {
      if (box.checked) chosen.add(String(key));
      else chosen.delete(String(key));
      describe();
      tell(options.filter(([each]) => chosen.has(String(each))).map(([each]) => each), true);
    });
    list.append(element("label", { className: "check" }, box, element("span", { textContent: name })));
  }
  describe();
  const details = element("details", { className: "several", name: "filter-several" }, summary, list);
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    event.preventDefault();
    details.open = false;
    summary.focus();
  });
  return details;
}

function texts(part, offered, tell) {
  const joined = (part.value ?? []).join(", ");
  return single(joined, "text", offered.texts.value, (value, isTyping) =>
    tell(value.split(",").map((each) => each.trim()).filter(Boolean), isTyping));
}

function range(part, field, offered, tell) {
  const type = typeOf(field);
  const pair = Array.isArray(part.value) ? [...part.value] : ["", ""];
  const edge = (place) => single(pair[place], type, offered.texts.value, (value) => {
    pair[place] = value;
    tell([...pair], true);
  });
  return element("span", { className: "row" }, edge(0), element("span", { className: "small muted", textContent: offered.texts.to }), edge(1));
}

function span(part, offered, tell) {
  const value = { count: part.value?.count ?? "", unit: part.value?.unit ?? "day" };
  const send = (isTyping) => tell(value.count ? { ...value } : null, isTyping);
  const count = single(value.count, "number", offered.texts.value, (given) => {
    value.count = Number.isInteger(given) && given > 0 ? Math.min(given, 1000) : "";
    send(true);
  });
  Object.assign(count, { min: "1", max: "1000", step: "1" });
  count.classList.add("short");
  const unit = select(offered.units, value.unit, offered.texts.value);
  unit.control.addEventListener("change", () => {
    value.unit = unit.control.value;
    send(false);
  });
  return element("span", { className: "row" }, count, unit);
}

/* combobox.js looks the records up. */
function lookup(part, field, offered, tell) {
  const chosen = part.value == null ? [] : [[part.value, part.label ?? `#${part.value}`]];
  const made = select([["", offered.texts.choose], ...chosen], part.value, offered.texts.value);
  made.control.dataset.lookup = field.lookup;
  made.control.addEventListener("change", () => {
    part.label = made.control.selectedOptions[0]?.text;
    tell(made.control.value ? Number(made.control.value) : null, false);
  });
  return made;
}
