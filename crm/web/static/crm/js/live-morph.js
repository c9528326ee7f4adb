/* Morphing a region keeps what the person is doing there: focus and caret, what they have typed or ticked and not
   sent, open menus, dialogs and details, selected rows, and whatever is marked data-live-keep. */
import { Idiomorph } from "../vendor/idiomorph/idiomorph.esm.js";

const CSRF_SLOT = 'name="csrfmiddlewaretoken" value=""';
const BEGUN = /^(version$|from_)/;
const FIELDS = "input, textarea, select";
const OWN_STATE = { open: "details, dialog", "aria-selected": "*", "aria-expanded": "*" };

/** Make the element's content equal to the HTML: by morphing it or, should that fail, by putting the new in its place.
    What is shown has to be what was told, as the server will not tell it again. */
export function morph(element, html) {
  try {
    morphKeeping(element, html);
  } catch (error) {
    console.error("live:", error);
    element.innerHTML = withToken(html);
  }
}

function morphKeeping(element, html) {
  const kept = new WeakSet();
  Idiomorph.morph(element, withToken(html), {
    morphStyle: "innerHTML",
    // Idiomorph leaves the whole of the focused element alone: right for a field, wrong for a button that says something else now.
    ignoreActiveValue: document.activeElement?.matches(FIELDS) ?? false,
    callbacks: {
      beforeNodeMorphed(before, after) {
        if (before.nodeType !== Node.ELEMENT_NODE) return true;
        if (before.hasAttribute("data-live-keep")) return false;
        // What was typed began from the version that stood there, not from the one that comes now.
        if (before.type === "hidden" && BEGUN.test(before.name) && isBegun(before.form)) return false;
        if (before === document.activeElement && before.matches(FIELDS)) freshen(before, after);
        noteUnsent(before, after, kept);
        return true;
      },
      beforeNodeRemoved: (node) => !(node.nodeType === Node.ELEMENT_NODE && node.hasAttribute("data-live-keep")),
      beforeAttributeUpdated(name, node) {
        if (name === "value" || name === "checked" || name === "selected") return !kept.has(node);
        return !(name in OWN_STATE && node.matches(OWN_STATE[name]) && node.hasAttribute(name));
      },
    },
  });
}

/* The server renders one region for everybody who shares it, so forms in it come without a token. */
function withToken(html) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  return html.replaceAll(CSRF_SLOT, `name="csrfmiddlewaretoken" value="${token}"`);
}

/* What was typed and not sent stays, unless the server has another value than the one that the typing began from. */
function noteUnsent(before, after, kept) {
  if (before.localName !== after.localName) return;
  if (before.localName === "select") {
    if (chosen(before) === sent(before) || sent(before) !== sent(after)) return;
    for (const option of before.options) kept.add(option);
  } else if (before.type === "checkbox" || before.type === "radio") {
    if (before.checked !== before.defaultChecked && before.defaultChecked === after.defaultChecked) kept.add(before);
  } else if (before.localName === "input" || before.localName === "textarea") {
    if (before.value !== before.defaultValue && before.defaultValue === after.defaultValue) kept.add(before);
  }
}

const isBegun = (form) => [...(form?.elements ?? [])].some((each) =>
  each.matches("textarea, input:not([type=hidden], [type=checkbox], [type=radio])") ? each.value !== each.defaultValue
    : each.localName === "select" && chosen(each) !== sent(each));

/* A field that has the focus and was not changed shows its present value. */
function freshen(before, after) {
  if (before.localName !== after.localName || before.type === "checkbox" || before.type === "radio") return;
  if (before.localName === "select") {
    const now = sent(after);
    if (chosen(before) !== sent(before) || sent(before) === now || before.multiple) return;
    for (const option of before.options) option.defaultSelected = option.value === now;
    before.value = now;
  } else {
    if (before.value !== before.defaultValue || before.defaultValue === after.defaultValue) return;
    before.value = before.defaultValue = after.defaultValue;
  }
  before.dispatchEvent(new CustomEvent("field:fresh", { bubbles: true }));
}

const chosen = (select) => [...select.selectedOptions].map((option) => option.value).join("\n");

function sent(select) {
  const marked = [...select.options].filter((option) => option.defaultSelected);
  const initial = marked.length || select.multiple ? marked : [...select.options].slice(0, 1);
  return initial.map((option) => option.value).join("\n");
}
