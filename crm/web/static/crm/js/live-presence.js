/* Who else looks at this record: avatars like the server's, made from what the socket says. */
const SHOWN = 4;

/** Show the members in the element; hidden when there is nobody. */
export function showViewers(element, members) {
  element.hidden = !members.length;
  const names = members.map((member) => member.name);
  const list = new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" }).format(names);
  const text = element.dataset.text.replace("%s", list);
  const label = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: names.length ? text : "" });
  const faces = members.slice(0, SHOWN).map((member) => face(member.name, Number(element.dataset.hues)));
  if (members.length > SHOWN) faces.push(face("", 0, `+${members.length - SHOWN}`));
  element.title = text;
  element.replaceChildren(...faces, label);
}

function face(name, hues, text = initials(name)) {
  const avatar = document.createElement("span");
  avatar.className = hues ? `avatar hue-${crc32(name.toLowerCase()) % hues}` : "avatar more";
  avatar.setAttribute("aria-hidden", "true");
  avatar.textContent = text;
  return avatar;
}

/* First letters of the first and the last word, as crm.web.templatetags.ui has it. */
function initials(name) {
  const words = name.replaceAll("@", " ").split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "");
  return letters.join("").toUpperCase() || "?";
}

function crc32(text) {
  let crc = ~0;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
