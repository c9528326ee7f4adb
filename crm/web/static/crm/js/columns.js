/* The choice of a table's columns: which ones, in which order. */
const icons = () => document.querySelector("svg.icon use")?.getAttribute("href")?.split("#")[0] ?? "";

export class ColumnChooser {
  constructor(menu, root, offer, apply) {
    Object.assign(this, { menu, root, offer, apply });
  }

  async show(focusOn) {
    const { columns, texts } = await this.offer();
    this.all = columns;
    const wanted = (this.root.dataset.columns || this.root.dataset.defaultColumns).split(",");
    this.chosen ??= null;
    this.shown = wanted.filter((key) => columns.some((column) => column.key === key));
    const rest = columns.filter((column) => !this.shown.includes(column.key)).map((column) => column.key);
    const list = document.createElement("ul");
    list.className = "column-list";
    for (const key of [...this.shown, ...rest]) list.append(this.row(key, texts));
    const usual = document.createElement("button");
    usual.type = "button";
    usual.className = "menu-item";
    usual.textContent = texts.usual;
    usual.addEventListener("click", () => this.take([]));
    this.menu.replaceChildren(list, document.createElement("hr"), usual);
    if (focusOn) this.menu.querySelector(`[data-focus="${CSS.escape(focusOn)}"]:not(:disabled)`)?.focus();
  }

  row(key, texts) {
    const { label } = this.all.find((column) => column.key === key);
    const at = this.shown.indexOf(key);
    const isFirst = key === this.all[0].key;
    const item = document.createElement("li");
    const name = document.createElement("label");
    name.className = "check grow";
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", checked: at >= 0, disabled: isFirst });
    box.dataset.focus = `${key}:box`;
    box.addEventListener("change", () => {
      const next = box.checked ? [...this.shown, key] : this.shown.filter((each) => each !== key);
      this.take(next, `${key}:box`);
    });
    const text = document.createElement("span");
    text.className = "truncate";
    text.textContent = label;
    name.append(box, text);
    item.append(name);
    if (at >= 0) item.append(this.mover(key, at, -1, "up", texts), this.mover(key, at, 1, "down", texts));
    return item;
  }

  mover(key, at, step, way, texts) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button ghost square";
    button.title = texts[way];
    button.dataset.focus = `${key}:${way}`;
    const to = at + step;
    button.disabled = at === 0 || to < 1 || to >= this.shown.length;
    button.innerHTML = `<svg class="icon" role="img"><use href="${icons()}#arrow-${way}"></use></svg>`;
    button.firstChild.setAttribute("aria-label", texts[way]);
    button.addEventListener("click", () => {
      const next = [...this.shown];
      [next[at], next[to]] = [next[to], next[at]];
      this.take(next, `${key}:${way}`);
    });
    return button;
  }

  async take(columns, focusOn) {
    this.root.dataset.columns = columns.join(",");
    await Promise.all([this.apply(columns), this.show(focusOn)]);
  }
}
