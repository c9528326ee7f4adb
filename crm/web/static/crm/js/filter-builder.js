/* Rows of field, comparison and value, in groups of which all or any must hold. It knows the grammar's shape alone:
   which fields there are, and what they compare with, the server says. */
import { control } from "./filter-values.js";

const MOST_DEPTH = 3;
const VALUELESS = new Set(["empty", "not_empty", "is_me", "is_not_me", "my_teams", "not_my_teams", "overdue"]);

/** A filter's JSON as a group of parts; a single condition is a group of one. ``names`` says by field and id what
    looked-up records are called. */
export function groupOf(text, names = "") {
  if (!text) return { word: "all", parts: [] };
  const known = names ? JSON.parse(names) : {};
  const read = (node) => {
    for (const word of ["all", "any"]) if (node[word]) return { word, parts: node[word].map(read) };
    return { field: node.field, op: node.op, value: node.value, label: known[node.field]?.[node.value] };
  };
  const found = read(JSON.parse(text));
  return found.parts ? found : { word: "all", parts: [found] };
}

/** The group's JSON, without rows that are not filled in yet; "" if nothing is left. */
export function jsonOf(group) {
  const write = (node) => {
    if (!node.parts) return isWhole(node) ? condition(node) : null;
    const parts = node.parts.map(write).filter(Boolean);
    return parts.length ? { [node.word]: parts } : null;
  };
  const found = write(group);
  return found ? JSON.stringify(found) : "";
}

const condition = ({ field, op, value }) => (VALUELESS.has(op) ? { field, op } : { field, op, value });

function isWhole({ field, op, value }) {
  if (!field || !op) return false;
  if (VALUELESS.has(op)) return true;
  if (Array.isArray(value)) return value.length > 0 && value.every((each) => each !== "" && each != null);
  return value !== "" && value != null;
}

export class FilterBuilder {
  constructor(panel, changed) {
    Object.assign(this, { panel, changed });
  }

  show(group, offered, focus) {
    this.group = group;
    this.offered = offered;
    this.fields = new Map(offered.fields.map((field) => [field.key, field]));
    if (focus && !group.parts.length) group.parts.push(this.blank());
    this.draw();
    if (focus) this.panel.querySelector("select, input")?.focus();
  }

  blank() {
    return { field: "", op: "", value: null };
  }

  draw(focusOn) {
    this.panel.replaceChildren(this.drawGroup(this.group, null, 0));
    if (focusOn) focusOn.element?.querySelector("select, input, button")?.focus();
  }

  /** The model has changed: draw it, put the focus on a part, tell. */
  redraw(part) {
    this.draw(part);
    this.changed(this.group, false);
  }

  drawGroup(group, parent, depth) {
    const { texts } = this.offered;
    const box = element("div", { className: "filter-group", role: "group", ariaLabel: texts[group.word] });
    group.element = box;
    group.parts.forEach((part, place) => {
      const row = element("div", { className: "filter-line" });
      row.append(this.joint(group, place));
      row.append(part.parts ? this.drawGroup(part, group, depth + 1) : this.drawCondition(part, group));
      box.append(row);
    });
    if (!group.parts.length) box.append(element("p", { className: "small muted", textContent: texts.none }));
    box.append(this.tools(group, parent, depth));
    return box;
  }

  /** "Where" before the first row, then the word that joins them: chosen once, at the second row. */
  joint(group, place) {
    const { texts } = this.offered;
    if (place === 0) return element("span", { className: "filter-joint small muted", textContent: texts.where });
    const word = group.word === "all" ? texts.and : texts.or;
    if (place > 1) return element("span", { className: "filter-joint small muted", textContent: word });
    const choice = select([["all", texts.and], ["any", texts.or]], group.word, `${texts.and} / ${texts.or}`);
    choice.control.addEventListener("change", () => {
      group.word = choice.control.value;
      this.redraw(group);
    });
    choice.classList.add("filter-joint");
    return choice;
  }

