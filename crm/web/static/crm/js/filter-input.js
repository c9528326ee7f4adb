/* <filter-input>: the filter builder as one field of a form. The hidden input inside holds the filter's JSON. */
import { FilterBuilder, groupOf, jsonOf } from "./filter-builder.js";

/* Nobody asks when an automation runs. */
const PERSONAL = new Set(["is_me", "is_not_me", "my_teams", "not_my_teams"]);

class FilterInput extends HTMLElement {
  async connectedCallback() {
    if (this.isBuilt) return;
    this.isBuilt = true;
    const input = this.querySelector("input");
    const answer = await fetch(this.dataset.fields, { headers: { "X-Enhance": "region" } }).catch(() => null);
    if (!answer?.ok) return;
    const offered = await answer.json();
    offered.texts.none = this.dataset.none;
    if (!("personal" in this.dataset)) for (const field of offered.fields) field.operators = field.operators.filter((op) => !PERSONAL.has(op));
    const builder = new FilterBuilder(this.querySelector("[data-panel]"), (group) => {
      input.value = jsonOf(group);
    });
    builder.show(groupOf(input.value, this.dataset.names), offered, false);
  }
}

customElements.define("filter-input", FilterInput);
