/* The records that were opened last on this device, for the palette; forgotten when one logs out. */
const MOST = 12;
const ICONS = { contacts: "users-round", companies: "building-2", deals: "handshake", tasks: "list-checks" };
const owner = document.getElementById("palette")?.dataset.owner;
const key = `recent:${owner}`;

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(found) ? found.filter((entry) => /^\/[a-z]+\/\d+\/$/.test(entry.href)) : [];
  } catch {
    return [];
  }
}

/** The last ones, newest first, without the page one is on. */
export function recent(most) {
  return read().filter((entry) => entry.href !== location.pathname).slice(0, most)
    .map((entry) => ({ ...entry, icon: ICONS[entry.href.split("/")[1]] ?? "history" }));
}

function note() {
  const kind = /^\/([a-z]+)\/\d+\/$/.exec(location.pathname)?.[1];
  const title = document.querySelector(".page-head h1")?.textContent.trim();
  if (!owner || !(kind in ICONS) || !title) return;
  const others = read().filter((entry) => entry.href !== location.pathname);
  localStorage.setItem(key, JSON.stringify([{ href: location.pathname, title: title.slice(0, 160) }, ...others].slice(0, MOST)));
}

function forget() {
  for (const name of Object.keys(localStorage)) if (name.startsWith("recent:")) localStorage.removeItem(name);
}

note();
document.addEventListener("live:updated", (event) => { if (event.detail.element.querySelector("h1")) note(); });
document.addEventListener("live:closed", forget);
document.addEventListener("submit", (event) => { if (event.target.action?.endsWith("/logout/")) forget(); });
