/* Morphing a region keeps what the person is doing there: focus and caret, what they have typed or ticked and not
   sent, open menus, dialogs and details, selected rows, and whatever is marked data-live-keep. */
import { Idiomorph } from "../vendor/idiomorph/idiomorph.esm.js";

const CSRF_SLOT = 'name="csrfmiddlewaretoken" value=""';
const OWN_STATE = { open: "details, dialog", "aria-selected": "*", "aria-expanded": "*" };

/** Make the element's content equal to the HTML. */
export function morph(element, html) {
  const kept = new WeakSet();
  Idiomorph.morph(element, withToken(html), {
    morphStyle: "innerHTML",
    ignoreActiveValue: true,
    callbacks: {
      beforeNodeMorphed(before, after) {
        if (before.nodeType !== Node.ELEMENT_NODE) return true;
        if (before.hasAttribute("data-live-keep")) return false;
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

const chosen = (select) => [...select.selectedOptions].map((option) => option.value).join("\n");

function sent(select) {
  const marked = [...select.options].filter((option) => option.defaultSelected);
  const initial = marked.length || select.multiple ? marked : [...select.options].slice(0, 1);
  return initial.map((option) => option.value).join("\n");
}