  tools(group, parent, depth) {
    const { texts } = this.offered;
    const tools = element("div", { className: "row filter-tools" });
    const add = (part) => {
      group.parts.push(part);
      this.draw(part.parts ? part.parts[0] : part);
    };
    tools.append(button(texts.add, () => add(this.blank()), "plus"));
    if (depth < MOST_DEPTH - 1) {
      const other = group.word === "all" ? "any" : "all";
      tools.append(button(texts.group, () => add({ word: other, parts: [this.blank()] }), "plus"));
    }
    if (parent) {
      tools.append(button(texts.remove, () => this.remove(parent, group), "x"));
    } else if (group.parts.length) {
      tools.append(button(texts.clear, () => {
        group.parts = [];
        this.redraw();
      }, "x"));
    }
    return tools;
  }

  remove(group, part) {
    const place = group.parts.indexOf(part);
    group.parts.splice(place, 1);
    this.redraw(group.parts[Math.max(0, place - 1)] ?? group);
  }

  drawCondition(part, group) {
    const { texts, operators } = this.offered;
    const place = `${texts.condition} ${group.parts.indexOf(part) + 1}`;
    const row = element("div", { className: "filter-row", role: "group", ariaLabel: place });
    part.element = row;
    const names = [["", texts.choose], ...this.offered.fields.map((field) => [field.key, field.label])];
    if (part.field && !this.fields.has(part.field)) names.push([part.field, part.field]);
    const field = select(names, part.field, texts.field);
    field.control.addEventListener("change", () => {
      const chosen = this.fields.get(field.control.value);
      Object.assign(part, { field: field.control.value, op: chosen?.operators[0] ?? "", value: null });
      rest();
      this.changed(this.group, false);
    });
    const rest = () => after(field, [
      ...(this.fields.has(part.field) ? this.comparison(part, this.fields.get(part.field), operators) : []),
      button(texts.remove, () => this.remove(group, part), "x", `${texts.remove}: ${this.fields.get(part.field)?.label ?? place}`),
    ]);
    row.append(field);
    rest();
    return row;
  }

  comparison(part, known, operators) {
    const { texts } = this.offered;
    const offered = known.lookup ? known.operators.filter((op) => !op.endsWith("_of")) : known.operators;
    const listed = offered.includes(part.op) ? offered : [...offered, part.op];
    const op = select(listed.map((each) => [each, operators[each]]), part.op, texts.operator);
    op.control.addEventListener("change", () => {
      if (shape(part.op) !== shape(op.control.value)) part.value = null;
      part.op = op.control.value;
      const remove = op.parentElement.lastElementChild;
      after(op, [...this.value(part, known), remove]);
      this.changed(this.group, false);
    });
    return [op, ...this.value(part, known)];
  }

  value(part, known) {
    if (VALUELESS.has(part.op)) return [];
    return [control(part, known, this.offered, (value, isTyping) => {
      part.value = value;
      this.changed(this.group, isTyping);
    })];
  }
}

/* What follows a control is made anew; the control stays, so that keys typed on in a list of choices still find one. */
function after(control, parts) {
  while (control.nextSibling) control.nextSibling.remove();
  control.after(...parts);
}

/* Comparisons of one shape take each other's values. */
const SHAPES = [["is", "is_not"], ["any_of", "none_of", "all_of"], ["contains", "not_contains", "starts_with", "ends_with"],
  ["less", "at_most", "more", "at_least"], ["before", "after"], ["in_last", "in_next", "more_than_ago", "more_than_ahead"]];
const shape = (op) => SHAPES.findIndex((group) => group.includes(op)) + 1 || op;

export function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function icon(name) {
  const sprite = document.querySelector("svg.icon use")?.getAttribute("href")?.split("#")[0] ?? "";
  const holder = document.createElement("span");
  holder.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${sprite}#${name}"></use></svg>`;
  return holder.firstChild;
}

/* ``name`` is what a button that shows its sign alone is called. */
function button(text, work, sign, name = "") {
  const made = element("button", { type: "button", className: `button ghost${name ? " square" : ""}` }, icon(sign));
  if (name) Object.assign(made, { ariaLabel: name, title: text });
  else made.append(text);
  made.addEventListener("click", work);
  return made;
}

/** A select in the page's dress; its ``control`` is the select itself. */
export function select(options, value, label) {
  const inner = element("select", { className: "input compact", ariaLabel: label });
  for (const [key, name] of options) inner.append(new Option(name, key, false, String(key) === String(value ?? "")));
  const outer = element("span", { className: "select compact" }, inner, icon("chevron-down"));
  outer.control = inner;
  return outer;
}
