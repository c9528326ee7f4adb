/* The options that the palette makes itself; those of records come from the server. */

/** A text as it is compared: small letters without accents. */
export const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim().replace(/\s+/g, " ");

/** Whether each of the folded words begins a word of the text. */
export function matches(text, words) {
  const folded = ` ${fold(text ?? "")}`;
  return words.every((word) => folded.includes(` ${word}`));
}

/** A titled group of options; nothing if there are none. */
export function section(title, entries, make) {
  if (!entries.length) return [];
  const group = document.createElement("div");
  const heading = document.createElement("p");
  group.role = "group";
  group.ariaLabel = title;
  heading.className = "palette-title";
  heading.ariaHidden = "true";
  heading.textContent = title;
  group.append(heading, ...entries.map(make));
  return [group];
}

/** One option: a link, or a button that presses ``runs`` on the page. */
export function option({ label, href, icon, keys, runs }) {
  const made = document.createElement(href ? "a" : "button");
  if (href) made.href = href;
  else made.type = "button";
  made.className = "palette-option";
  made.role = "option";
  made.tabIndex = -1;
  made.ariaSelected = "false";
  made.runs = runs;
  const text = document.createElement("span");
  text.className = "palette-text truncate palette-name";
  text.textContent = label;
  made.append(sign(icon), text, ...(keys ? caps(keys) : []));
  return made;
}

/* An icon of the page, copied, or one of the sprite by its name. */
function sign(icon) {
  if (icon instanceof Element) {
    const copy = icon.cloneNode(true);
    copy.setAttribute("aria-hidden", "true");
    return copy;
  }
  const pattern = document.querySelector("#palette .palette-head .icon").cloneNode(true);
  const use = pattern.querySelector("use");
  if (icon) use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
  return pattern;
}

function caps(keys) {
  const end = document.createElement("span");
  end.className = "palette-keys";
  end.ariaHidden = "true";
  for (const key of keys.split(" ")) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    end.append(cap, " ");
  }
  return [end];
}
